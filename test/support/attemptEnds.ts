/** A hook for the end of attempts that looks at failures alone. */
import { Cause, Effect, Exit, Option } from "effect"
import type { Errors } from "effect-openrouter-images"

export const onFailure =
  (hook: (error: Errors.OpenRouterError) => Effect.Effect<unknown>) =>
  (exit: Exit.Exit<void, Errors.OpenRouterError>): Effect.Effect<void> =>
    Exit.isSuccess(exit)
      ? Effect.void
      : Option.match(Cause.failureOption(exit.cause), {
          onNone: () => Effect.void,
          onSome: (error) => Effect.asVoid(hook(error))
        })
