/** What the JSON endpoints answer, besides the models of the jobs themselves. */
import * as Schema from "effect/Schema"
import { Billing } from "effect-openrouter-images/Errors"
import { JobErrors, type Jobs } from "effect-openrouter-images-jobs"

export const Failures = Schema.Struct({
  tag: Schema.String,
  billing: Billing,
  items: Schema.Number,
  /** The message of one of them. */
  example: Schema.String,
  /** What to do about them. */
  advice: Schema.String
})
export type Failures = typeof Failures.Type

/** What to do about what was found out since an error said that its billing is unknown. */
const settledAdvice = {
  billed: "It was paid for; retryFailed pays for it again with mayPayTwice.",
  notBilled: "retryFailed takes it up again."
} as const

/** What to do about an item that failed with this error, and turned out to have this billing. */
export const adviceOn = (error: JobErrors.ItemError, billing: Billing): string =>
  billing === "unknown" || error.billing !== "unknown" ? JobErrors.explain(error).action : settledAdvice[billing]

/** A group of failures as the view tells it. */
export const failuresOf = ({ error, first: _, ...group }: Jobs.Failures): Failures => ({
  ...group,
  advice: adviceOn(error, group.billing)
})
