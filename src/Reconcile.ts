/**
 * Settles in the background what a budget holds back for generations that have not said what they cost.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import type * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Budget, type Reservation } from "./Budget.js"
import { OpenRouterClient } from "./Client.js"
import type { Settlement } from "./Generations.js"
import { Images } from "./Images.js"
import { formatUsd } from "./internal/endpoint/usd.js"
import { untilNextDay, untilStored } from "./internal/generations/schedule.js"
import { bestEffort, bestEffortOption } from "./internal/layer/bestEffort.js"
import { longestRun, type Named, settleReservation } from "./internal/reconcile/settleReservation.js"
import { type Spans, watch } from "./internal/reconcile/watch.js"

/**
 * Options of a reconciliation.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * When to ask about a generation: each of its delays is the wait before a question. Default: that of
   * `Generations.settle`, about 12 minutes, and then hourly for a day, because some records appear late.
   */
  readonly schedule?: Schedule.Schedule<unknown> | undefined
}

/**
 * What was found out about a reservation. With NoRecord it stays as it is.
 *
 * @since 0.1.0
 * @category models
 */
export interface Settled {
  readonly reservation: Reservation
  readonly settlement: Settlement
}

/**
 * The reconciliation as a service.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** What is found out from now on. One that is read too slowly keeps the latest thousand. */
  readonly settlements: Stream.Stream<Settled>
}

/**
 * The tag of the reconciliation that `layer` provides beside `Images`.
 *
 * @since 0.1.0
 * @category tags
 */
export class Reconcile extends Context.Tag("effect-openrouter-images/Reconcile")<Reconcile, Service>() {}

/** The shortest time between two requests, and between two looks at the ledger. */
const pause = Duration.millis(300)

/**
 * A reservation that should be asked about. A running one probably belongs to a process that died, if it was there when
 * this one began, or if it has run for longer than any generation takes.
 */
const isDue =
  (now: number, isFirstLook: boolean) =>
  (reservation: Reservation): reservation is Named =>
    reservation.generationId !== undefined &&
    (reservation.state !== "running" || isFirstLook || now - reservation.at > Duration.toMillis(longestRun))

const make = ({
  schedule = untilNextDay
}: Options): Effect.Effect<
  Context.Context<Images | Reconcile>,
  never,
  Images | Budget | OpenRouterClient | Scope.Scope
> =>
  Effect.gen(function* () {
    const budget = yield* Budget
    const client = yield* OpenRouterClient
    const found = yield* PubSub.sliding<Settled>(1000)
    const doubt = yield* Effect.makeLatch()
    const turns = yield* Effect.makeSemaphore(1)
    const spans: Spans = new Map()
    /** The reservations that are asked about, or that were until the end. */
    const known = new Set<string>()

    const settle = (reservation: Named): Effect.Effect<void> => {
      const { generationId, usd } = reservation
      const settled = settleReservation(reservation, budget, spans.get(generationId), {
        schedule,
        onAttempt: turns.withPermits(1)(Effect.sleep(pause))
      }).pipe(
        Effect.provideService(OpenRouterClient, client),
        Effect.tap((one) => (one === undefined ? Effect.void : PubSub.publish(found, one))),
        // One without a record was asked about until the end. Any other may be asked about again.
        Effect.onExit((exit) =>
          Effect.sync(() => {
            const isAskedOut = Exit.isSuccess(exit) && exit.value?.settlement._tag === "NoRecord"
            if (!isAskedOut) known.delete(reservation.id)
          })
        )
      )
      return Effect.ensuring(
        bestEffort(
          `Generation ${generationId} cannot be asked about now, so ${formatUsd(usd)} stay set aside`,
          () => settled
        ),
        Effect.sync(() => spans.delete(generationId))
      )
    }

    /** None where the ledger cannot be read. */
    const look = (isFirstLook: boolean): Effect.Effect<Option.Option<void>, never, Scope.Scope> =>
      bestEffortOption("The budget's ledger cannot be read, so nothing of it is settled now", () =>
        Effect.gen(function* () {
          const { reservations } = yield* budget.status
          const now = yield* Clock.currentTimeMillis
          for (const reservation of reservations.filter(isDue(now, isFirstLook))) {
            if (known.has(reservation.id)) continue
            known.add(reservation.id)
            yield* Effect.forkScoped(settle(reservation))
          }
        })
      )

    const lookUntilRead = (isFirstLook: boolean) =>
      Effect.repeat(look(isFirstLook), { until: Option.isSome, schedule: untilStored })
    // Also unasked, for what other processes left behind.
    const lookAgain = Effect.raceFirst(doubt.await, Effect.sleep(longestRun)).pipe(
      Effect.zipRight(Effect.sleep(pause)),
      Effect.zipRight(doubt.close),
      Effect.zipRight(lookUntilRead(false))
    )
    yield* Effect.forkScoped(Effect.zipRight(lookUntilRead(true), Effect.forever(lookAgain)))
    const images = watch(yield* Images, spans, Effect.asVoid(doubt.open))
    return Context.make(Images, images).pipe(Context.add(Reconcile, { settlements: Stream.fromPubSub(found) }))
  })

/**
 * `Images` whose budget learns what generations really cost that did not say so. When a call fails with
 * `billing: "unknown"`, or is interrupted, its reservation stays set aside; a picture without a cost counts as the most
 * that it may have cost. This layer asks for the record of its generation in the background, and settles the
 * reservation by it: at its cost, or at nothing.
 *
 * It goes by the budget's ledger. So it also settles what an earlier run of the program left in a ledger that is kept
 * (`Budget.layerWithStore`): generations of unknown cost, and those that were in flight when the program died. A
 * reservation without a generation's id, because no head of an answer had arrived, stays as it is.
 *
 * It adds no time to a call. It asks at most about three times a second, and ends with its scope. What it finds out is
 * in `settlements`, in the metrics `openrouter.client.settlements` and `openrouter.client.settled_cost`, and in a span
 * `Reconcile.settle` with `openrouter.cost_usd`, linked to the span of the call.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { Layer } from "effect"
 * import { Budget, Catalog, Client, Images, Reconcile } from "effect-openrouter-images"
 *
 * const ClientLive = Client.layerConfig().pipe(Layer.provide(FetchHttpClient.layer))
 * const ImagesLive = Reconcile.layer().pipe(
 *   Layer.provideMerge(Budget.layer({ limitUsd: 5, window: "1 day" })),
 *   Layer.provide(Catalog.layer()),
 *   Layer.provide(Images.layer),
 *   Layer.provide(ClientLive)
 * )
 * ```
 */
export const layer = (
  options: Options = {}
): Layer.Layer<Images | Reconcile, never, Images | Budget | OpenRouterClient> => Layer.scopedContext(make(options))

/**
 * What is found out from now on: each reservation with its settlement.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { Console, Effect, Stream } from "effect"
 * import { Reconcile } from "effect-openrouter-images"
 *
 * const report = Stream.runForEach(Reconcile.settlements, ({ reservation, settlement }) =>
 *   Console.log(reservation.model, settlement._tag, settlement._tag === "Billed" ? settlement.costUsd : "")
 * )
 * const inBackground = Effect.forkScoped(report)
 * ```
 */
export const settlements: Stream.Stream<Settled, never, Reconcile> = Stream.unwrap(
  Effect.map(Reconcile, ({ settlements }) => settlements)
)
