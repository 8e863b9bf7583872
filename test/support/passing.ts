/** Time of the TestClock that passes while something is under way. */
import { Effect, type Exit, Fiber, Option, TestClock } from "effect"

/** Runs an effect to its end, however long that takes. Time passes in steps of 2.5 seconds. */
export const exitOf = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<Exit.Exit<A, E>, never, R> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(Effect.exit(effect))
    while (Option.isNone(yield* Fiber.poll(fiber))) yield* TestClock.adjust("2500 millis")
    return yield* Fiber.join(fiber)
  })

/** The same with the result as it is. */
export const passing = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatten(exitOf(effect))

/** Lets time pass, in steps of so many seconds. */
export const pass = (seconds: number, step = 2.5): Effect.Effect<void> =>
  Effect.forEach(Array.from({ length: Math.ceil(seconds / step) }), () => TestClock.adjust(step * 1000), {
    discard: true
  })
