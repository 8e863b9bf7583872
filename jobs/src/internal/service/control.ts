/** Begins a job, pauses it, ends it, and starts again what failed. */
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { InvalidRequestError } from "effect-openrouter-images/Errors"
import type { ImageGenerationRequest } from "effect-openrouter-images/Schema"
import type { JobCancelledError, JobNotFoundError } from "../../Errors.js"
import type { RetryOptions } from "../../Item.js"
import type { Progress } from "../../Progress.js"
import type { SubmitOptions, Submitted } from "../../Submission.js"
import { Jobs } from "./tag.js"

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
 * Finishes the items whose call was taken for lost and came back since. Their pictures are there and paid for. Gives
 * back how many they were. `retryFailed` does the same first.
 *
 * @since 0.2.0
 * @category accessors
 */
export const recover = (job: string): Effect.Effect<number, JobNotFoundError | SqlError, Jobs> =>
  Effect.flatMap(Jobs, (jobs) => jobs.recover(job))
