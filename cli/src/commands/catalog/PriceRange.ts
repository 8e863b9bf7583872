/** What something costs, from the least to the most. */
import { formatUsd } from "../../output/Text.js"

/** In US dollars; `maxUsd` is `Infinity` where no upper bound is known, and null in JSON. */
export interface PriceRange {
  readonly minUsd: number
  readonly maxUsd: number
}

/** From the least of all to the most of all; nothing of none. */
export const of = (all: ReadonlyArray<PriceRange>): PriceRange | undefined =>
  all.length === 0
    ? undefined
    : { minUsd: Math.min(...all.map(({ minUsd }) => minUsd)), maxUsd: Math.max(...all.map(({ maxUsd }) => maxUsd)) }

/** A range is not more exact than three digits. */
const formatRounded = (amount: number): string => formatUsd(Number(amount.toPrecision(3)))

/** `$0.04`, `$0.04 to $0.06`, `from $0.04`. */
export const format = (range: PriceRange | undefined): string => {
  if (range === undefined || (range.minUsd === 0 && !Number.isFinite(range.maxUsd))) return "unknown"
  const { maxUsd, minUsd } = range
  if (!Number.isFinite(maxUsd)) return `from ${formatRounded(minUsd)}`
  return minUsd === maxUsd ? formatUsd(minUsd) : `${formatRounded(minUsd)} to ${formatRounded(maxUsd)}`
}

/** The cheaper first, by the most and then the least that it may be; without a price last. */
export const compare = (one: PriceRange | undefined, other: PriceRange | undefined): number => {
  if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined)
  return one.maxUsd === other.maxUsd ? one.minUsd - other.minUsd : one.maxUsd - other.maxUsd
}
