/** Files that need not be there. */
import type { PlatformError } from "@effect/platform/Error"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import { isMissing } from "./fileError.js"

/** What an operation on a file gives. None where the file does not exist: not yet, or not any more. */
export const whereThere = <A>(
  effect: Effect.Effect<A, PlatformError>
): Effect.Effect<Option.Option<A>, PlatformError> =>
  Effect.catchIf(Effect.asSome(effect), isMissing, () => Effect.succeedNone)
