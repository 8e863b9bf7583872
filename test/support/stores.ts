/** Stores made by hand. */
import { KeyValueStore } from "@effect/platform"
import { type PlatformError, SystemError } from "@effect/platform/Error"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

/** What a store fails with. */
export type StoreFailure = PlatformError

export const brokenDisk: StoreFailure = new SystemError({
  reason: "Unknown",
  module: "KeyValueStore",
  method: "any",
  description: "the disk is broken"
})

/** The two operations that matter. */
export interface Parts {
  readonly get: (key: string) => Effect.Effect<string | Uint8Array | undefined, StoreFailure>
  readonly set: (key: string, value: string | Uint8Array) => Effect.Effect<void, StoreFailure>
}

/** A text that is read as bytes is UTF-8, and bytes that are read as text are `bytes`. */
export const storeFrom = ({ get, set }: Parts): Layer.Layer<KeyValueStore.KeyValueStore> =>
  Layer.succeed(
    KeyValueStore.KeyValueStore,
    KeyValueStore.make({
      get: (key) => Effect.map(get(key), (value) => Option.fromNullable(value instanceof Uint8Array ? "bytes" : value)),
      getUint8Array: (key) =>
        Effect.map(get(key), (value) =>
          Option.fromNullable(typeof value === "string" ? new TextEncoder().encode(value) : value)
        ),
      set,
      remove: () => Effect.void,
      clear: Effect.void,
      size: Effect.succeed(0)
    })
  )

/** The text under a key. */
export const textUnder = (
  store: KeyValueStore.KeyValueStore,
  key: string
): Effect.Effect<string | undefined, StoreFailure> => Effect.map(store.get(key), Option.getOrUndefined)

/** The bytes under a key. */
export const bytesUnder = (
  store: KeyValueStore.KeyValueStore,
  key: string
): Effect.Effect<Uint8Array | undefined, StoreFailure> => Effect.map(store.getUint8Array(key), Option.getOrUndefined)
