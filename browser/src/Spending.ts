/** What this session has cost, as far as it is known. */
import { type Errors, type ImageStream, ImagesSchema, type Quote } from "effect-openrouter-images"

export interface Spending {
  readonly usd: number
  /** Generations that may have been billed: nobody said. */
  readonly uncertain: number
  /** The most that these may have cost; `Infinity` where no bound is known. */
  readonly uncertainUsd: number
}

export const nothing: Spending = { usd: 0, uncertain: 0, uncertainUsd: 0 }

/** The cost of a generation comes with its last picture. */
export const costOf = ({ completed }: ImageStream.View): number | undefined =>
  ImagesSchema.totalCostUsd(completed.at(-1)?.usage)

/** After a generation: its cost where it came, else by what is known of billing. */
export const add = (
  spending: Spending,
  view: ImageStream.View,
  billing: Errors.Billing,
  quote: Quote.Quote | undefined
): Spending => {
  const cost = costOf(view)
  if (cost !== undefined) return { ...spending, usd: spending.usd + cost }
  if (billing === "notBilled") return spending
  return {
    ...spending,
    uncertain: spending.uncertain + 1,
    uncertainUsd: spending.uncertainUsd + (quote?.maxUsd ?? Number.POSITIVE_INFINITY)
  }
}
