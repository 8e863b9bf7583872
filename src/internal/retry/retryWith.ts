/** Retrying that costs nothing until it is needed. */
import * as Effect from "effect/Effect"
import type * as Schedule from "effect/Schedule"

/** Retries an effect as `Effect.retry` does, but prepares for that only when it has failed: most calls never do. */
export const retryWith =
  <In>(schedule: Schedule.Schedule<unknown, In>) =>
  <A, E extends In, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.catchAll(effect, (failure) => {
      let next: Effect.Effect<A, E, R> = Effect.fail(failure)
      return Effect.retry(
        Effect.suspend(() => {
          const now = next
          next = effect
          return now
        }),
        schedule
      )
    })
