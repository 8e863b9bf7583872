/**
 * Jobs: many requests under one name, kept in a database until each has its outcome.
 *
 * @since 0.1.0
 */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { InvalidRequestError } from "effect-openrouter-images/Errors"
import type { ImageGenerationRequest } from "effect-openrouter-images/Schema"
import type {
  ImageStoreError,
  InvalidOptionsError,
  JobCancelledError,
  JobNotEndedError,
  JobNotFoundError
} from "./Errors.js"
import type { Event, EventsOptions } from "./Event.js"
import type { History, HistoryOptions } from "./History.js"
import type { ImageStore, StoredFile } from "./ImageStore.js"
import type { Decision, Failures, Item, PageOptions, ResultsOptions } from "./Item.js"
import * as Tables from "./internal/database/tables.js"
import { findItem, readPage, streamItems } from "./internal/items/queries.js"
import { decide as decideItem } from "./internal/items/updates.js"
import * as Control from "./internal/job/control.js"
import { events as eventsOf } from "./internal/job/events.js"
import { readFailures } from "./internal/job/failures.js"
import { readHistory } from "./internal/job/history.js"
import { withPace as streamWithPace } from "./internal/job/pace.js"
import { orphans as orphansOf } from "./internal/job/pictures.js"
import { readAllProgress, readProgress, watchProgress } from "./internal/job/progress.js"
import { remove as removeJob, removeWithPictures } from "./internal/job/remove.js"
import { submit as submitTo } from "./internal/job/submit.js"
import type { Pace, Progress } from "./Progress.js"
import type { SubmitOptions, Submitted } from "./Submission.js"

export { Event, type EventsOptions } from "./Event.js"
export { History, type HistoryOptions, HistorySpan, mostBuckets, PastPause } from "./History.js"
export {
  type FailedItem,
  type Failures,
  Item,
  type ItemEncoded,
  ItemState,
  type PageOptions,
  type ResultsOptions
} from "./Item.js"
export { type Pace, Pause, Progress } from "./Progress.js"
export { Settlement, type SettlementEncoded, SettlementState, Settlements, UnknownCost } from "./Settlement.js"
export type { SubmitOptions, Submitted } from "./Submission.js"

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

/**
 * What `remove` has removed.
 *
 * @since 0.2.0
 * @category models
 */
export interface Removed {
  readonly job: string
  readonly items: number
  /** How many pictures. 0 unless you ask for them. */
  readonly pictures: number
}

/**
 * Which files `orphans` gives.
 *
 * @since 0.2.0
 * @category models
 */
export interface OrphansOptions {
  /** Only files that were put longer ago. At least an hour. Default: a day. */
  readonly olderThan?: Duration.DurationInput | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  readonly submit: <E = never, R = never>(
    requests: Iterable<ImageGenerationRequest> | Stream.Stream<ImageGenerationRequest, E, R>,
    options: SubmitOptions
  ) => Effect.Effect<Submitted, E | InvalidRequestError | JobCancelledError | SqlError, R>
  readonly list: Effect.Effect<ReadonlyArray<Progress>, SqlError>
  readonly status: (job: string) => Effect.Effect<Progress, JobNotFoundError | SqlError>
  readonly watch: (
    job: string,
    options?: { readonly every?: Duration.DurationInput }
  ) => Stream.Stream<Progress, JobNotFoundError | SqlError>
  readonly results: (job: string, options?: ResultsOptions) => Stream.Stream<Item, JobNotFoundError | SqlError>
  readonly page: (job: string, options?: PageOptions) => Effect.Effect<ReadonlyArray<Item>, JobNotFoundError | SqlError>
  readonly item: (job: string, id: string) => Effect.Effect<Option.Option<Item>, SqlError>
  readonly failures: (job: string) => Effect.Effect<ReadonlyArray<Failures>, JobNotFoundError | SqlError>
  readonly history: (
    job: string,
    options?: HistoryOptions
  ) => Effect.Effect<History, InvalidOptionsError | JobNotFoundError | SqlError>
  readonly pause: (
    job: string,
    options?: { readonly reason?: string | undefined }
  ) => Effect.Effect<Progress, JobNotFoundError | SqlError>
  readonly resume: (job: string) => Effect.Effect<Progress, JobNotFoundError | SqlError>
  readonly cancel: (job: string) => Effect.Effect<Progress, JobNotFoundError | SqlError>
  readonly remove: (job: string) => Effect.Effect<Removed, JobNotFoundError | JobNotEndedError | SqlError>
  readonly removeWithPictures: (
    job: string
  ) => Effect.Effect<Removed, JobNotFoundError | JobNotEndedError | SqlError | ImageStoreError, ImageStore>
  readonly orphans: (
    options?: OrphansOptions
  ) => Stream.Stream<StoredFile, InvalidOptionsError | SqlError | ImageStoreError, ImageStore>
  readonly retryFailed: (job: string, options?: RetryOptions) => Effect.Effect<number, JobNotFoundError | SqlError>
  readonly events: (options?: EventsOptions) => Stream.Stream<Event, InvalidOptionsError | SqlError>
  readonly recover: (job: string) => Effect.Effect<number, JobNotFoundError | SqlError>
  readonly decide: (item: string, decision: Decision) => Effect.Effect<boolean, SqlError>
  readonly decideAll: (
    job: string,
    decision: Decision,
    options?: DecideOptions
  ) => Effect.Effect<number, JobNotFoundError | SqlError>
}

/**
 * @since 0.1.0
 * @category tags
 */
export class Jobs extends Context.Tag("effect-openrouter-images-jobs/Jobs")<Jobs, Service>() {}

/**
 * Jobs over a database, which is all that they need. The workers (`Worker.layer`) may be in this process or in others.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Jobs, never, SqlClient.SqlClient> = Layer.effect(
  Jobs,
  Effect.map(SqlClient.SqlClient, (sql): Service => {
    const within = Effect.provideService(SqlClient.SqlClient, sql)
    const streaming = Stream.provideService(SqlClient.SqlClient, sql)
    return {
      submit: (requests, options) => submitTo(sql, requests, options),
      list: within(readAllProgress),
      status: (job) => within(readProgress(job)),
      watch: (job, options) => streaming(watchProgress(job, options?.every ?? "1 second")),
      results: (job, options) => streaming(streamItems(job, options?.from ?? 0)),
      page: (job, options) => within(readPage(job, options ?? {})),
      item: (job, id) => within(findItem(job, id)),
      failures: (job) => within(readFailures(job)),
      history: (job, options) => within(readHistory(job, options ?? {})),
      pause: (job, options) =>
        within(Effect.zipRight(Control.pause(job, options?.reason ?? "paused by hand"), readProgress(job))),
      resume: (job) => within(Effect.zipRight(Control.resume(job), readProgress(job))),
      cancel: (job) => within(Effect.zipRight(Control.cancel(job), readProgress(job))),
      remove: (job) => within(removeJob(job)),
      removeWithPictures: (job) => within(removeWithPictures(job)),
      orphans: (options) => streaming(orphansOf(options?.olderThan ?? "1 day")),
      retryFailed: (job, options) => within(Control.retryFailed(job, options?.mayPayTwice ?? false)),
      events: (options) => streaming(eventsOf(options ?? {})),
      recover: (job) => within(Control.recover(job)),
      decide: (item, decision) => within(decideItem(item, decision)),
      decideAll: (job, decision, options) => within(Control.decideAll(job, decision, options?.tag))
    }
  })
).pipe(Layer.provide(Tables.layer))

/**
 * Puts requests into a job, which is created where it is missing. A stream is taken in batches, so any number of
 * requests needs the same memory.
 *
 * Submitting the same requests to the same job again adds nothing, so a program that died on the way simply starts
 * over. Equal requests of one submission are as many pictures.
 *
 * A request that is not valid ends the submission with InvalidRequestError, whose path begins with its position. The
 * requests before it stay.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { Effect, Stream } from "effect"
 * import { Jobs } from "effect-openrouter-images-jobs"
 *
 * const program = Effect.gen(function* () {
 *   const requests = Stream.range(1, 100_000).pipe(
 *     Stream.map((n) => ({ model: "bytedance-seed/seedream-4.5", prompt: `product ${n} on a white table` }))
 *   )
 *   yield* Jobs.submit(requests, { job: "catalogue", limitUsd: 4000 })
 *   yield* Stream.runForEach(Jobs.watch("catalogue"), ({ done, spentUsd, total }) =>
 *     Effect.log(`${done} of ${total}, $${spentUsd}`)
 *   )
 * })
 * ```
 */
export const submit = <E = never, R = never>(
  requests: Iterable<ImageGenerationRequest> | Stream.Stream<ImageGenerationRequest, E, R>,
  options: SubmitOptions
): Effect.Effect<Submitted, E | InvalidRequestError | JobCancelledError | SqlError, Jobs | R> =>
  Effect.flatMap(Jobs, (jobs) => jobs.submit(requests, options))

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
 * The items that have ended by now, or wait for a decision, in the order of the submission. The pictures themselves are
 * in the ImageStore.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { Effect, Stream } from "effect"
 * import { ImageStore, Jobs } from "effect-openrouter-images-jobs"
 *
 * const pictures = Effect.gen(function* () {
 *   const store = yield* ImageStore.ImageStore
 *   yield* Stream.runForEach(Jobs.results("catalogue"), ({ outcome, request }) =>
 *     outcome._tag === "Made"
 *       ? Effect.forEach(outcome.generation.pictures, store.get)
 *       : Effect.logError(`${request.prompt}: ${outcome.error.message}`)
 *   )
 * })
 * ```
 */
export const results = (
  job: string,
  options?: ResultsOptions
): Stream.Stream<Item, JobNotFoundError | SqlError, Jobs> =>
  Stream.unwrap(Effect.map(Jobs, (jobs) => jobs.results(job, options)))

/**
 * A page of the items that `results` has, the last of the submission first. It reads no other item, so it is quick in a
 * job of any size.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Jobs } from "effect-openrouter-images-jobs"
 *
 * const latest = Jobs.page("catalogue", { limit: 10 })
 * const older = Effect.flatMap(latest, (items) => Jobs.page("catalogue", { limit: 10, before: items.at(-1)?.id }))
 * ```
 */
export const page = (
  job: string,
  options?: PageOptions
): Effect.Effect<ReadonlyArray<Item>, JobNotFoundError | SqlError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.page(job, options))

/**
 * One item of a job, by its `Item.id`. None where there is no such item, or it has not ended yet.
 *
 * @since 0.1.0
 * @category accessors
 */
export const item = (job: string, id: string): Effect.Effect<Option.Option<Item>, SqlError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.item(job, id))

/**
 * What the failed items failed with, in groups of the same error and billing, the largest first.
 *
 * @since 0.1.0
 * @category accessors
 */
export const failures = (job: string): Effect.Effect<ReadonlyArray<Failures>, JobNotFoundError | SqlError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.failures(job))

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
 * Pauses a job: nothing more of it is sent until it is resumed. Calls under way are finished, for they may be paid
 * already. `reason` is for people who look at the job. Gives back how far the job is.
 *
 * @since 0.2.0
 * @category accessors
 */
export const pause = (
  job: string,
  options?: { readonly reason?: string | undefined }
): Effect.Effect<Progress, JobNotFoundError | SqlError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.pause(job, options))

/**
 * Lets a job go on that was paused, by somebody or because the API was down. Gives back how far the job is.
 *
 * @since 0.2.0
 * @category accessors
 */
export const resume = (job: string): Effect.Effect<Progress, JobNotFoundError | SqlError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.resume(job))

/**
 * Ends a job: nothing more of it is sent. Calls under way are finished, for they may be paid already. What attempts
 * cost whose billing is unknown is still asked, but the job does not wait for it. Gives back how far the job is.
 *
 * @since 0.1.0
 * @category accessors
 */
export const cancel = (job: string): Effect.Effect<Progress, JobNotFoundError | SqlError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.cancel(job))

/**
 * Removes a job that has ended: its items, their outcomes, and all that is known of their attempts. Its name is free
 * again. Records of attempts whose billing is unknown are asked for no longer.
 *
 * The pictures stay, unless you say `pictures: true`: then those go that no other job has and that were put more than an
 * hour ago. `orphans` finds the rest later.
 *
 * @since 0.2.0
 * @category accessors
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Jobs } from "effect-openrouter-images-jobs"
 *
 * const program = Jobs.remove("catalogue").pipe(
 *   Effect.tap(({ items }) => Effect.log(`${items} items are gone`)),
 *   Effect.catchTag("JobNotEndedError", ({ message }) => Effect.logWarning(message))
 * )
 * ```
 */
export function remove(
  job: string,
  options?: { readonly pictures?: false | undefined }
): Effect.Effect<Removed, JobNotFoundError | JobNotEndedError | SqlError, Jobs>
export function remove(
  job: string,
  options: { readonly pictures: boolean }
): Effect.Effect<Removed, JobNotFoundError | JobNotEndedError | SqlError | ImageStoreError, Jobs | ImageStore>
export function remove(
  job: string,
  options?: { readonly pictures?: boolean | undefined }
): Effect.Effect<Removed, JobNotFoundError | JobNotEndedError | SqlError | ImageStoreError, Jobs | ImageStore> {
  return Effect.flatMap(Jobs, (jobs) => {
    const removed: ReturnType<Service["removeWithPictures"]> =
      options?.pictures === true ? jobs.removeWithPictures(job) : jobs.remove(job)
    return removed
  })
}

/**
 * The files of the store that no item of any job names, and what a worker left that died while it wrote. Pictures of
 * removed jobs are among them. It reads the outcomes of all jobs.
 *
 * @since 0.2.0
 * @category accessors
 * @example
 * ```ts
 * import { Clock, Effect, Stream } from "effect"
 * import { ImageStore, Jobs } from "effect-openrouter-images-jobs"
 *
 * const sweep = Effect.gen(function* () {
 *   const store = yield* ImageStore.ImageStore
 *   const anHourAgo = (yield* Clock.currentTimeMillis) - 3_600_000
 *   yield* Stream.runForEach(Jobs.orphans({ olderThan: "30 days" }), ({ reference }) => store.remove(reference, anHourAgo))
 * })
 * ```
 */
export const orphans = (
  options?: OrphansOptions
): Stream.Stream<StoredFile, InvalidOptionsError | SqlError | ImageStoreError, Jobs | ImageStore> =>
  Stream.unwrap(Effect.map(Jobs, (jobs) => jobs.orphans(options)))

/**
 * Starts again what failed and cost nothing, and what was cancelled. Gives back how many items that are. Items that
 * were billed without a picture, or may have been, stay as they are unless you say `mayPayTwice`. Those that are
 * `unsettled` stay so: a worker asks what they cost, and sends again by itself what cost nothing.
 *
 * @since 0.1.0
 * @category accessors
 */
export const retryFailed = (
  job: string,
  options?: RetryOptions
): Effect.Effect<number, JobNotFoundError | SqlError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.retryFailed(job, options))

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

/**
 * Finishes the items whose call was taken for lost and came back since. Their pictures are there and paid for. Gives
 * back how many they were. `retryFailed` does the same first.
 *
 * @since 0.2.0
 * @category accessors
 */
export const recover = (job: string): Effect.Effect<number, JobNotFoundError | SqlError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.recover(job))

/**
 * Decides about an item that waits for it (`OnUnknown`), by its `Item.id`: `retry` sends it again and may pay twice,
 * `fail` lets it fail. Gives back whether the item did wait.
 *
 * @since 0.1.0
 * @category accessors
 */
export const decide = (item: string, decision: Decision): Effect.Effect<boolean, SqlError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.decide(item, decision))

/**
 * Decides about all items of a job that wait for it, or about those that failed with one error. Gives back how many they
 * are.
 *
 * @since 0.2.0
 * @category accessors
 * @example
 * ```ts
 * import { Jobs } from "effect-openrouter-images-jobs"
 *
 * const sendAgain = Jobs.decideAll("catalogue", "retry", { tag: "OutcomeUnknownError" })
 * ```
 */
export const decideAll = (
  job: string,
  decision: Decision,
  options?: DecideOptions
): Effect.Effect<number, JobNotFoundError | SqlError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.decideAll(job, decision, options))
