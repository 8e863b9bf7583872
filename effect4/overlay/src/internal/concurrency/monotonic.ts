// Overlay: the nanoseconds of Effect 4 follow the time of day, and its monotonic time has a name of its own.
/** A clock that never goes back, for measuring durations. The time of day may be changed. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Milliseconds since an arbitrary time. */
export const monotonicMillis: Effect.Effect<number> = Clock.clockWith((clock) =>
  Effect.map(clock.monotonicTimeNanos, (nanos) => Number(nanos) / 1e6)
)
