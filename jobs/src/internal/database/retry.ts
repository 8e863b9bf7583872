/** What must not be lost is written when the database is back. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"

/** How often a database that is away is asked again. */
export const reconnectSchedule = Schedule.union(Schedule.exponential("100 millis"), Schedule.spaced("5 seconds"))

/** Repeats a query until the database takes it. */
export const retryUntilBack = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, never, R> =>
  effect.pipe(
    Effect.sandbox,
    Effect.tapError((cause) => Effect.logWarning("The jobs' database failed; it is tried again", cause)),
    Effect.retry({
      schedule: reconnectSchedule,
      while: (cause) => !Cause.isInterrupted(cause)
    }),
    Effect.unsandbox,
    Effect.orDie
  )
