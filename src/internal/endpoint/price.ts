/** What a request may cost at an endpoint, as a range, by the endpoint's own price list. */
import * as BigDecimal from "effect/BigDecimal"
import type { Bounds, QuoteLine } from "../../Quote.js"
import type { ImageEndpoint, ImagePricingEntry } from "../../Schema/ImageEndpoint.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import { isAmount } from "../schema/amount.js"
import { exactBounds, offeredTiers, quantityOf, type Size, sizesOf } from "./quantity.js"
import { sideOf, smallestHolding } from "./size.js"

export interface Price {
  readonly minUsd: number
  /** `Infinity` where no upper bound is known. */
  readonly maxUsd: number
  readonly lines: ReadonlyArray<QuoteLine>
  /** Why the price is a range. */
  readonly reasons: ReadonlyArray<string>
}

type Lines = ReadonlyArray<ImagePricingEntry>

const documentedSides = [512, 1024, 2048, 4096]

const isTier = (variant: string): boolean => sideOf(variant) !== undefined

/**
 * The possible sets of lines of one billable that apply together: those of the picture's tier, else those without a
 * variant. If a variant has the name of the request's quality, only that variant applies. Any other variant may apply
 * or not, as only the provider knows.
 */
const choices = (lines: Lines, { quality }: ImageGenerationRequest, { area, side }: Size): ReadonlyArray<Lines> => {
  const variants = [...new Set(lines.flatMap(({ variant }) => variant ?? []))]
  const of = (variant: string | undefined): Lines => lines.filter((line) => line.variant === variant)
  const named = variants.find((variant) => variant.toLowerCase() === quality?.toLowerCase())
  if (named !== undefined) return [of(named)]
  const tiers = variants.filter(isTier)
  const sides = [...documentedSides, ...tiers.flatMap((variant) => sideOf(variant) ?? [])]
  const tier = smallestHolding(area.min === area.max ? area.min : side ** 2, sides)
  const plain = of(tiers.find((variant) => sideOf(variant) === tier))
  const known = [plain, ...variants.filter((variant) => !isTier(variant)).map(of)].filter(({ length }) => length > 0)
  return known.length > 0 ? known : tiers.map(of)
}

/** Undefined where the amount has no upper bound. */
type Usd = BigDecimal.BigDecimal | undefined

const zero = BigDecimal.make(0n, 0)

/** Uses decimals, so that sums of cents do not drift. A price that is no amount is unknown: from zero to infinity. */
const costAt = ({ costUsd }: ImagePricingEntry, quantity: Bounds, end: keyof Bounds): Usd => {
  if (costUsd === 0 || quantity[end] === 0) return zero
  if (!isAmount(costUsd)) return end === "min" ? zero : undefined
  if (!Number.isFinite(quantity[end])) return undefined
  return BigDecimal.multiply(BigDecimal.unsafeFromNumber(costUsd), BigDecimal.unsafeFromNumber(quantity[end]))
}

const sum = (all: ReadonlyArray<Usd>): Usd =>
  all.reduce<Usd>((total, one) => (total && one ? BigDecimal.sum(total, one) : undefined), zero)
const least = (all: ReadonlyArray<Usd>): Usd => all.reduce((a, b) => (a && b ? BigDecimal.min(a, b) : (a ?? b)), all[0])
const most = (all: ReadonlyArray<Usd>): Usd =>
  all.reduce<Usd>((a, b) => (a && b ? BigDecimal.max(a, b) : undefined), zero)

const toNumber = (usd: Usd): number => (usd === undefined ? Number.POSITIVE_INFINITY : BigDecimal.unsafeToNumber(usd))

const why = ({ billable, costUsd, unit }: ImagePricingEntry, n: number, provider: string): string => {
  if (!isAmount(costUsd)) return `the price that ${provider} lists for ${billable} by ${unit} is no amount`
  switch (`${billable} by ${unit}`) {
    case "output_image by image":
      return `fewer than ${n} pictures may come back`
    case "output_image by megapixel":
      return "a tier is not an exact number of pixels"
    case "output_image by token":
      return "how many tokens a picture has is known once it is drawn"
    case "input_text by token":
      return "how many tokens the prompt has is the model's business"
    case "input_image by megapixel":
    case "input_image by token":
    case "input_reference by megapixel":
    case "input_reference by token":
      return `how ${provider} scales the references is not known`
    default:
      return billable === "input_font"
        ? `whether the options for ${provider} hold fonts is not known`
        : `${provider} charges for ${billable} by ${unit}, which is not understood`
  }
}

const differ = ({ max, min }: Bounds): boolean => min !== max

/** One possible size of the picture, and for each billable the possible sets of its lines. */
interface Case {
  readonly bounds: (line: ImagePricingEntry) => Bounds
  readonly ways: ReadonlyArray<ReadonlyArray<Lines>>
  readonly min: Usd
  readonly max: Usd
}

const caseOf = (request: ImageGenerationRequest, endpoint: ImageEndpoint, size: Size): Case => {
  const { pricing } = endpoint
  // Once for each line, because it decodes the heads of reference pictures.
  const quantities = new Map(pricing.map((line) => [line, quantityOf(line, request, endpoint, size)]))
  const bounds = (line: ImagePricingEntry): Bounds => quantities.get(line) ?? exactBounds(0)
  const billables = [...new Set(pricing.map(({ billable }) => billable))]
  const linesOf = (billable: string): Lines => pricing.filter((line) => line.billable === billable)
  const ways = billables.map((billable) => choices(linesOf(billable), request, size))
  const total = (end: keyof Bounds) => (lines: Lines) => sum(lines.map((line) => costAt(line, bounds(line), end)))
  return {
    bounds,
    ways,
    min: sum(ways.map((one) => least(one.map(total("min"))))),
    max: sum(ways.map((one) => most(one.map(total("max")))))
  }
}

/** A line's quantity over all possible cases. Zero in those where it does not apply. */
const quantityIn = (cases: ReadonlyArray<Case>, line: ImagePricingEntry): Bounds => {
  const isOfItsKind = (lines: Lines): boolean => lines.some(({ billable }) => billable === line.billable)
  const all = cases.flatMap(({ bounds, ways }) =>
    ways
      .flat()
      .filter(isOfItsKind)
      .map((lines) => (lines.includes(line) ? bounds(line) : exactBounds(0)))
  )
  return { min: Math.min(...all.map(({ min }) => min)), max: Math.max(...all.map(({ max }) => max)) }
}

const reasonsOf = (
  request: ImageGenerationRequest,
  endpoint: ImageEndpoint,
  cases: ReadonlyArray<Case>
): ReadonlyArray<string> => {
  const { pricing, providerName } = endpoint
  const { n = 1 } = request
  const isOpen = (line: ImagePricingEntry, quantity: Bounds): boolean =>
    isAmount(line.costUsd) ? line.costUsd !== 0 && differ(quantity) : quantity.max > 0
  const open = pricing.filter((line) => cases.some(({ bounds }) => isOpen(line, bounds(line))))
  const amounts = new Set(cases.map(({ max, min }) => `${toNumber(min)} ${toNumber(max)}`))
  const found: ReadonlyArray<readonly [holds: boolean, reason: string]> = [
    [pricing.length === 0, `${providerName} has no price list`],
    [endpoint.faults !== undefined, `a price of ${providerName} could not be read`],
    [amounts.size > 1, `no size is given, and ${providerName} offers ${offeredTiers(endpoint).join(", ")}`],
    [
      cases.some(({ ways }) => ways.some(({ length }) => length > 1)),
      `which of its price variants applies only ${providerName} knows`
    ],
    [n > 1 && open.some(({ billable }) => billable === "output_image"), `fewer than ${n} pictures may come back`]
  ]
  const all = [
    ...found.filter(([holds]) => holds).map(([, reason]) => reason),
    ...open.map((line) => why(line, n, providerName))
  ]
  return [...new Set(all)]
}

/** What the request may cost at an endpoint, and why the cost is not known exactly. */
export const priceAt = (request: ImageGenerationRequest, endpoint: ImageEndpoint): Price => {
  const cases = sizesOf(request, endpoint).map((size) => caseOf(request, endpoint, size))
  const isPriced = endpoint.pricing.length > 0 && endpoint.faults === undefined
  return {
    minUsd: toNumber(least(cases.map(({ min }) => min))),
    maxUsd: isPriced ? toNumber(most(cases.map(({ max }) => max))) : Number.POSITIVE_INFINITY,
    lines: endpoint.pricing
      .map((line): QuoteLine => ({ endpoint, ...line, quantity: quantityIn(cases, line) }))
      .filter(({ quantity }) => quantity.max > 0),
    reasons: reasonsOf(request, endpoint, cases)
  }
}
