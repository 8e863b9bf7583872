/** A limit on silence: how long something may take between two signs that it goes on. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

export interface IdleTimeout<E> {
  /** Something came: the silence begins anew. */
  readonly reset: () => void
  /** Runs the effect, and ends it with `onTimeout` when nothing came for too long. */
  readonly guard: <A, E1, R>(effect: Effect.Effect<A, E1, R>) => Effect.Effect<A, E | E1, R>
}

/**
 * One fiber watches over all of an effect, however many signs there are: racing each of them against the clock would cost more than most
 * of what they bring.
 */
export const makeIdleTimeout = <E>(timeout: Duration.Duration, onTimeout: () => E): Effect.Effect<IdleTimeout<E>> =>
  Effect.map(Effect.clock, (clock) => {
    let since = 0
    const reset = () => {
      since = clock.unsafeCurrentTimeMillis()
    }
    const limit = Duration.toMillis(timeout)
    const watch: Effect.Effect<never, E> = Effect.suspend(() => {
      const left = since + limit - clock.unsafeCurrentTimeMillis()
      return left > 0 ? Effect.zipRight(Clock.sleep(Duration.millis(left)), watch) : Effect.fail(onTimeout())
    })
    return {
      reset,
      guard: (effect) =>
        Effect.suspend(() => {
          reset()
          return Effect.raceFirst(effect, watch)
        })
    }
  })
