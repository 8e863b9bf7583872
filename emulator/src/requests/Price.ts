/** What a generation costs, by the endpoint's own price list. */
import type { ImagesSchema } from "effect-openrouter-images"
import type { Accepted } from "./Accepted.js"
import { tierOf } from "./PixelSize.js"
import * as Usd from "./Usd.js"

/** What a price depends on. */
type Priced = Pick<Accepted, "request" | "endpoint" | "size">

/** A picture counts as its pixels' blocks of 16 by 16, a word as a token and a third. */
export const imageTokens = ({ size }: Pick<Accepted, "size">): number => Math.ceil((size.width * size.height) / 256)
export const textTokens = ({ request }: Pick<Accepted, "request">): number =>
  Math.ceil((request.prompt.split(/\s+/).length * 4) / 3)

const quantity = (line: ImagesSchema.ImagePricingEntry, accepted: Priced, pictures: number): number => {
  const references = accepted.request.inputReferences?.length ?? 0
  const megapixels = (accepted.size.width * accepted.size.height) / 1_000_000
  if (line.unit === "request") return line.billable === "input_font" ? 0 : 1
  const count = line.billable === "output_image" ? pictures : references
  if (line.billable === "input_text") return line.unit === "token" ? textTokens(accepted) : 1
  if (line.unit === "token") return count * imageTokens(accepted)
  return line.unit === "megapixel" ? count * megapixels : count
}

/**
 * A line without a variant is for the resolutions without a line of their own. Pixels count as the tier they fit in.
 */
const applies = (line: ImagesSchema.ImagePricingEntry, accepted: Priced): boolean => {
  const tier = tierOf(accepted.size)
  if (line.variant !== undefined) return line.variant === tier
  return !accepted.endpoint.pricing.some(({ billable, variant }) => billable === line.billable && variant === tier)
}

const sumOf = (
  accepted: Priced,
  pictures: number,
  counts: (line: ImagesSchema.ImagePricingEntry) => boolean
): number => {
  const lines = accepted.endpoint.pricing.filter((line) => applies(line, accepted) && counts(line))
  return Usd.round(lines.reduce((total, line) => total + quantity(line, accepted, pictures) * line.costUsd, 0))
}

/** What is read before drawing: the prompt, and each reference as a picture of the size that is drawn. */
export const promptTokens = (accepted: Priced): number =>
  textTokens(accepted) + (accepted.request.inputReferences?.length ?? 0) * imageTokens(accepted)

const isPrompt = ({ billable, unit }: ImagesSchema.ImagePricingEntry): boolean =>
  unit === "token" && billable !== "output_image"

/** The part of the cost that tokens of the prompt make, in US dollars, to the billionth. */
export const promptCostOf = (accepted: Priced): number => sumOf(accepted, 1, isPrompt)

/** US dollars, to the billionth. */
export const costOf = (accepted: Priced, pictures: number): number => sumOf(accepted, pictures, () => true)
