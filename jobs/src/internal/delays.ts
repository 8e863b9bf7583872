/** A retry policy step by step: the engine does the waiting, and remembers it. */
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { OpenRouterError } from "effect-openrouter-images/Errors"
import * as Retry from "effect-openrouter-images/Retry"

/** How long to wait after a failure; nothing when the retrying is over. `waited` is the time that does not count, in milliseconds. */
export type Next = (error: OpenRouterError, waited: number) => Effect.Effect<Option.Option<Duration.Duration>>

/** A clock that stood still for so long. */
const behind = (clock: Clock.Clock, millis: number): Clock.Clock => ({
  [Clock.ClockTypeId]: Clock.ClockTypeId,
  unsafeCurrentTimeMillis: () => clock.unsafeCurrentTimeMillis() - millis,
  unsafeCurrentTimeNanos: () => clock.unsafeCurrentTimeNanos() - BigInt(millis) * 1_000_000n,
  currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now - millis),
  currentTimeNanos: Effect.map(clock.currentTimeNanos, (now) => now - BigInt(millis) * 1_000_000n),
  sleep: (duration) => clock.sleep(duration)
})

export const make = (policy: Retry.Policy): Effect.Effect<Next> =>
  Effect.map(Retry.toSchedule(policy), (schedule): Next => {
    let state = schedule.initial
    return (error, waited) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const [next, delay, decision] = yield* schedule.step(now, error, state)
        state = next
        return decision._tag === "Done" ? Option.none() : Option.some(delay)
      }).pipe((step) => Effect.clockWith((clock) => Effect.withClock(step, behind(clock, waited))))
  })
