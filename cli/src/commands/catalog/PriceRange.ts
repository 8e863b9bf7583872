/** A range of prices. */
import { Quote } from "effect-openrouter-images"

/** `maxUsd` is null in JSON where no upper bound is known. */
export type PriceRange = Quote.UsdRange

/** The range that covers all; undefined if there are none. */
export const of = (all: ReadonlyArray<PriceRange>): PriceRange | undefined =>
  all.length === 0
    ? undefined
    : { minUsd: Math.min(...all.map(({ minUsd }) => minUsd)), maxUsd: Math.max(...all.map(({ maxUsd }) => maxUsd)) }

/** `$0.04`, `$0.04 to $0.06`, `from $0.04`, `unknown`. */
export const format = (range: PriceRange | undefined): string =>
  range === undefined ? "unknown" : Quote.formatUsdRange(range)

/** Orders by the upper and then the lower bound; ranges without a price come last. */
export const compare = (one: PriceRange | undefined, other: PriceRange | undefined): number => {
  if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined)
  return one.maxUsd === other.maxUsd ? one.minUsd - other.minUsd : one.maxUsd - other.maxUsd
}
