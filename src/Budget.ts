/**
 * A limit to what a program spends, checked before anything is sent.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Catalog } from "./Catalog.js"
import { Images } from "./Images.js"
import { type Account, type InvalidSettlementError, make as makeAccount } from "./internal/budget/account.js"
import type * as Ledger from "./internal/budget/ledger.js"
import { withinBudget } from "./internal/budget/reserve.js"
import { BudgetStore, type BudgetStoreError, makeMemory } from "./internal/budget/store.js"

export {
  /**
   * `settle` was given a cost that is none: negative, not a number or infinite. The reservation stays as it is, and the ledger is untouched.
   *
   * @since 0.1.0
   * @category errors
   */
  InvalidSettlementError
} from "./internal/budget/account.js"
export type {
  /**
   * What a store keeps: amounts in US dollars, moments in milliseconds since 1970.
   *
   * @since 0.1.0
   * @category store
   */
  Ledger,
  /**
   * An amount that is set aside: for a generation that is under way, or for one that failed and may have been billed (`unknown`).
   *
   * @since 0.1.0
   * @category models
   */
  Reservation
} from "./internal/budget/ledger.js"
export {
  /**
   * Where the ledger is kept: memory for `layer`, whatever you provide for `layerWithStore`. Its one operation reads the ledger, changes it and
   * writes it, and no other change comes in between.
   *
   * @since 0.1.0
   * @category store
   */
  BudgetStore,
  /**
   * The ledger could not be read or written, or makes no sense. A ledger that cannot be read never becomes an empty one: nothing is spent until
   * it is repaired.
   *
   * @since 0.1.0
   * @category errors
   */
  BudgetStoreError,
  /**
   * A ledger in a file that any number of layers and processes of one machine may share, and that holds its limit for all of them together.
   *
   * Each change is made under a lock (`<path>.lock`) and is there whole or not at all, also after a power cut. A process that dies with the lock keeps
   * it for 5 seconds. One that only slept loses the lock as well, and makes its change anew. A change that has waited 30 seconds for the lock fails with
   * BudgetStoreError, so that nothing is sent. A file that cannot be read stops the spending and is left as it is. The folder is made if it is not there;
   * it must be on a disk of the machine, not of a network. Layers that share a ledger have the same `window`.
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
   * A ledger under one key of a KeyValueStore (default: `openrouter-images-budget`), so that a file or a database keeps it over restarts. Within one
   * process any number of layers may share it. Two processes must not: a KeyValueStore knows no transactions, and each would overwrite what the other
   * has spent (`layerStoreFile` is for them). What was under way when a process died stays set aside until it leaves the window, or is settled.
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
 * What is spent, set aside and left, in US dollars.
 *
 * @since 0.1.0
 * @category models
 */
export interface Status {
  readonly limitUsd: number
  readonly spentUsd: number
  readonly reservedUsd: number
  /** What a request may cost at most; never below zero. */
  readonly remainingUsd: number
  readonly reservations: ReadonlyArray<Ledger.Reservation>
}

/**
 * What may be spent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** US dollars, zero or more; zero lets only through what is free. */
  readonly limitUsd: number
  /** The time that the limit is for, ending now: what was spent before it no longer counts. Default: everything counts, for ever. */
  readonly window?: Duration.DurationInput | undefined
  /**
   * What to do with a request whose cost has no known upper bound, or whose price cannot be asked for. `refuse` (the default) fails; `allow` sets
   * aside the least that it costs, so that the limit may be exceeded.
   */
  readonly onUnknownCost?: "refuse" | "allow" | undefined
  /**
   * Whether what a provider charges for your own key counts as well (`totalCostUsd`). Default: true. With `false` only `usage.cost` counts, which is what
   * OpenRouter charges.
   */
  readonly countUpstreamCost?: boolean | undefined
}

/**
 * What keeps a ledger.
 *
 * @since 0.1.0
 * @category store
 */
export interface Store {
  /** Changes the ledger; no other change comes in between. */
  readonly modify: <A>(
    change: (ledger: Ledger.Ledger) => readonly [result: A, ledger: Ledger.Ledger]
  ) => Effect.Effect<A, BudgetStoreError>
}

/**
 * The budget as a service: `status` and `settle`.
 *
 * @since 0.1.0
 * @category models
 */
export type Service = Pick<Account, "status" | "settle">

/**
 * The tag of the budget that `layer` and `layerWithStore` give beside `Images`.
 *
 * @since 0.1.0
 * @category tags
 */
export class Budget extends Context.Tag("effect-openrouter-images/Budget")<Budget, Service>() {}

/**
 * `Images` that spends at most `limitUsd`. Before a generation is sent, the most that it may cost (`Quote`) is set aside; where that does not fit, it
 * fails with BudgetExceededError and nothing is sent. Afterwards what it really cost (`totalCostUsd`) takes the place of it: nothing if it was not
 * billed, all of it if it was and the cost is not known, or is no amount. Where `billing` is `unknown`, and after an interruption, it stays set aside.
 *
 * With a `limitUsd` that is negative, not a number or infinite, or a `window` that is not positive and finite, every generation fails with
 * InvalidRequestError. A ledger that cannot be kept, or whose store does not answer within 35 seconds, stops the spending (BudgetExceededError, reason
 * `ledger`). Once a picture has come, it is given all the same, with a warning in the log, and what was set aside stays so.
 *
 * It holds for any number of fibers. The ledger is in memory, and ends with the layer. Put a `Fallback` above it, so that each model is quoted by
 * itself, and a `Cache` below it or above it as you like: a hit costs nothing. With a retry policy that may pay twice, what an earlier attempt
 * may have cost is set aside as well, but was not checked before.
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
 * The same with a ledger that is kept: by `layerStoreFile`, `layerStoreKeyValueStore` or a store of your own.
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
 * What is spent, set aside and left.
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
 * Puts what a reservation of `status` really cost in its place, once the account's activity tells it: for one whose billing was `unknown`. Gives back
 * whether there was such a reservation. White space around the id does not matter. A cost that is negative, not a number or infinite is
 * InvalidSettlementError, and changes nothing.
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
  costUsd: number
): Effect.Effect<boolean, BudgetStoreError | InvalidSettlementError, Budget> =>
  Effect.flatMap(Budget, (budget) => budget.settle(id, costUsd))

const make = (
  options: Options,
  store: Store
): Effect.Effect<Context.Context<Images | Budget>, never, Images | Catalog> =>
  Effect.gen(function* () {
    const account = makeAccount(store, options)
    const images = withinBudget(yield* Images, yield* Catalog, account, options)
    return Context.make(Images, images).pipe(Context.add(Budget, account))
  })
