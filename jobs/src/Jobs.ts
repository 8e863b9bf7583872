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
import * as Stream from "effect/Stream"
import type { InvalidRequestError } from "effect-openrouter-images/Errors"
import type { ImageGenerationRequest } from "effect-openrouter-images/Schema"
import type { JobCancelledError, JobNotFoundError } from "./Errors.js"
import type { Decision } from "./GenerateImage.js"
import * as Database from "./internal/database/tables.js"
import { type Item, resultsOf } from "./internal/items/queries.js"
import * as Steering from "./internal/job/control.js"
import { type Failures, failuresOf } from "./internal/job/failures.js"
import { type Pace, withPace as streamWithPace } from "./internal/job/pace.js"
import { allOf, type Progress, statusOf, watching } from "./internal/job/progress.js"
import { type SubmitOptions, type Submitted, submitted } from "./internal/job/submit.js"

export type {
  /**
   * An item that has ended, or waits for a decision.
   *
   * @since 0.1.0
   * @category models
   */
  Item
} from "./internal/items/queries.js"
export type {
  /**
   * Items that failed alike.
   *
   * @since 0.1.0
   * @category models
   */
  Failures
} from "./internal/job/failures.js"
export type {
  /**
   * How fast a job goes.
   *
   * @since 0.1.0
   * @category models
   */
  Pace
} from "./internal/job/pace.js"
export type {
  /**
   * How far a job is.
   *
   * @since 0.1.0
   * @category models
   */
  Progress
} from "./internal/job/progress.js"
export type {
  /**
   * @since 0.1.0
   * @category models
   */
  SubmitOptions,
  /**
   * What a submission came to.
   *
   * @since 0.1.0
   * @category models
   */
  Submitted
} from "./internal/job/submit.js"

/**
 * What is taken up again by `retryFailed`.
 *
 * @since 0.1.0
 * @category models
 */
export interface RetryOptions {
  /** Also those whose billing is unknown or that were billed without a picture: they may be paid twice. Default: false. */
  readonly mayPayTwice?: boolean | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export interface ResultsOptions {
  /** The place in the submission to begin at. Default: 0. */
  readonly from?: number | undefined
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
  readonly failures: (job: string) => Effect.Effect<ReadonlyArray<Failures>, JobNotFoundError | SqlError>
  readonly cancel: (job: string) => Effect.Effect<Progress, JobNotFoundError | SqlError>
  readonly retryFailed: (job: string, options?: RetryOptions) => Effect.Effect<number, JobNotFoundError | SqlError>
  readonly decide: (item: string, decision: Decision) => Effect.Effect<boolean, SqlError>
}

/**
 * @since 0.1.0
 * @category tags
 */
export class Jobs extends Context.Tag("effect-openrouter-images-jobs/Jobs")<Jobs, Service>() {}

/**
 * Jobs over a database, which is all that it needs: the workers (`Worker.layer`) may be in this process or in others.
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
      submit: (requests, options) => submitted(sql, requests, options),
      list: within(allOf),
      status: (job) => within(statusOf(job)),
      watch: (job, options) => streaming(watching(job, options?.every ?? "1 second")),
      results: (job, options) => streaming(resultsOf(job, options?.from ?? 0)),
      failures: (job) => within(failuresOf(job)),
      cancel: (job) => within(Effect.zipRight(Steering.cancel(job), statusOf(job))),
      retryFailed: (job, options) => within(Steering.retryFailed(job, options?.mayPayTwice ?? false)),
      decide: (item, decision) => within(Steering.decide(item, decision))
    }
  })
).pipe(Layer.provide(Database.layer))

/**
 * Puts requests into a job, which is made where it is missing. A stream is taken in batches, so that any number of requests needs the same memory.
 *
 * Submitting the same requests to the same job again adds nothing: a program that died on the way simply starts over. Equal requests of one submission
 * are as many pictures. A request that is not valid ends it with InvalidRequestError, whose path begins with its position; those before it stay.
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
 * How far a job is, now and after each change, looked for every second unless told otherwise. It ends when every item has ended and its submission too.
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
 * Adds to each step of `watch` how many pictures a minute come, and how long the rest takes at this pace.
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
 * The items that have ended by now, or wait for a decision, in the order of the submission. The pictures themselves are in the ImageStore.
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
 * What the failed items failed with, in groups of the same error and billing, the largest first.
 *
 * @since 0.1.0
 * @category accessors
 */
export const failures = (job: string): Effect.Effect<ReadonlyArray<Failures>, JobNotFoundError | SqlError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.failures(job))

/**
 * Ends a job: nothing more of it is sent. Calls that are under way are finished, for they may be paid already. Gives back how far it is.
 *
 * @since 0.1.0
 * @category accessors
 */
export const cancel = (job: string): Effect.Effect<Progress, JobNotFoundError | SqlError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.cancel(job))

/**
 * Takes up again what failed and cost nothing, and what was cancelled; gives back how many items that are. Items whose billing is unknown, or that were
 * billed without a picture, stay as they are unless `mayPayTwice` says otherwise.
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
 * Decides about an item that waits for it (`OnUnknown`), by its `Item.id`: `retry` sends it again and may pay twice, `fail` lets it fail. Gives back whether
 * it did wait.
 *
 * @since 0.1.0
 * @category accessors
 */
export const decide = (item: string, decision: Decision): Effect.Effect<boolean, SqlError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.decide(item, decision))
