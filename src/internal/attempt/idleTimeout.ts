/** A limit on silence: the longest time between two signs of activity. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

export interface IdleTimeout<E> {
  /** Something arrived: the silence starts over. */
  readonly reset: () => void
  /** Runs the effect, and fails with `onTimeout` when nothing arrives for too long. */
  readonly guard: <A, E1, R>(effect: Effect.Effect<A, E1, R>) => Effect.Effect<A, E | E1, R>
}

/**
 * One fiber watches the whole effect, however much arrives. Racing each arrival against the clock would often cost more
 * than handling it.
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
      return left > 0 ? Effect.zipRight(Effect.sleep(Duration.millis(left)), watch) : Effect.fail(onTimeout())
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
