/** Prices for people. */
import { type ImagesSchema, Quote } from "effect-openrouter-images"

/** `output_image` as words. */
export const words = (name: string): string => name.replaceAll("_", " ")

/** The unit of a price; an output picture needs no mention. */
const unitOf = ({ billable, unit }: ImagesSchema.ImagePricingEntry): string => {
  if (unit === "token") return `${words(billable)} tokens`
  if (unit === "image") return billable === "output_image" ? "image" : words(billable)
  return billable === "output_image" ? words(unit) : `${words(unit)} (${words(billable)})`
}

/** The price of one unit; for tokens, of a million. */
export const amountOf = ({ costUsd, unit }: ImagesSchema.ImagePricingEntry): string => {
  // The server's price may be no valid price.
  if (!Number.isFinite(costUsd) || costUsd < 0) return "unknown"
  return unit === "token" ? `${Quote.formatUsd(costUsd * 1_000_000)} / M` : Quote.formatUsd(costUsd)
}

/** `$0.04 / image`, `$0.06 / image at 4k`, `$40 / M output image tokens`. */
export const price = (entry: ImagesSchema.ImagePricingEntry): string => {
  const unit = entry.unit === "token" ? ` ${unitOf(entry)}` : ` / ${unitOf(entry)}`
  return `${amountOf(entry)}${unit}${entry.variant === undefined ? "" : ` at ${entry.variant}`}`
}
