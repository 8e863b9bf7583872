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

const Billing = Schema.Literal("notBilled", "billed", "unknown")

export const Failures = Schema.Struct({
  tag: Schema.String,
  billing: Billing,
  items: Schema.Number,
  example: Schema.String,
  advice: Schema.String
})
export type Failures = typeof Failures.Type

/** Written out, for a declaration that is inferred would name the library's files by a path. */
type Fields = {
  readonly id: typeof Schema.String
  readonly position: typeof Schema.Number
  readonly state: typeof State
  readonly round: typeof Schema.Number
  readonly request: typeof ImageGenerationRequest
  readonly outcome: typeof Outcome
  readonly billing: typeof Billing
}

export interface Item extends Schema.Struct.Type<Fields> {}
export interface ItemEncoded extends Schema.Struct.Encoded<Fields> {}
export const Item: Schema.Schema<Item, ItemEncoded> = Schema.Struct<Fields>({
  id: Schema.String,
  position: Schema.Number,
  state: State,
  round: Schema.Number,
  request: ImageGenerationRequest,
  outcome: Outcome,
  billing: Billing
})
