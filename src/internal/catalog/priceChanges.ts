/** How the prices of an endpoint changed, line by line of its price list. */
import type { ImageEndpoint, ImagePricingEntry } from "../../Schema/ImageEndpoint.js"
import { isAmount } from "../schema/amount.js"
import type { PriceChange } from "./change.js"
import { pair } from "./pair.js"

const amountOf = ({ costUsd }: ImagePricingEntry): number | undefined => (isAmount(costUsd) ? costUsd : undefined)

/**
 * What a unit costs by a price list that has no line for it. That of a variant is the price without one. It costs
 * nothing where nothing of its kind is charged for. Else it is unknown, as it is where a price could not be read.
 */
const impliedAmount = ({ faults, pricing }: ImageEndpoint, line: ImagePricingEntry): number | undefined => {
  if (faults !== undefined || pricing.length === 0) return undefined
  const ofItsKind = pricing.filter(({ billable }) => billable === line.billable)
  if (ofItsKind.length === 0) return 0
  const plain = ofItsKind.filter(({ unit, variant }) => unit === line.unit && variant === undefined).map(amountOf)
  return plain.reduce(
    (most, one) => (most === undefined || one === undefined ? undefined : Math.max(most, one)),
    plain[0]
  )
}

const cheapestFirst = ({ pricing }: ImageEndpoint): ReadonlyArray<ImagePricingEntry> =>
  [...pricing].sort((a, b) => a.costUsd - b.costUsd)

const keyOf = ({ billable, unit, variant }: ImagePricingEntry): string => JSON.stringify([billable, unit, variant])

const withoutAmount = ({ costUsd: _, ...line }: ImagePricingEntry): Omit<ImagePricingEntry, "costUsd"> => line

/** An unknown price is neither dearer nor cheaper than another. */
export const priceChanges = (model: string, before: ImageEndpoint, after: ImageEndpoint): ReadonlyArray<PriceChange> =>
  pair(cheapestFirst(before), cheapestFirst(after), keyOf).flatMap((lines): ReadonlyArray<PriceChange> => {
    const line = lines.after ?? lines.before
    const beforeUsd = lines.before === undefined ? impliedAmount(before, line) : amountOf(lines.before)
    const afterUsd = lines.after === undefined ? impliedAmount(after, line) : amountOf(lines.after)
    const where = { model, endpoint: after, ...withoutAmount(line) }
    if (beforeUsd === afterUsd) return []
    if (beforeUsd === undefined) return afterUsd === undefined ? [] : [{ _tag: "PriceKnown", ...where, afterUsd }]
    if (afterUsd === undefined) return [{ _tag: "PriceUnknown", ...where, beforeUsd }]
    return [{ _tag: afterUsd > beforeUsd ? "Dearer" : "Cheaper", ...where, beforeUsd, afterUsd }]
  })
