/** One attempt at an item: record, send, keep the pictures, record. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { WorkflowInstance } from "@effect/workflow/WorkflowEngine"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
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
import { CancelledError, type ItemError, OutcomeUnknownError, PictureLostError } from "../../Errors.js"
import type { Failed, Generation, Outcome } from "../../Generation.js"
import { ImageStore, type StoredImage } from "../../ImageStore.js"
import { patiently } from "../database/tables.js"
import type { Admitted, Entrance } from "./admission.js"
import { type AttemptKey, beat, begin, end, limitOf } from "./record.js"

const failed = (error: ItemError, pictures: ReadonlyArray<StoredImage> = []): Failed => ({
  _tag: "Failed",
  error,
  pictures
})

/** A full disk or a store that is away for a moment must not cost a picture that is paid for. */
const again = Schedule.intersect(Schedule.exponential("200 millis", 2), Schedule.recurs(7))

const keep = (images: ReadonlyArray<GeneratedImage>) =>
  Effect.flatMap(ImageStore, (store) =>
    Effect.forEach(images, (image) => Effect.retry(store.put(image), again), { concurrency: 4 })
  )

const made = (response: ImageGenerationResponse): Effect.Effect<Outcome, never, ImageStore> => {
  const { created, data, generationId, usage } = response
  const known = generationId === undefined ? {} : { generationId }
  return keep(data).pipe(
    Effect.map((pictures): Outcome => {
      const costUsd = totalCostUsd(usage)
      const cost = costUsd === undefined ? {} : { costUsd }
      return { _tag: "Made", generation: { pictures, created, ...cost, ...known } satisfies Generation }
    }),
    Effect.catchAll(({ description }) => Effect.succeed(failed(new PictureLostError({ description, ...known }))))
  )
}

/** No picture travels within an error through the database: those that had arrived go to the store as well. */
const withoutPictures = (error: Errors.GenerateError): Errors.GenerateError => {
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

const refusedBy = (error: Errors.GenerateError): Effect.Effect<Outcome, never, ImageStore> =>
  Effect.map(
    Effect.orElseSucceed(keep("images" in error ? error.images : []), () => []),
    (pictures) => failed(withoutPictures(error), pictures)
  )

/** What it may cost at most; asked only where the job has a limit. */
const quoteOf = (
  request: ImageGenerationRequest,
  limitUsd: number | undefined
): Effect.Effect<number | undefined, Errors.GenerateError, Catalog> =>
  limitUsd === undefined
    ? Effect.succeed(undefined)
    : Quote.estimate(request).pipe(
        Effect.catchTag("InvalidRequestError", ({ issues }) =>
          Effect.fail(new Errors.InvalidRequestError({ operation: "generate", issues }))
        ),
        Effect.flatMap(({ maxUsd, minUsd }) =>
          Number.isFinite(maxUsd)
            ? Effect.succeed(maxUsd)
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

/** Sends, and never stops half way: a call that is under way may be paid already. Its own timeout still ends it. */
const send = (
  { attempt, item }: AttemptKey,
  begunAt: number,
  request: ImageGenerationRequest
): Effect.Effect<Outcome, never, Images | ImageStore> =>
  Effect.gen(function* () {
    const images = yield* Images
    const call = yield* Effect.forkDaemon(Effect.interruptible(images.generate(request, { retry: Retry.none })))
    const exit = yield* Fiber.await(call)
    return yield* Exit.match(exit, {
      onSuccess: made,
      onFailure: (cause) =>
        Option.match(Cause.failureOption(cause), {
          onSome: refusedBy,
          onNone: () =>
            Effect.succeed(
              failed(
                new OutcomeUnknownError({ item, attempt, begunAt, cause: Cause.pretty(cause).split("\n", 1).join("") })
              )
            )
        })
    })
  })

/** How often an attempt that is under way says so. */
const heartbeat = "5 seconds"

const beating = <A, E, R>(key: AttemptKey, effect: Effect.Effect<A, E, R>) =>
  Effect.scoped(
    Effect.zipRight(
      Effect.forkScoped(
        Effect.interruptible(Effect.repeat(Effect.ignore(Effect.delay(beat(key), heartbeat)), Schedule.forever))
      ),
      effect
    )
  )

/**
 * Where the attempt stands open, another worker may still be at it: after an outage of the database that both lived through, the workflow can be with this one
 * and the call with that one. So it is watched for a while before it is given up for lost. A file of SQLite has one process, and it is not at it.
 */
const claimed = <R>(ask: Effect.Effect<Admitted, never, R>): Effect.Effect<Admitted, never, R | SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const looks = sql.onDialectOrElse({ sqlite: () => 0, orElse: () => 15 })
    let begun = yield* ask
    for (let still = 0; begun._tag === "Open" && still < looks; still++) {
      const { beats } = begun
      yield* Effect.sleep("1 second")
      begun = yield* ask
      if (begun._tag === "Open" && begun.beats !== beats) still = 0
    }
    return begun
  })

/** The whole attempt as an outcome. What the record already knows is not done again; what was begun and never ended is not known. */
export const perform = (
  key: AttemptKey,
  request: ImageGenerationRequest,
  entrance: Entrance
): Effect.Effect<Outcome, never, Images | ImageStore | Catalog | SqlClient.SqlClient | WorkflowInstance> =>
  Effect.gen(function* () {
    const limitUsd = yield* patiently(limitOf(key.job))
    const quote = yield* Effect.either(quoteOf(request, limitUsd))
    if (quote._tag === "Left") return failed(quote.left)
    const quoteUsd = quote.right
    const ask = patiently(begin(key, quoteUsd, entrance.limit))
    return yield* Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const begun = yield* claimed(entrance.pass(ask, restore))
        switch (begun._tag) {
          case "Ended":
            return begun.outcome
          case "Open":
            return failed(new OutcomeUnknownError({ item: key.item, attempt: key.attempt, begunAt: begun.begunAt }))
          case "Cancelled":
            return failed(new CancelledError({ job: key.job }))
          case "Unquoted":
            return yield* restore(perform(key, request, entrance))
          case "OverBudget":
            return failed(
              new Errors.BudgetExceededError({
                operation: "generate",
                reason: "limit",
                limitUsd: begun.limitUsd,
                spentUsd: begun.spentUsd,
                reservedUsd: begun.reservedUsd,
                quoteUsd: quoteUsd ?? 0
              })
            )
          case "Fresh": {
            const begunAt = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
            const outcome = yield* beating(key, send(key, begunAt, request))
            yield* patiently(end(key, outcome))
            return outcome
          }
        }
      })
    )
  })
