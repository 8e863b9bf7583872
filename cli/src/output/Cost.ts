/** Dollars, marked where the emulator has said them and nobody paid. */
import { Quote } from "effect-openrouter-images"

/** What stands in place of a cost that the emulator has not said. */
export const nothingBilled = "emulated: nothing is billed"

/** `$0.04`, or `$0.04 (emulated: nothing is billed)`. */
export const format = (usd: number, emulated: boolean): string =>
  emulated ? `${Quote.formatUsd(usd)} (${nothingBilled})` : Quote.formatUsd(usd)

/** What was spent, and what of that nobody paid, in US dollars. */
interface Spent {
  readonly spentUsd: number
  readonly emulatedUsd: number
}

/** Sums of decimal fractions are not exact. */
const epsilon = 1e-9

/** Whether nobody paid any of it. */
export const isEmulated = ({ emulatedUsd, spentUsd }: Spent): boolean =>
  emulatedUsd > 0 && emulatedUsd > spentUsd - epsilon

/** What the emulator has said of a sum, to stand behind it: ` (emulated)`, ` ($0.48 emulated)`, or nothing. */
export const mark = (spent: Spent): string => {
  if (isEmulated(spent)) return " (emulated)"
  return spent.emulatedUsd > epsilon ? ` (${Quote.formatUsd(spent.emulatedUsd)} emulated)` : ""
}

/** `$1.04`, `$0.48 (emulated)`, `$1.04 ($0.48 emulated)` */
export const formatSpent = (spent: Spent): string => Quote.formatUsd(spent.spentUsd) + mark(spent)
