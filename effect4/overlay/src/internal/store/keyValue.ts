// Overlay: a KeyValueStore of Effect 4 gives undefined for none, has an error of its own, and lists its keys.
/** What a KeyValueStore takes and gives. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { PlatformError } from "effect/PlatformError"
import * as KeyValueStore from "effect/persistence/KeyValueStore"
import { effectOf } from "../layer/effectOf.js"
import type { Files } from "./files.js"

/** The error of a store. */
export type StoreError = KeyValueStore.KeyValueStoreError

/** The text under a key. */
export const getText = (
  store: KeyValueStore.KeyValueStore,
  key: string
): Effect.Effect<Option.Option<string>, StoreError> =>
  Effect.map(
    effectOf(() => store.get(key)),
    Option.fromUndefinedOr
  )

/** The bytes under a key. */
export const getBytes = (
  store: KeyValueStore.KeyValueStore,
  key: string
): Effect.Effect<Option.Option<Uint8Array>, StoreError> =>
  Effect.map(
    effectOf(() => store.getUint8Array(key)),
    Option.fromUndefinedOr
  )

/** A store that keeps its values in files. */
export const makeStore = (files: Files): KeyValueStore.KeyValueStore => {
  const storeError = (method: string, message: string, rest: { readonly key?: string; readonly cause?: unknown }) =>
    new KeyValueStore.KeyValueStoreError({ method, message, ...rest })
  const failing = <A>(method: string, use: Effect.Effect<A, PlatformError>) =>
    Effect.mapError(use, (cause) => storeError(method, cause.message, { cause }))
  const checked = <A>(method: string, key: string, use: Effect.Effect<A, PlatformError>) => {
    const problem = files.problemOf(key)
    return problem === undefined ? failing(method, use) : Effect.fail(storeError(method, problem, { key }))
  }
  const read = (method: string, key: string) => Effect.map(checked(method, key, files.read(key)), Option.getOrUndefined)
  return KeyValueStore.make({
    get: (key) => Effect.map(read("get", key), (bytes) => bytes && new TextDecoder().decode(bytes)),
    getUint8Array: (key) => read("getUint8Array", key),
    set: (key, value) =>
      checked("set", key, files.write(key, typeof value === "string" ? new TextEncoder().encode(value) : value)),
    remove: (key) => checked("remove", key, files.remove(key)),
    clear: failing("clear", files.clear),
    keys: failing("keys", files.keys),
    size: failing(
      "size",
      Effect.map(files.keys, (keys) => keys.length)
    )
  })
}
