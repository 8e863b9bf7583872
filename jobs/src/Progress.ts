/**
 * How far a job is, and how fast it goes.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import { Settlements } from "./Settlement.js"

/**
 * Why nothing of a job is sent, but what is under way.
 *
 * - `by: "user"`: somebody paused it (`Jobs.pause`). It goes on with `Jobs.resume`.
 * - `by: "outage"`: the API is not there, refuses the key or the account, or fails half of the requests. One request
 *   tries it at `looksAt`, and all go on when it succeeds.
 *
 * @since 0.2.0
 * @category models
 */
export const Pause = Schema.Struct({
  by: Schema.Literal("user", "outage"),
  /** In words: the error that was met, or what `Jobs.pause` was told. */
  reason: Schema.String,
  /** Milliseconds since 1970. */
  since: Schema.Number,
  /** Milliseconds since 1970. */
  looksAt: Schema.optionalWith(Schema.Number, { exact: true })
})
export type Pause = typeof Pause.Type

/**
 * How far a job is.
 *
 * @since 0.1.0
 * @category models
 */
export const Progress = Schema.Struct({
  job: Schema.String,
  /** How many items it has. More may come while `submitting`. */
  total: Schema.Number,
  waiting: Schema.Number,
  running: Schema.Number,
  /** How many wait for a decision; see `OnUnknown`. */
  undecided: Schema.Number,
  /** How many wait for the record that says what they cost. Those that cost nothing are sent again. */
  unsettled: Schema.Number,
  done: Schema.Number,
  failed: Schema.Number,
  cancelled: Schema.Number,
  /** How many of the failed ones may have been billed, by any of their attempts. */
  unknown: Schema.Number,
  pictures: Schema.Number,
  spentUsd: Schema.Number,
  /** What of `spentUsd` nobody paid, for the emulator made it: the ids of its generations prove that. */
  emulatedUsd: Schema.Number,
  /**
   * What is reserved for calls under way, and for those that may have been billed. A job without a limit reserves
   * nothing.
   */
  reservedUsd: Schema.Number,
  /** `undefined` where the job has no limit. */
  limitUsd: Schema.UndefinedOr(Schema.Number),
  /** What may have been billed, attempt by attempt: an item may have several, and one that is done may have some. */
  settlements: Settlements,
  /** Present while the job is paused. */
  paused: Schema.UndefinedOr(Pause),
  /** Whether the submission is still under way, or broke off before its end. */
  submitting: Schema.Boolean,
  /** Whether the submission and every item have ended. */
  finished: Schema.Boolean
})
export type Progress = typeof Progress.Type

/**
 * How fast a job goes.
 *
 * @since 0.1.0
 * @category models
 */
export interface Pace {
  /** Over the last minute, or since the first look where that is less. */
  readonly picturesPerMinute: number
  /** How long the rest takes at this pace; `undefined` where nothing has ended yet. */
  readonly remaining: Duration.Duration | undefined
}
