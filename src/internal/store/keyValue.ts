/** What a KeyValueStore takes and gives. */
import { BadArgument, type PlatformError } from "@effect/platform/Error"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { effectOf } from "../layer/effectOf.js"
import type { Files } from "./files.js"

/** The error of a store. */
export type StoreError = PlatformError

/** The text under a key. */
export const getText = (
  store: KeyValueStore.KeyValueStore,
  key: string
): Effect.Effect<Option.Option<string>, StoreError> => effectOf(() => store.get(key))

/** The bytes under a key. */
export const getBytes = (
  store: KeyValueStore.KeyValueStore,
  key: string
): Effect.Effect<Option.Option<Uint8Array>, StoreError> => effectOf(() => store.getUint8Array(key))

/** A store that keeps its values in files. */
export const makeStore = (files: Files): KeyValueStore.KeyValueStore => {
  const checked = <A>(method: string, key: string, use: Effect.Effect<A, PlatformError>) => {
    const problem = files.problemOf(key)
    return problem === undefined
      ? use
      : Effect.fail(new BadArgument({ module: "KeyValueStore", method, description: problem }))
  }
  return KeyValueStore.make({
    get: (key) =>
      checked(
        "get",
        key,
        Effect.map(
          files.read(key),
          Option.map((bytes) => new TextDecoder().decode(bytes))
        )
      ),
    getUint8Array: (key) => checked("getUint8Array", key, files.read(key)),
    set: (key, value) =>
      checked("set", key, files.write(key, typeof value === "string" ? new TextEncoder().encode(value) : value)),
    remove: (key) => checked("remove", key, files.remove(key)),
    clear: files.clear,
    size: Effect.map(files.keys, (keys) => keys.length)
  })
}
