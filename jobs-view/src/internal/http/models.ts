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

/** A group of failures as the view tells it. */
export const failuresOf = ({ error, ...group }: Jobs.Failures): Failures => ({
  ...group,
  advice: JobErrors.explain(error).action
})
