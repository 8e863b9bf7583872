import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Stream from "effect/Stream"
import type { Options } from "../../Budget.js"
import { Catalog } from "../../Catalog.js"
import * as Errors from "../../Errors.js"
import type { Service as Images } from "../../Images.js"
import * as Quote from "../../Quote.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import type { ImageGenerationResponse } from "../../Schema/ImageGenerationResponse.js"
import type { Completed } from "../../Schema/ImageStreamEvent.js"
import { totalOf } from "../endpoint/total.js"
import { bestEffort } from "../layer/bestEffort.js"
import { onCompletion } from "../layer/onCompletion.js"
import { over, tellsAttempts } from "../layer/over.js"
import type { Account, Claim } from "./account.js"
import { Attempts } from "./attempts.js"
import type { Outcome, Reservation } from "./ledger.js"
import { costOf } from "./spending.js"

type Estimate = (
  request: ImageGenerationRequest
) => Effect.Effect<Quote.UsdRange, Errors.ListModelEndpointsError, Catalog>

/** The price of all calls that are made in place of one. */
const estimateOver =
  ({ divide }: Images): Estimate =>
  (request) =>
    divide === undefined
      ? Quote.estimate(request)
      : Effect.flatMap(divide(request), (parts) => Effect.map(Effect.forEach(parts, Quote.estimate), totalOf))

/** What a generation claims: its highest cost, or what the options say where no upper bound is known. */
const claimOf = (
  request: ImageGenerationRequest,
  operation: Errors.Operation,
  account: Account,
  { onUnknownCost = "refuse" }: Options,
  estimate: Estimate
): Effect.Effect<Claim, Errors.ListModelEndpointsError | Errors.BudgetExceededError, Catalog> => {
  const { model } = request
  return Effect.zipRight(account.check(operation), estimate(request)).pipe(
    Effect.mapError((error) =>
      error._tag === "InvalidRequestError" ? new Errors.InvalidRequestError({ operation, issues: error.issues }) : error
    ),
    Effect.catchAll((error) =>
      error._tag === "InvalidRequestError" || onUnknownCost === "refuse"
        ? Effect.fail(error)
        : Effect.succeed({ minUsd: 0, maxUsd: Number.POSITIVE_INFINITY })
    ),
    Effect.flatMap(({ maxUsd, minUsd }) => {
      if (Number.isFinite(maxUsd)) return Effect.succeed({ operation, model, usd: maxUsd })
      const least = { operation, model, usd: minUsd }
      return onUnknownCost === "allow" ? Effect.succeed(least) : account.refuse(least, "unknownCost")
    })
  )
}

/** If the ledger cannot be written afterwards, the reservation stays in it. That never loses a picture. */
const close = (account: Account, reservation: Reservation, outcome: Outcome): Effect.Effect<void> =>
  bestEffort(`The budget's ledger could not be written, so $${reservation.usd} stay set aside`, () =>
    account.close(reservation, outcome)
  )

/**
 * Listens to the attempts of a call. The generation is written into the ledger beside the call, which never waits for
 * the store. A store that fails now says so when the reservation is closed.
 */
const attemptsOf = (
  account: Account,
  images: Images,
  { n: pictures = 1 }: ImageGenerationRequest,
  reservationOf: () => Reservation | undefined
): Attempts => {
  /** Ends with what was written last, so that the id of an attempt never comes after that of a later one. */
  let written: Effect.Effect<unknown> = Effect.void
  const onNamed = (generationId: string | undefined) => {
    const reservation = reservationOf()
    return reservation === undefined
      ? Effect.void
      : Effect.zipRight(
          written,
          Effect.suspend(() => account.name(reservation, generationId))
        ).pipe(
          Effect.catchAllCause(() => Effect.void),
          Effect.forkDaemon,
          Effect.flatMap((fiber) =>
            Effect.sync(() => {
              written = Fiber.await(fiber)
            })
          )
        )
  }
  return new Attempts({
    part: { index: 0, calls: 1, pictures },
    countsUpstream: account.countsUpstreamCost,
    isTold: tellsAttempts(images),
    onNamed
  })
}

/** A picture of a cache has the generation of an earlier call. */
const idIn = (exit: Exit.Exit<ImageGenerationResponse, unknown>): string | undefined =>
  Exit.isSuccess(exit) && exit.value.cached !== true ? exit.value.generationId : undefined

type ToClaim = (
  request: ImageGenerationRequest,
  operation: Errors.Operation
) => Effect.Effect<Claim, Errors.ListModelEndpointsError | Errors.BudgetExceededError>

const generateWithin =
  (images: Images, account: Account, claim: ToClaim): Images["generate"] =>
  (request, options) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const reservation = yield* account.reserve(yield* restore(claim(request, "generate")), restore)
        const attempts = attemptsOf(account, images, request, () => reservation)
        const exit = yield* Effect.exit(
          restore(Effect.suspend(() => images.generate(request, attempts.listen(options))))
        )
        const outcome = Exit.match(exit, {
          onSuccess: (answer) => attempts.outcomeOfAnswer(answer, reservation.usd, idIn(exit)),
          onFailure: (cause) => attempts.outcomeOfCause(cause, reservation.usd)
        })
        yield* close(account, reservation, outcome)
        return yield* exit
      })
    )

/** A stream costs what its last picture reports. One that was not read to its end may have been billed. */
const streamWithin =
  (images: Images, account: Account, claim: ToClaim): Images["generateStream"] =>
  (request, options) =>
    Stream.unwrapScoped(
      Effect.gen(function* () {
        const asked = yield* claim(request, "generateStream")
        let reserved: Reservation | undefined
        const attempts = attemptsOf(account, images, request, () => reserved)
        let exit: Exit.Exit<void, Errors.GenerateStreamError> = Exit.interrupt(FiberId.none)
        let answer: Pick<Completed, "calls" | "usage"> = {}
        const closed = (reservation: Reservation) => {
          const { usd } = reservation
          const outcome = Exit.match(exit, {
            onSuccess: () => attempts.outcomeOfAnswer(answer, usd),
            onFailure: (cause) =>
              answer.calls === undefined && costOf(answer.usage, account.countsUpstreamCost) === undefined
                ? attempts.outcomeOfCause(cause, usd)
                : attempts.outcomeOfAnswer(answer, usd)
          })
          return close(account, reservation, outcome)
        }
        yield* Effect.uninterruptibleMask((restore) =>
          Effect.flatMap(account.reserve(asked, restore), (reservation) => {
            reserved = reservation
            return Effect.addFinalizer(() => closed(reservation))
          })
        )
        return onCompletion(
          Stream.suspend(() => images.generateStream(request, attempts.listen(options))),
          {
            onCompleted: (event) => {
              if (event.usage !== undefined || event.calls !== undefined) answer = event
            },
            onEnd: (how) => {
              exit = how
            }
          }
        )
      })
    )

/** `Images` whose generations stay within the account's limit. */
export const withinBudget = (
  images: Images,
  catalog: Context.Tag.Service<Catalog>,
  account: Account,
  options: Options
): Images => {
  const estimate = estimateOver(images)
  const claim: ToClaim = (request, operation) =>
    Effect.provideService(claimOf(request, operation, account, options, estimate), Catalog, catalog)
  return over(images, {
    generate: generateWithin(images, account, claim),
    generateStream: streamWithin(images, account, claim)
  })
}
