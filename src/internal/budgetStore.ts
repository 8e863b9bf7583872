/** Where a budget's ledger is kept. */
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Ledger from "./ledger.js"

export class BudgetStoreError extends Schema.TaggedError<BudgetStoreError>()("BudgetStoreError", {
  message: Schema.String
}) {}

export interface Store {
  /** Changes the ledger; no other change comes in between. */
  readonly modify: <A>(
    change: (ledger: Ledger.Ledger) => readonly [result: A, ledger: Ledger.Ledger]
  ) => Effect.Effect<A, BudgetStoreError>
}

export class BudgetStore extends Context.Tag("effect-openrouter-images/BudgetStore")<BudgetStore, Store>() {}

export const makeMemory = (): Store => {
  let ledger = Ledger.empty
  return {
    modify: (change) =>
      Effect.sync(() => {
        const [result, changed] = change(ledger)
        ledger = changed
        return result
      })
  }
}

const storeError = (cause: { readonly message: string }): BudgetStoreError =>
  new BudgetStoreError({ message: cause.message })

export const layerStoreKeyValueStore = (
  options: { readonly key?: string | undefined } = {}
): Layer.Layer<BudgetStore, never, KeyValueStore.KeyValueStore> =>
  Layer.effect(
    BudgetStore,
    Effect.gen(function* () {
      const { key = "openrouter-images-budget" } = options
      const store = (yield* KeyValueStore.KeyValueStore).forSchema(Ledger.Ledger)
      const alone = yield* Effect.makeSemaphore(1)
      return {
        modify: (change) =>
          Effect.gen(function* () {
            const [result, ledger] = change(Option.getOrElse(yield* store.get(key), () => Ledger.empty))
            yield* store.set(key, ledger)
            return result
          }).pipe(Effect.mapError(storeError), Effect.uninterruptible, alone.withPermits(1))
      }
    })
  )
