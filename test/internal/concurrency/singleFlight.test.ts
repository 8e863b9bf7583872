import { describe, expect, it } from "@effect/vitest"
import { Array as Arr, Deferred, Effect, Exit, Fiber } from "effect"
import { SingleFlight } from "../../../src/internal/concurrency/singleFlight.js"
import { interruptedExit } from "../../support/fibers.js"
import { settled, untilTold } from "../../support/generating.js"

const work = untilTold<string, string>()

const start = <A, E>(effect: Effect.Effect<A, E>) => Effect.tap(Effect.fork(effect), settled)

describe("a single flight", () => {
  it.effect("is one run for all who wait, and one of them is the first", () =>
    Effect.gen(function* () {
      const { effect, end, seen } = yield* work
      const flights = new SingleFlight<string, string>()
      const fibers = yield* Effect.forEach(Arr.range(1, 5), () => start(flights.join("a", effect)))
      const other = yield* start(flights.join("b", effect))
      expect(seen.begun).toBe(2)
      yield* Deferred.succeed(end, "done")
      const all = yield* Fiber.joinAll(fibers)
      expect(all.map(({ value }) => value)).toEqual(Arr.replicate("done", 5))
      expect(all.map(({ first }) => first)).toEqual([true, false, false, false, false])
      expect((yield* Fiber.join(other)).first).toBe(true)
    })
  )

  it.effect("is run again when its first caller leaves before it has begun", () =>
    Effect.gen(function* () {
      const flights = new SingleFlight<string, string>()
      yield* Effect.raceFirst(Effect.asVoid(flights.join("a", Effect.succeed("too early"))), Effect.void)
      const again = yield* start(flights.join("a", Effect.succeed("done")))
      expect(yield* Fiber.join(again)).toEqual({ value: "done", first: true })
    })
  )

  it.effect("goes on for the others when the one who began it is interrupted, and one of them is the first then", () =>
    Effect.gen(function* () {
      const { effect, end, seen } = yield* work
      const flights = new SingleFlight<string, string>()
      const leader = yield* start(flights.join("a", effect))
      const others = yield* Effect.forEach(Arr.range(1, 2), () => start(flights.join("a", effect)))
      yield* Fiber.interrupt(leader)
      expect(seen).toEqual({ begun: 1, interrupted: 0 })
      yield* Deferred.succeed(end, "done")
      const all = yield* Fiber.joinAll(others)
      expect(all.map(({ first }) => first)).toEqual([true, false])
    })
  )

  it.effect("is interrupted with its last waiter, and then begins anew", () =>
    Effect.gen(function* () {
      const { effect, end, seen } = yield* work
      const flights = new SingleFlight<string, string>()
      const fibers = yield* Effect.forEach(Arr.range(1, 3), () => start(flights.join("a", effect)))
      yield* Fiber.interruptAll(fibers)
      expect(seen).toEqual({ begun: 1, interrupted: 1 })
      const again = yield* start(flights.join("a", effect))
      yield* Deferred.succeed(end, "done")
      expect(yield* Fiber.join(again)).toEqual({ value: "done", first: true })
      expect(seen.begun).toBe(2)
    })
  )

  it.effect("lets whoever comes while it is being interrupted wait for that, and not join what is lost", () =>
    Effect.gen(function* () {
      const closing = yield* Effect.makeLatch()
      const seen = { begun: 0 }
      const effect = Effect.suspend(() => {
        seen.begun++
        return seen.begun === 1 ? Effect.onInterrupt(Effect.never, () => closing.await) : Effect.succeed("second")
      })
      const flights = new SingleFlight<string, never>()
      const first = yield* start(flights.join("a", effect))
      const interrupting = yield* start(interruptedExit(first))
      const late = yield* start(flights.join("a", effect))
      expect(seen.begun).toBe(1)
      yield* closing.open
      expect(yield* Fiber.join(late)).toEqual({ value: "second", first: true })
      expect(Exit.isInterrupted(yield* Fiber.join(interrupting))).toBe(true)
    })
  )

  it.effect("fails for all who wait, and forgets it", () =>
    Effect.gen(function* () {
      const { effect, end } = yield* work
      const flights = new SingleFlight<string, string>()
      const fibers = yield* Effect.forEach(Arr.range(1, 3), () => start(Effect.exit(flights.join("a", effect))))
      yield* Deferred.fail(end, "broken")
      expect(yield* Fiber.joinAll(fibers)).toEqual(Arr.replicate(Exit.fail("broken"), 3))
      expect(yield* flights.join("a", Effect.succeed("fine"))).toEqual({ value: "fine", first: true })
    })
  )

  it.effect("does not hang when the work dies or interrupts itself", () =>
    Effect.gen(function* () {
      const flights = new SingleFlight<string, never>()
      expect(yield* Effect.exit(flights.join("a", Effect.die("boom")))).toEqual(Exit.die("boom"))
      expect(Exit.isInterrupted(yield* Effect.exit(flights.join("a", Effect.interrupt)))).toBe(true)
      expect((yield* flights.join("a", Effect.succeed("fine"))).value).toBe("fine")
    })
  )

  it.effect("is not begun by one who is interrupted at once, and leaves nothing behind", () =>
    Effect.gen(function* () {
      const { effect, end, seen } = yield* work
      const flights = new SingleFlight<string, string>()
      const fiber = yield* Effect.fork(flights.join("a", effect))
      yield* Fiber.interrupt(fiber)
      expect(seen.begun).toBe(seen.interrupted)
      const again = yield* start(flights.join("a", effect))
      yield* Deferred.succeed(end, "done")
      expect((yield* Fiber.join(again)).first).toBe(true)
    })
  )
})
