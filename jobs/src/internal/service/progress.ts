/** How far jobs are, and what happens to them. */
import type { SqlError } from "@effect/sql/SqlError"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { InvalidOptionsError, JobNotFoundError } from "../../Errors.js"
import type { Event, EventsOptions } from "../../Event.js"
import type { History, HistoryOptions } from "../../History.js"
import type { Pace, Progress } from "../../Progress.js"
import { withPace as streamWithPace } from "../job/pace.js"
import { Jobs } from "./tag.js"

/**
 * All jobs of the database and how far they are, the newest first.
 *
 * @since 0.1.0
 * @category accessors
 */
export const list: Effect.Effect<ReadonlyArray<Progress>, SqlError, Jobs> = Effect.flatMap(Jobs, (jobs) => jobs.list)

/**
 * How far a job is.
 *
 * @since 0.1.0
 * @category accessors
 */
export const status = (job: string): Effect.Effect<Progress, JobNotFoundError | SqlError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.status(job))

/**
 * How far a job is, now and after each change. It looks every second by default, and ends when the
 * submission and every item have ended.
 *
 * @since 0.1.0
 * @category accessors
 */
export const watch = (
  job: string,
  options?: { readonly every?: Duration.DurationInput }
): Stream.Stream<Progress, JobNotFoundError | SqlError, Jobs> =>
  Stream.unwrap(Effect.map(Jobs, (jobs) => jobs.watch(job, options)))

/**
 * Adds the pace to each step of `watch`: how many pictures come in a minute, and how long the rest takes.
 *
 * @since 0.1.0
 * @category combinators
 * @example
 * ```ts
 * import { Duration, Effect, Stream } from "effect"
 * import { Jobs } from "effect-openrouter-images-jobs"
 *
 * const program = Jobs.watch("catalogue").pipe(
 *   Jobs.withPace,
 *   Stream.runForEach(({ done, picturesPerMinute, remaining, total }) =>
 *     Effect.log(
 *       `${done} of ${total}, ${picturesPerMinute.toFixed(0)} a minute`,
 *       remaining === undefined ? "" : `${Duration.format(remaining)} left`
 *     )
 *   )
 * )
 * ```
 */
export const withPace: <E, R>(progress: Stream.Stream<Progress, E, R>) => Stream.Stream<Progress & Pace, E, R> =
  streamWithPace

/**
 * What came of a job over time: how many items ended in each span of its life, how many pictures they had, what was
 * spent, and when the job was paused. The spans go from the submission until now, or until the job finished. Together
 * they have spent what `status` says.
 *
 * The database adds this up as it happens, so it takes milliseconds in a job of any size. Of a job that was begun with
 * an earlier version it knows what the items say: not the pauses, nor the cost of attempts that made nothing.
 *
 * @since 0.2.0
 * @category accessors
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Jobs } from "effect-openrouter-images-jobs"
 *
 * const program = Effect.gen(function* () {
 *   const { spanMillis, spans } = yield* Jobs.history("catalogue", { buckets: 24 })
 *   for (const { pictures, spentUsd } of spans) {
 *     yield* Effect.log(`${(pictures * 60_000) / spanMillis} pictures a minute for $${spentUsd}`)
 *   }
 * })
 * ```
 */
export const history = (
  job: string,
  options?: HistoryOptions
): Effect.Effect<History, InvalidOptionsError | JobNotFoundError | SqlError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.history(job, options))

/**
 * The events of all jobs, or of one, in their order: each item that ends, and each job. It goes on for ever, and looks
 * every second. Keep the `cursor` of the last event that you have dealt with, and go on after it: then you miss none.
 *
 * Events are kept for a week. Workers add those of whole jobs.
 *
 * @since 0.2.0
 * @category accessors
 * @example
 * ```ts
 * import { Effect, Stream } from "effect"
 * import { Jobs } from "effect-openrouter-images-jobs"
 *
 * const program = Jobs.events({ job: "catalogue" }).pipe(
 *   Stream.takeUntil(({ kind }) => kind === "ended"),
 *   Stream.runForEach(({ item, kind }) => Effect.log(item ?? "the job", kind))
 * )
 * ```
 */
export const events = (options?: EventsOptions): Stream.Stream<Event, InvalidOptionsError | SqlError, Jobs> =>
  Stream.unwrap(Effect.map(Jobs, (jobs) => jobs.events(options)))
