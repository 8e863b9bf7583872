/**
 * A limit on what a program spends, checked before anything is sent.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Catalog } from "./Catalog.js"
import type { OpenRouterClient } from "./Client.js"
import type { GetKeyError } from "./Errors.js"
import { Images } from "./Images.js"
import { type Account, type InvalidSettlementError, make as makeAccount } from "./internal/budget/account.js"
import type * as Ledger from "./internal/budget/ledger.js"
import { withinBudget } from "./internal/budget/reserve.js"
import { BudgetStore, type BudgetStoreError, makeMemory } from "./internal/budget/store.js"
import { formatUsd } from "./internal/endpoint/usd.js"
import * as Key from "./Key.js"

export {
  /**
   * You called `settle` with a cost that is no amount: negative, not a number or infinite. The reservation stays as it
   * is, and the ledger does not change.
   *
   * @since 0.1.0
   * @category errors
   */
  InvalidSettlementError
} from "./internal/budget/account.js"
export type {
  /**
   * What a store keeps: amounts in US dollars, times in milliseconds since 1970.
   *
   * @since 0.1.0
   * @category store
   */
  Ledger,
  /**
   * An amount set aside: for a generation in flight, for one that failed and may have been billed (`unknown`), or for
   * one that was billed and did not say how much (`billed`).
   *
   * @since 0.1.0
   * @category models
   */
  Reservation
} from "./internal/budget/ledger.js"
export {
  /**
   * Where the ledger is kept: memory for `layer`, any store that you provide for `layerWithStore`. Its one operation
   * reads the ledger, changes it and writes it, atomically.
   *
   * @since 0.1.0
   * @category store
   */
  BudgetStore,
  /**
   * The ledger could not be read or written, or makes no sense. A ledger that cannot be read never becomes an empty
   * one: nothing is spent until you repair it.
   *
   * @since 0.1.0
   * @category errors
   */
  BudgetStoreError,
  /**
   * A ledger in a file. Any number of layers and processes on one machine may share it, and the limit holds for all of
   * them together.
   *
   * Each change happens under a lock (`<path>.lock`) and is written whole or not at all, even across a power cut. When
   * a process dies with the lock, the lock is held for 5 more seconds. A process that only slept loses the lock as
   * well, and makes its change anew. A change that has waited 30 seconds for the lock fails with BudgetStoreError, so
   * that nothing is sent. A file that cannot be read stops the spending and stays as it is. The folder is created if it
   * does not exist; it must be on a local disk, not on a network. Layers that share a ledger need the same `window`.
   *
   * @since 0.1.0
   * @category store
   * @example
   * ```ts
   * import { NodeContext } from "@effect/platform-node"
   * import { Layer } from "effect"
   * import { Budget } from "effect-openrouter-images"
   *
   * const BudgetLive = Budget.layerWithStore({ limitUsd: 20, window: "1 day" }).pipe(
   *   Layer.provide(Budget.layerStoreFile({ path: "budget/ledger.json" })),
   *   Layer.provide(NodeContext.layer)
   * )
   * ```
   */
  layerStoreFile,
  /**
   * A ledger under one key of a KeyValueStore (default: `openrouter-images-budget`), so that a file or a database keeps
   * it over restarts. Within one process any number of layers may share it.
   *
   * Two processes must not share it: a KeyValueStore has no transactions, and each process would overwrite what the
   * other has spent. Use `layerStoreFile` for them. When a process dies, its reservations stay until they leave the
   * window or you settle them.
   *
   * @since 0.1.0
   * @category store
   * @example
   * ```ts
   * import { KeyValueStore } from "@effect/platform"
   * import { NodeContext } from "@effect/platform-node"
   * import { Layer } from "effect"
   * import { Budget } from "effect-openrouter-images"
   *
   * const StoreLive = Budget.layerStoreKeyValueStore({ key: "thumbnails" }).pipe(
   *   Layer.provide(KeyValueStore.layerFileSystem("budget")),
   *   Layer.provide(NodeContext.layer)
   * )
   * ```
   */
  layerStoreKeyValueStore
} from "./internal/budget/store.js"

/**
 * The amounts spent, reserved and left, in US dollars.
 *
 * @since 0.1.0
 * @category models
 */
export interface Status {
  readonly limitUsd: number
  readonly spentUsd: number
  readonly reservedUsd: number
  /** The most that a request may cost now. Never below zero. */
  readonly remainingUsd: number
  readonly reservations: ReadonlyArray<Ledger.Reservation>
}

/**
 * A positive and finite duration, such as `"1 day"`. The parameter is there for the compiler's errors, which name it.
 *
 * @since 0.1.0
 * @category models
 */
// `Extract` takes nothing away. It makes a union that TypeScript knows by this name.
export type Window<_Example extends string = "1 day"> = Extract<Duration.DurationInput, unknown>

/**
 * Options of a budget. The parameter is there for the compiler's errors, which name it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<_Required extends string = "limitUsd"> {
  /** US dollars, zero or more. Zero lets only free requests through. */
  readonly limitUsd: number
  /**
   * The period that the limit covers, ending now. Spending before it no longer counts. Default: all spending counts,
   * for ever.
   */
  readonly window?: Window | undefined
  /**
   * What to do with a request whose cost has no known upper bound, or whose price cannot be looked up. `refuse` (the
   * default) fails. `allow` reserves the least that it costs, so that spending may exceed the limit.
   */
  readonly onUnknownCost?: "refuse" | "allow" | undefined
  /**
   * Whether to count what a provider charges for your own key as well (`totalCostUsd`). Default: true. With `false`
   * only `usage.cost` counts, which is what OpenRouter charges.
   */
  readonly countUpstreamCost?: boolean | undefined
}

/**
 * A place to keep a ledger.
 *
 * @since 0.1.0
 * @category store
 */
export interface Store {
  /** Changes the ledger. No other change happens in between. */
  readonly modify: <A>(
    change: (ledger: Ledger.Ledger) => readonly [result: A, ledger: Ledger.Ledger]
  ) => Effect.Effect<A, BudgetStoreError>
}

/**
 * The budget as a service: `status`, `settle`, and whether what providers charge for your own keys counts.
 *
 * @since 0.1.0
 * @category models
 */
export type Service = Pick<Account, "status" | "settle" | "countsUpstreamCost">

/**
 * The tag of the budget that `layer` and `layerWithStore` provide beside `Images`.
 *
 * @since 0.1.0
 * @category tags
 */
export class Budget extends Context.Tag("effect-openrouter-images/Budget")<Budget, Service>() {}

/**
 * `Images` that spends at most `limitUsd`. Before a generation is sent, the budget reserves the most that it may cost
 * (`Quote`). If that does not fit, the call fails with BudgetExceededError and nothing is sent.
 *
 * Afterwards the real cost (`totalCostUsd`) replaces the reservation: nothing if the generation was not billed, the
 * whole reservation if it was billed and its cost is unknown or no amount. Where `billing` is `unknown`, and after an
 * interruption in an attempt, the reservation stays. An interruption before the first attempt, or between two, leaves
 * nothing more set aside. A layer of your own below tells no attempts: there every interruption counts as one in an
 * attempt.
 *
 * With a `limitUsd` that is negative, not a number or infinite, or a `window` that is not positive and finite, every
 * generation fails with InvalidRequestError. A ledger that cannot be kept, or whose store does not answer within 35
 * seconds, stops the spending (BudgetExceededError, reason `ledger`). A picture that has already arrived is returned
 * all the same, with a warning in the log, and its reservation stays.
 *
 * The limit holds for any number of fibers. The ledger is in memory and ends with the layer. Put a `Fallback` above it,
 * so that each model has its own quote. Put a `Cache` below or above it as you like: a hit costs nothing. With a retry
 * policy that may pay twice, the budget also reserves what an earlier attempt may have cost, but does not check that
 * amount before.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { Console, Effect, Layer } from "effect"
 * import { Budget, Catalog, Client, Images } from "effect-openrouter-images"
 *
 * const ImagesLive = Images.layer.pipe(Layer.provide(Client.layerConfig()), Layer.provide(FetchHttpClient.layer))
 * const BudgetLive = Budget.layer({ limitUsd: 5, window: "1 day" }).pipe(
 *   Layer.provide(Catalog.layer()),
 *   Layer.provide(ImagesLive)
 * )
 *
 * const program = Effect.gen(function* () {
 *   yield* Images.generate({ model: "bytedance-seed/seedream-4.5", prompt: "a red panda" })
 *   const { remainingUsd, spentUsd } = yield* Budget.status
 *   yield* Console.log(`spent $${spentUsd}, left $${remainingUsd}`)
 * }).pipe(
 *   Effect.catchTag("BudgetExceededError", (error) => Console.error(error.message, error.quoteUsd)),
 *   Effect.provide(BudgetLive)
 * )
 * ```
 */
export const layer = (options: Options): Layer.Layer<Images | Budget, never, Images | Catalog> =>
  Layer.effectContext(Effect.flatMap(Effect.sync(makeMemory), (store) => make(options, store)))

/**
 * The same with a ledger that outlives the program: in `layerStoreFile`, `layerStoreKeyValueStore` or a store of your
 * own.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { NodeContext } from "@effect/platform-node"
 * import { Layer } from "effect"
 * import { Budget } from "effect-openrouter-images"
 *
 * // A file keeps the ledger over restarts, for all processes that use it.
 * const BudgetLive = Budget.layerWithStore({ limitUsd: 100, window: "30 days" }).pipe(
 *   Layer.provide(Budget.layerStoreFile({ path: "budget/ledger.json" })),
 *   Layer.provide(NodeContext.layer)
 * )
 * ```
 */
export const layerWithStore = (options: Options): Layer.Layer<Images | Budget, never, Images | Catalog | BudgetStore> =>
  Layer.effectContext(Effect.flatMap(BudgetStore, (store) => make(options, store)))

/**
 * The amounts spent, reserved and left.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { Console, Effect } from "effect"
 * import { Budget } from "effect-openrouter-images"
 *
 * const report = Effect.gen(function* () {
 *   const { remainingUsd, reservations } = yield* Budget.status
 *   yield* Console.log(`left $${remainingUsd}`)
 *   for (const { model, state, usd } of reservations) yield* Console.log(`${model}: $${usd} set aside (${state})`)
 * })
 * ```
 */
export const status: Effect.Effect<Status, BudgetStoreError, Budget> = Effect.flatMap(Budget, (budget) => budget.status)

/**
 * A budget's status beside what OpenRouter says about the key.
 *
 * @since 0.1.0
 * @category models
 */
export interface StatusWithKey extends Status {
  readonly key: Key.Key
}

/**
 * The amounts of `status`, and what OpenRouter says about the key that the client uses (`Key.get`). OpenRouter's
 * numbers lag by minutes: calls in flight, and those that have just ended, are not in them.
 *
 * Logs a warning where the key has less left than the budget, so that calls may fail with
 * PaymentRequiredResponseError although the budget lets them through.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { Console, Effect } from "effect"
 * import { Budget } from "effect-openrouter-images"
 *
 * const report = Effect.gen(function* () {
 *   const { key, remainingUsd } = yield* Budget.statusWithKey
 *   yield* Console.log(`the budget has $${remainingUsd} left, the key ${key.limitRemainingUsd ?? "no limit"}`)
 * })
 * ```
 */
export const statusWithKey: Effect.Effect<StatusWithKey, BudgetStoreError | GetKeyError, Budget | OpenRouterClient> =
  Effect.gen(function* () {
    const own = yield* status
    const key = yield* Key.get()
    const { limitRemainingUsd: left } = key
    if (left !== undefined && left < own.remainingUsd) {
      yield* Effect.logWarning(
        `The budget has ${formatUsd(own.remainingUsd)} left, but its key only ${formatUsd(left)} (told late by OpenRouter)`
      )
    }
    return { ...own, key }
  })

/**
 * Replaces a reservation listed in `status` by its real cost. `Reconcile` does it by itself for a reservation whose
 * generation is known; use this for one that is not, once your account's activity shows its cost. Returns whether there
 * was such a reservation. White space around the id is ignored.
 *
 * With a `generationId`, the reservation is replaced only while it is about that generation: a retry of its call is about
 * another. A cost that is negative, not a number or infinite fails with InvalidSettlementError and changes nothing.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Budget } from "effect-openrouter-images"
 *
 * // The account's activity shows that none of them was billed.
 * const freed = Effect.gen(function* () {
 *   const { reservations } = yield* Budget.status
 *   for (const { id, state } of reservations) if (state === "unknown") yield* Budget.settle(id, 0)
 * })
 * ```
 */
export const settle = (
  id: string,
  costUsd: number,
  generationId?: string
): Effect.Effect<boolean, BudgetStoreError | InvalidSettlementError, Budget> =>
  Effect.flatMap(Budget, (budget) => budget.settle(id, costUsd, generationId))

const make = (
  options: Options,
  store: Store
): Effect.Effect<Context.Context<Images | Budget>, never, Images | Catalog> =>
  Effect.gen(function* () {
    const account = makeAccount(store, options)
    const images = withinBudget(yield* Images, yield* Catalog, account, options)
    return Context.make(Images, images).pipe(Context.add(Budget, account))
  })
