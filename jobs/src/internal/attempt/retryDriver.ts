/** Drives a retry policy step by step: the engine does the waiting, and remembers it. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { OpenRouterError } from "effect-openrouter-images/Errors"
import * as Retry from "effect-openrouter-images/Retry"

/**
 * How long to wait after a failure; none when there is to be no other try. `tookMillis` is how long the attempt took.
 */
export type NextDelay = (error: OpenRouterError, tookMillis: number) => Effect.Effect<Option.Option<Duration.Duration>>

/** A clock that stands still. */
const fixedClock = (clock: Clock.Clock, millis: number): Clock.Clock => ({
  [Clock.ClockTypeId]: Clock.ClockTypeId,
  unsafeCurrentTimeMillis: () => millis,
  unsafeCurrentTimeNanos: () => BigInt(millis) * 1_000_000n,
  currentTimeMillis: Effect.succeed(millis),
  currentTimeNanos: Effect.succeed(BigInt(millis) * 1_000_000n),
  sleep: (duration) => clock.sleep(duration)
})

/**
 * The policy's time is that of the attempts and of the waits between them, not the clock's. A workflow that was
 * suspended runs through its attempts again in a moment, and the waits for a slot or at the gate do not count.
 */
export const make = (policy: Retry.Policy): Effect.Effect<NextDelay> =>
  Effect.clockWith((clock) => {
    let now = 0
    return Effect.map(Effect.withClock(Retry.toSchedule(policy), fixedClock(clock, now)), (schedule): NextDelay => {
      let state = schedule.initial
      return (error, tookMillis) =>
        Effect.gen(function* () {
          now += Math.round(tookMillis)
          const step = schedule.step(now, error, state)
          const [next, delay, decision] = yield* Effect.withClock(step, fixedClock(clock, now))
          state = next
          now += Math.round(Duration.toMillis(delay))
          return decision._tag === "Done" ? Option.none() : Option.some(delay)
        })
    })
  })
