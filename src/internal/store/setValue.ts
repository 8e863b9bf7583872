/** What a KeyValueStore keeps. */
import type * as KeyValueStore from "@effect/platform/KeyValueStore"
import type * as Effect from "effect/Effect"
import { effectOf } from "../layer/effectOf.js"
import type { StoreError } from "./keyValue.js"

/** Keeps a text or bytes under a key. */
export const setValue = (
  store: KeyValueStore.KeyValueStore,
  key: string,
  value: string | Uint8Array
): Effect.Effect<void, StoreError> => effectOf(() => store.set(key, value))
