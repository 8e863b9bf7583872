// Overlay: the nanoseconds of Effect 4 follow the time of day, and its monotonic time has a name of its own.
/** Clocks made by hand. */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

const clock = (now: () => number, elapsed: () => number, sleep: Clock.Clock["sleep"]): Clock.Clock => {
  const nanos = (millis: number) => BigInt(Math.round(millis * 1e6))
  return {
    currentTimeMillisUnsafe: now,
    currentTimeNanosUnsafe: () => nanos(now()),
    monotonicTimeNanosUnsafe: () => nanos(elapsed()),
    currentTimeMillis: Effect.sync(now),
    currentTimeNanos: Effect.sync(() => nanos(now())),
    monotonicTimeNanos: Effect.sync(() => nanos(elapsed())),
    sleep
  }
}

/** A clock that shows what `now` says, in milliseconds, and sleeps as it is told. */
export const clockOf = (now: () => number, sleep: Clock.Clock["sleep"]): Clock.Clock => clock(now, now, sleep)

/** Time goes on as the clock says, and the time of day is off by so many milliseconds. */
export const offBy = (base: Clock.Clock, millis: () => number): Clock.Clock =>
  clock(
    () => base.currentTimeMillisUnsafe() + millis(),
    () => Number(base.monotonicTimeNanosUnsafe()) / 1e6,
    (duration) => base.sleep(duration)
  )
