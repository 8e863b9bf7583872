/** Files that make up a KeyValueStore. */
import type { PlatformError } from "@effect/platform/Error"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"

export interface Files {
  /** What is wrong with a key. */
  readonly problemOf: (key: string) => string | undefined
  readonly read: (key: string) => Effect.Effect<Option.Option<Uint8Array>, PlatformError>
  readonly write: (key: string, bytes: Uint8Array) => Effect.Effect<void, PlatformError>
  readonly remove: (key: string) => Effect.Effect<void, PlatformError>
  readonly clear: Effect.Effect<void, PlatformError>
  readonly keys: Effect.Effect<ReadonlyArray<string>, PlatformError>
}
