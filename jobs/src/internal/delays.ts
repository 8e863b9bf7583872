/** A retry policy step by step: the engine does the waiting, and remembers it. */
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { OpenRouterError } from "effect-openrouter-images/Errors"
import * as Retry from "effect-openrouter-images/Retry"

/** How long to wait after a failure; nothing when the retrying is over. */
export type Next = (error: OpenRouterError) => Effect.Effect<Option.Option<Duration.Duration>>

export const make = (policy: Retry.Policy): Effect.Effect<Next> =>
  Effect.map(Retry.toSchedule(policy), (schedule): Next => {
    let state = schedule.initial
    return (error) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const [next, delay, decision] = yield* schedule.step(now, error, state)
        state = next
        return decision._tag === "Done" ? Option.none() : Option.some(delay)
      })
  })
