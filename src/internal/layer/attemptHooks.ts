/** The hooks of a call, and who hears by them. */
import * as Effect from "effect/Effect"
import type { RequestOptions } from "../../Client.js"
import type { OpenRouterError } from "../../Errors.js"
import { afterwards } from "./bestEffort.js"

/** What a layer does around each attempt. */
export interface Listener {
  /** Before it is sent, when the caller's own hook has run: nothing is between this and the attempt. */
  readonly attempt?: Effect.Effect<void>
  /** After it failed, and before the caller's own hook: that one may take its time. */
  readonly failed: (error: OpenRouterError) => Effect.Effect<void>
}

/** Tells a hook of a failure. The failure may hold pictures, so it stands whatever the hook does. */
export const tellFailure = (hook: RequestOptions["onAttemptError"], error: OpenRouterError): Effect.Effect<void> =>
  hook === undefined ? Effect.void : afterwards("The hook onAttemptError is broken", () => hook(error))

/** The call's options, with a listener at each attempt. */
export const heardBy = ({ attempt, failed }: Listener, options: RequestOptions = {}): RequestOptions => {
  const onAttempt =
    options.onAttempt !== undefined && attempt !== undefined
      ? Effect.zipRight(options.onAttempt, attempt)
      : (attempt ?? options.onAttempt)
  return {
    ...options,
    ...(onAttempt === undefined ? {} : { onAttempt }),
    onAttemptError: (error) =>
      Effect.zipRight(
        afterwards("A layer is not told of a failed attempt", () => failed(error)),
        tellFailure(options.onAttemptError, error)
      )
  }
}
