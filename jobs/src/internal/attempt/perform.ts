/** One attempt at an item: record it, send it, store the pictures, record the outcome. */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Workflow from "@effect/workflow/Workflow"
import { WorkflowInstance } from "@effect/workflow/WorkflowEngine"
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type { Catalog } from "effect-openrouter-images/Catalog"
import * as Errors from "effect-openrouter-images/Errors"
import type { GeneratedImage } from "effect-openrouter-images/GeneratedImage"
import { Images } from "effect-openrouter-images/Images"
import * as Quote from "effect-openrouter-images/Quote"
import * as Retry from "effect-openrouter-images/Retry"
import {
  type ImageGenerationRequest,
  type ImageGenerationResponse,
  totalCostUsd
} from "effect-openrouter-images/Schema"
import {
  CancelledError,
  DeadlineExceededError,
  type ItemError,
  OutcomeUnknownError,
  PictureLostError
} from "../../Errors.js"
import type { Failed, Generation, Outcome } from "../../Generation.js"
import { ImageStore, type StoredImage } from "../../ImageStore.js"
import { retryUntilBack } from "../database/retry.js"
import { putBack } from "../items/updates.js"
import { countAttempt } from "../monitor/metrics.js"
import type { Admission, Admitted } from "./admission.js"
import { type Follower, follow } from "./generationId.js"
import { type AttemptKey, type Bounds, begin, end, findLimit, isBegun } from "./record.js"
import { giveUp } from "./unknown.js"

const failedWith = (error: ItemError, pictures: ReadonlyArray<StoredImage> = []): Failed => ({
  _tag: "Failed",
  error,
  pictures
})

/** A full disk, or a store that is away for a moment, must not cost a picture that is paid for. */
const storeRetries = Schedule.intersect(Schedule.exponential("200 millis", 2), Schedule.recurs(7))

/** Stores each picture for itself: one that no store takes must not cost the others. */
const storeImages = (images: ReadonlyArray<GeneratedImage>) =>
  Effect.flatMap(ImageStore, (store) =>
    Effect.map(
      Effect.forEach(images, (image) => Effect.either(Effect.retry(store.put(image), storeRetries)), {
        concurrency: 4
      }),
      (results) => ({ pictures: Arr.getRights(results), failures: Arr.getLefts(results) })
    )
  )

/** Stores the pictures of an answer. */
const storeResponse = (response: ImageGenerationResponse): Effect.Effect<Outcome, never, ImageStore> => {
  const { created, data, generationId, usage } = response
  const known = generationId === undefined ? {} : { generationId }
  return Effect.map(storeImages(data), ({ failures: [failure], pictures }): Outcome => {
    const costUsd = totalCostUsd(usage)
    const cost = costUsd === undefined ? {} : { costUsd }
    return failure === undefined
      ? { _tag: "Made", generation: { pictures, created, ...cost, ...known } satisfies Generation }
      : failedWith(new PictureLostError({ description: failure.description, ...cost, ...known }), pictures)
  })
}

/** The error without its pictures: they go to the store, not through the database. */
const stripPictures = (error: Errors.GenerateError): Errors.GenerateError => {
  switch (error._tag) {
    case "ConnectionError":
      return new Errors.ConnectionError({ ...error, images: [] })
    case "RequestTimeoutError":
      return new Errors.RequestTimeoutError({ ...error, images: [] })
    case "ResponseValidationError":
      return new Errors.ResponseValidationError({ ...error, rawBody: error.rawBody.slice(0, 65_536), images: [] })
    default:
      return error
  }
}

/** Stores the pictures that had arrived before a failure. */
const storeFailure = (error: Errors.GenerateError): Effect.Effect<Outcome, never, ImageStore> =>
  Effect.map(storeImages("images" in error ? error.images : []), ({ pictures }) =>
    failedWith(stripPictures(error), pictures)
  )

/** What a request may cost. It is looked up only where the job has a limit. */
const quote = (
  request: ImageGenerationRequest,
  limitUsd: number | undefined
): Effect.Effect<Bounds | undefined, Errors.GenerateError, Catalog> =>
  limitUsd === undefined
    ? Effect.succeed(undefined)
    : Quote.estimate(request).pipe(
        Effect.catchTag("InvalidRequestError", ({ issues }) =>
          Effect.fail(new Errors.InvalidRequestError({ operation: "generate", issues }))
        ),
        Effect.flatMap(({ maxUsd, minUsd }) =>
          Number.isFinite(maxUsd)
            ? Effect.succeed({ minUsd, maxUsd })
            : Effect.fail(
                new Errors.BudgetExceededError({
                  operation: "generate",
                  reason: "unknownCost",
                  limitUsd,
                  spentUsd: 0,
                  reservedUsd: 0,
                  quoteUsd: minUsd
                })
              )
        )
      )

const endedBefore = "the worker ended before the answer came"

/**
 * Sends, and does not stop half way, for a call under way may be paid already. Its own timeout ends it, and the end of
 * the worker when there is no more time.
 */
const send = (
  { attempt, item }: AttemptKey,
  begunAt: number,
  request: ImageGenerationRequest,
  { hooks, told }: Follower,
  abandoned: Effect.Effect<void>
): Effect.Effect<Outcome, never, Images | ImageStore> =>
  Effect.gen(function* () {
    const images = yield* Images
    const generate = images.generate(request, { retry: Retry.none, ...hooks })
    const call = yield* Effect.forkDaemon(Effect.interruptible(generate))
    const watch = yield* Effect.forkDaemon(Effect.interruptible(Effect.zipRight(abandoned, Fiber.interrupt(call))))
    const exit = yield* Fiber.await(call)
    yield* Fiber.interruptFork(watch)
    return yield* Exit.match(exit, {
      onSuccess: storeResponse,
      onFailure: (cause) =>
        Option.match(Cause.failureOption(cause), {
          onSome: storeFailure,
          onNone: () =>
            Effect.map(told, (generationId) =>
              failedWith(
                new OutcomeUnknownError({
                  ...{ item, attempt, begunAt },
                  cause: Cause.isInterruptedOnly(cause) ? endedBefore : Cause.pretty(cause).split("\n", 1).join(""),
                  ...(generationId === undefined ? {} : { generationId })
                })
              )
            )
        })
    })
  })

const generationIdOf = (outcome: Outcome): string | undefined => {
  const known = outcome._tag === "Made" ? outcome.generation : outcome.error
  return "generationId" in known ? known.generationId : undefined
}

/** Sends a request whose attempt is recorded, and records its outcome. */
const sendRecorded = (key: AttemptKey, request: ImageGenerationRequest, abandoned: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const begunAt = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
    const follower = yield* follow(key)
    const outcome = yield* countAttempt(send(key, begunAt, request, follower, abandoned))
    yield* follower.stop
    const generationId = generationIdOf(outcome) ?? (yield* follower.told)
    yield* retryUntilBack(end(key, outcome, generationId))
    return outcome
  })

/** A worker that has been silent for this long works at nothing any more. */
const maxSilentMillis = 10_000

/** For how long it must be silent while somebody listens: the database may have been away for all. */
const minHeardSeconds = 5

/**
 * Waits for an attempt that stands open for as long as its worker lives, which may still be at it. That happens after
 * an outage of the database, when the workflow is with this worker and the call with that one. A file of SQLite has one
 * process, so there nobody is waited for.
 */
const awaitOtherWorker = <R>(
  tryBegin: Effect.Effect<Admitted, never, R>
): Effect.Effect<Admitted, never, R | SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const isShared = sql.onDialectOrElse({ sqlite: () => false, orElse: () => true })
    let result = yield* tryBegin
    for (let seconds = 0; isShared && result._tag === "Open"; seconds++) {
      if (seconds >= minHeardSeconds && result.silentMillis >= maxSilentMillis) break
      yield* Effect.sleep("1 second")
      result = yield* tryBegin
    }
    return result
  })

/**
 * The whole attempt as an outcome. What the record already knows is not done again. The outcome of an attempt that was
 * begun and never ended is unknown.
 */
export const perform = (
  key: AttemptKey,
  request: ImageGenerationRequest,
  admission: Admission
): Effect.Effect<Outcome, never, Images | ImageStore | Catalog | SqlClient.SqlClient | WorkflowInstance> =>
  Effect.gen(function* () {
    const limitUsd = yield* retryUntilBack(findLimit(key.job))
    const quoted = yield* Effect.either(quote(request, limitUsd))
    // An attempt that was begun may be paid already, whatever a quote says now.
    if (quoted._tag === "Left" && !(yield* retryUntilBack(isBegun(key)))) return failedWith(quoted.left)
    const bounds = Either.getOrUndefined(quoted)
    const tryBegin = retryUntilBack(begin(key, bounds, admission.limit))
    return yield* Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const result = yield* awaitOtherWorker(admission.admit(tryBegin, restore))
        switch (result._tag) {
          case "Ended":
            return result.outcome
          case "Open": {
            // Its end may have been recorded in this very moment.
            if (!(yield* retryUntilBack(giveUp(key)))) return yield* restore(perform(key, request, admission))
            const { begunAt, generationId } = result
            const known = generationId === undefined ? {} : { generationId }
            return failedWith(new OutcomeUnknownError({ item: key.item, attempt: key.attempt, begunAt, ...known }))
          }
          case "Paused":
            yield* retryUntilBack(putBack(key))
            return yield* Effect.flatMap(WorkflowInstance, Workflow.suspend)
          case "TooLate":
            return failedWith(new DeadlineExceededError({ deadlineAt: result.deadlineAt }))
          case "Cancelled":
            return failedWith(new CancelledError({ job: key.job }))
          case "Unquoted":
            return yield* restore(perform(key, request, admission))
          case "OverBudget":
            return failedWith(
              new Errors.BudgetExceededError({
                operation: "generate",
                reason: "limit",
                limitUsd: result.limitUsd,
                spentUsd: result.spentUsd,
                reservedUsd: result.reservedUsd,
                quoteUsd: bounds?.maxUsd ?? 0
              })
            )
          case "Fresh":
            return yield* sendRecorded(key, request, admission.abandoned)
        }
      })
    )
  })
