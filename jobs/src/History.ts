/**
 * What came of a job over the time since it was submitted.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { Pause } from "./Progress.js"

/**
 * What came of a job in one span of its life.
 *
 * @since 0.2.0
 * @category models
 */
export const HistorySpan = Schema.Struct({
  /** How many items got their pictures. */
  done: Schema.Number,
  /** How many items failed. One that is started again and fails again counts twice. */
  failed: Schema.Number,
  pictures: Schema.Number,
  /** In US dollars. Below zero where more had been charged than a record says later. */
  spentUsd: Schema.Number
})
export type HistorySpan = typeof HistorySpan.Type

/**
 * A pause of a job, as `Pause` says it. `until` is absent while the job is paused.
 *
 * @since 0.2.0
 * @category models
 */
export const PastPause = Schema.Struct({
  ...Struct.pick(Pause.fields, "by", "reason", "since"),
  /** Milliseconds since 1970. */
  until: Schema.optionalWith(Schema.Number, { exact: true })
})
export type PastPause = typeof PastPause.Type

/**
 * What came of a job from its submission until now, or until it finished, in spans of the same length.
 *
 * @since 0.2.0
 * @category models
 */
export const History = Schema.Struct({
  job: Schema.String,
  /** When the job was submitted, in milliseconds since 1970. The first span begins then. */
  from: Schema.Number,
  /** How long each span is: one second or more, a round length such as 20 seconds, 5 minutes or 2 hours. */
  spanMillis: Schema.Number,
  /** One after the other, without gaps. The last one may not be over. */
  spans: Schema.Array(HistorySpan),
  /** In their order. Pauses shorter than a tenth of a span are left out. */
  pauses: Schema.Array(PastPause)
})
export type History = typeof History.Type

/**
 * The most spans that `history` divides a job's life into: those that the database keeps are a hundredth of it at most.
 *
 * @since 0.2.0
 * @category models
 */
export const mostBuckets = 100

/**
 * How finely `history` divides a job's life.
 *
 * @since 0.2.0
 * @category models
 */
export interface HistoryOptions {
  /** How many spans there are at most, from 1 to `mostBuckets`. There are rarely fewer than a third of them. Default: 60. */
  readonly buckets?: number | undefined
}
