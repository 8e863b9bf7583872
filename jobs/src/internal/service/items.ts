/** The items of a job: what came of them, and what to do about those that wait for a decision. */
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { JobNotFoundError } from "../../Errors.js"
import type { DecideOptions, Decision, Failures, Item, PageOptions, ResultsOptions } from "../../Item.js"
import { Jobs } from "./tag.js"

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
