// Overlay: a KeyValueStore of Effect 4 gives undefined for none, has an error of its own, and lists its keys.
/** Stores made by hand. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as KeyValueStore from "effect/persistence/KeyValueStore"

/** What a store fails with. */
export type StoreFailure = KeyValueStore.KeyValueStoreError

export const brokenDisk: StoreFailure = new KeyValueStore.KeyValueStoreError({
  method: "any",
  message: "the disk is broken"
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
      get: (key) => Effect.map(get(key), (value) => (value instanceof Uint8Array ? "bytes" : value)),
      getUint8Array: (key) =>
        Effect.map(get(key), (value) => (typeof value === "string" ? new TextEncoder().encode(value) : value)),
      set,
      remove: () => Effect.void,
      clear: Effect.void,
      size: Effect.succeed(0),
      keys: Effect.succeed([])
    })
  )

/** The text under a key. */
export const textUnder = (
  store: KeyValueStore.KeyValueStore,
  key: string
): Effect.Effect<string | undefined, StoreFailure> => store.get(key)

/** The bytes under a key. */
export const bytesUnder = (
  store: KeyValueStore.KeyValueStore,
  key: string
): Effect.Effect<Uint8Array | undefined, StoreFailure> => store.getUint8Array(key)
