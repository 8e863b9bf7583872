/** Where a budget's ledger is kept. */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import type * as Path from "@effect/platform/Path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Store } from "../../Budget.js"
import { show } from "../../Issue.js"
import { oneByOne } from "../concurrency/oneByOne.js"
import { orFail } from "../errors/orFail.js"
import { getText } from "../store/keyValue.js"
import { setValue } from "../store/setValue.js"
import * as Ledger from "./ledger.js"
import * as SharedFile from "./sharedFile.js"

export class BudgetStoreError extends Schema.TaggedError<BudgetStoreError>()("BudgetStoreError", {
  message: Schema.String
}) {}

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

const storeError = (key: string, words: string): BudgetStoreError =>
  new BudgetStoreError({ message: `the ledger ${show(key)}: ${words}` })

type Change<A> = (ledger: Ledger.Ledger) => readonly [result: A, ledger: Ledger.Ledger]

/** A change of a ledger that is kept as text. A text that is no ledger never counts as an empty one. */
const changeText = <A>(
  text: Option.Option<string>,
  change: Change<A>
): Either.Either<readonly [A, string], SharedFile.Failure> => {
  const before: Either.Either<Ledger.Ledger, string> = Option.isNone(text)
    ? Either.right(Ledger.empty)
    : Ledger.parse(text.value)
  if (Either.isLeft(before)) return Either.left({ message: `it cannot be read: ${before.left}` })
  const [result, ledger] = change(before.right)
  return Either.mapBoth(Ledger.print(ledger), {
    onLeft: (words) => ({ message: `it makes no sense: ${words}` }),
    onRight: (after) => [result, after] as const
  })
}

/** A layer that is built twice has two stores over the same folder, so the key keeps their changes apart. */
const modifyIn =
  (store: KeyValueStore.KeyValueStore, key: string): Store["modify"] =>
  (change) =>
    Effect.gen(function* () {
      const before = yield* getText(store, key)
      const [result, after] = yield* Effect.suspend(() => orFail(changeText(before, change)))
      if (!Option.contains(before, after)) yield* setValue(store, key, after)
      return result
    }).pipe(
      Effect.mapError(({ message }) => storeError(key, message)),
      Effect.uninterruptible,
      oneByOne(`KeyValueStore ${key}`)
    )

export const layerStoreKeyValueStore = (
  options: { readonly key?: string | undefined } = {}
): Layer.Layer<BudgetStore, never, KeyValueStore.KeyValueStore> =>
  Layer.effect(
    BudgetStore,
    Effect.map(KeyValueStore.KeyValueStore, (store) => ({
      modify: modifyIn(store, options.key ?? "openrouter-images-budget")
    }))
  )

export const layerStoreFile = (options: {
  readonly path: string
}): Layer.Layer<BudgetStore, never, FileSystem.FileSystem | Path.Path> =>
  Layer.effect(
    BudgetStore,
    Effect.map(SharedFile.make(options.path), ({ change, path }) => ({
      modify: (modify) =>
        Effect.mapError(
          change((text) => changeText(text, modify)),
          ({ message }) => storeError(path, message)
        )
    }))
  )
