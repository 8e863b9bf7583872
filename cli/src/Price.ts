/** Prices as people say them. */
import type { ImagesSchema } from "effect-openrouter-images"
import { dollars } from "./Text.js"

const words = (name: string): string => name.replaceAll("_", " ")

/** What one price buys; the picture itself goes without saying. */
const unitOf = ({ billable, unit }: ImagesSchema.ImagePricingEntry): string => {
  if (unit === "token") return `M ${words(billable)} tokens`
  if (unit === "image") return billable === "output_image" ? "image" : words(billable)
  return billable === "output_image" ? words(unit) : `${words(unit)} (${words(billable)})`
}

/** `$0.04 / image`, `$0.06 / image at 4k`, `$40 / M output image tokens`. */
export const price = (entry: ImagesSchema.ImagePricingEntry): string => {
  const amount = entry.unit === "token" ? entry.costUsd * 1_000_000 : entry.costUsd
  return `${dollars(amount)} / ${unitOf(entry)}${entry.variant === undefined ? "" : ` at ${entry.variant}`}`
}
