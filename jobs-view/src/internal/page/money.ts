/** Dollars as people read them, marked where the emulator has said them and nobody paid. */
import { isEmulated } from "effect-openrouter-images/Generations"
import { formatUsd } from "effect-openrouter-images/Quote"
import type { Jobs } from "effect-openrouter-images-jobs"

/** Sums of decimal fractions are not exact. */
const epsilon = 1e-9

/** `$1.04`, `$0.48 (emulated)`, or `$1.04 ($0.48 emulated)` where nobody paid a part of it. */
export const formatSpent = ({ emulatedUsd, spentUsd }: Pick<Jobs.Progress, "emulatedUsd" | "spentUsd">): string => {
  if (emulatedUsd < epsilon) return formatUsd(spentUsd)
  return emulatedUsd > spentUsd - epsilon
    ? `${formatUsd(spentUsd)} (emulated)`
    : `${formatUsd(spentUsd)} (${formatUsd(emulatedUsd)} emulated)`
}

/** What a generation cost: `$0.04`, or `$0.04 (emulated)`. */
export const formatGenerationCost = (costUsd: number, generationId: string | undefined): string =>
  generationId !== undefined && isEmulated(generationId) ? `${formatUsd(costUsd)} (emulated)` : formatUsd(costUsd)
