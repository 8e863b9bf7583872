/** What the JSON endpoints answer. */
import * as Schema from "effect/Schema"
import { ImageGenerationRequest } from "effect-openrouter-images/Schema"
import { Outcome } from "../../Generation.js"

export const State = Schema.Literal("done", "failed", "cancelled", "undecided")
export type State = typeof State.Type

export const Progress = Schema.Struct({
  job: Schema.String,
  total: Schema.Number,
  waiting: Schema.Number,
  running: Schema.Number,
  undecided: Schema.Number,
  done: Schema.Number,
  failed: Schema.Number,
  cancelled: Schema.Number,
  unknown: Schema.Number,
  pictures: Schema.Number,
  spentUsd: Schema.Number,
  reservedUsd: Schema.Number,
  limitUsd: Schema.UndefinedOr(Schema.Number).pipe(Schema.optional),
  submitting: Schema.Boolean,
  finished: Schema.Boolean
})

export const Failures = Schema.Struct({
  tag: Schema.String,
  billing: Schema.Literal("notBilled", "billed", "unknown"),
  items: Schema.Number,
  example: Schema.String,
  advice: Schema.String
})
export type Failures = typeof Failures.Type

export const Item = Schema.Struct({
  id: Schema.String,
  position: Schema.Number,
  state: State,
  round: Schema.Number,
  request: ImageGenerationRequest,
  outcome: Outcome,
  billing: Schema.Literal("notBilled", "billed", "unknown")
})
