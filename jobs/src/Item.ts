/**
 * The items of a job: each is one request, and what came of it.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Billing } from "effect-openrouter-images/Errors"
import { ImageGenerationRequest } from "effect-openrouter-images/Schema"
import type { ItemError } from "./Errors.js"
import { Outcome } from "./Generation.js"
import { Settlement } from "./Settlement.js"

/**
 * Where an item stands that has an outcome. `undecided` waits for a decision, `unsettled` for the record that says what
 * its attempt cost.
 *
 * @since 0.1.0
 * @category models
 */
export const ItemState = Schema.Literal("done", "failed", "cancelled", "undecided", "unsettled")
export type ItemState = typeof ItemState.Type

/**
 * What somebody decided about an attempt whose billing is unknown.
 *
 * @since 0.1.0
 * @category models
 */
export const Decision = Schema.Literal("fail", "retry")
export type Decision = typeof Decision.Type

/** Written out: an inferred declaration would name the library's files by a path. */
type Fields = {
  readonly id: typeof Schema.String
  readonly position: typeof Schema.Number
  readonly line: Schema.optionalWith<typeof Schema.Number, { exact: true }>
  readonly state: typeof ItemState
  readonly request: typeof ImageGenerationRequest
  readonly outcome: typeof Outcome
  readonly billing: typeof Billing
  readonly round: typeof Schema.Number
  readonly settlements: Schema.Array$<typeof Settlement>
}

/**
 * An item that has ended, or waits for a decision or a record.
 *
 * @since 0.1.0
 * @category models
 */
export interface Item extends Schema.Struct.Type<Fields> {}

/**
 * @since 0.1.0
 * @category models
 */
export interface ItemEncoded extends Schema.Struct.Encoded<Fields> {}

/**
 * @since 0.1.0
 * @category models
 */
export const Item: Schema.Schema<Item, ItemEncoded> = Schema.Struct<Fields>({
  /** The job's name, a slash, and what the job knows the request by: its content, and which of equal ones it is. */
  id: Schema.String,
  /** Its place in the submission that brought it, from 0. */
  position: Schema.Number,
  /** The line of the file that it comes from, from 1, where the submission said so (`SubmitOptions.lineOf`). */
  line: Schema.optionalWith(Schema.Number, { exact: true }),
  state: ItemState,
  request: ImageGenerationRequest,
  outcome: Outcome,
  /** What all of its attempts together may have cost: the last one alone may have cost nothing. */
  billing: Billing,
  /** How often it was started again: by `retryFailed`, or because an attempt turned out to have cost nothing. */
  round: Schema.Number,
  /** What was found out about those of its attempts whose billing was unknown. */
  settlements: Schema.Array(Settlement)
})

/**
 * Items that failed with the same error and the same billing.
 *
 * @since 0.1.0
 * @category models
 */
export interface Failures {
  /** The `_tag` of their error. */
  readonly tag: string
  readonly billing: Billing
  /** How many they are. */
  readonly items: number
  /** The error of one of them. */
  readonly error: ItemError
  /** The message of that error. */
  readonly example: string
  /** The first of them in the submission, three at most. */
  readonly first: ReadonlyArray<FailedItem>
}

/**
 * Which item it is that failed.
 *
 * @since 0.2.0
 * @category models
 */
export interface FailedItem extends Pick<Item, "id" | "position" | "line"> {
  readonly prompt: string
}

/**
 * Which items `results` gives.
 *
 * @since 0.1.0
 * @category models
 */
export interface ResultsOptions {
  /** The place in the submission to begin at. Default: 0. */
  readonly from?: number | undefined
}

/**
 * Which items a page has.
 *
 * @since 0.1.0
 * @category models
 */
export interface PageOptions {
  /** Default: all states but `cancelled`. */
  readonly state?: ItemState | undefined
  /** Only items before this one in the submission, by its `Item.id`. */
  readonly before?: string | undefined
  /** Only items after this one. It wins over `before`. */
  readonly after?: string | undefined
  /** Default: 24. */
  readonly limit?: number | undefined
}

/**
 * What `retryFailed` starts again.
 *
 * @since 0.1.0
 * @category models
 */
export interface RetryOptions {
  /** Also items that were billed without a picture, or may have been: you may pay them twice. Default: false. */
  readonly mayPayTwice?: boolean | undefined
}

/**
 * About which items `decideAll` decides.
 *
 * @since 0.2.0
 * @category models
 */
export interface DecideOptions {
  /** Only those whose attempt ended with this error, by its `_tag`. Default: all that wait for a decision. */
  readonly tag?: string | undefined
}
