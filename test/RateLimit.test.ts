import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Stream, TestClock } from "effect"
import { Errors, Images, RateLimit, Retry } from "effect-openrouter-images"
import { onFailure } from "./support/attemptEnds.js"
import { seconds } from "./support/attempts.js"
import { count, expectEmpty, gauges, limited, named, names, slow, start, startAll } from "./support/limited.js"
import { noModels, picture, refusal } from "./support/memoryHttp.js"
import { operations, request } from "./support/operations.js"

describe("requestsPerSecond", () => {
  it.effect.each([
    [2, [0, 500, 1000, 1500, 2000]],
    [0.5, seconds(0, 2, 4, 6, 8)],
    [1, seconds(0, 1, 2, 3, 4)]
  ] as const)("of %d spaces attempts evenly", ([requestsPerSecond, expected]) => {
    const { layer, times } = limited({ requestsPerSecond }, [picture])
    return Effect.gen(function* () {
      yield* startAll(5)
      yield* TestClock.adjust("1 minute")
      expect(times()).toEqual(expected)
    }).pipe(Effect.provide(layer))
  })

  it.effect("that has no whole milliseconds is never exceeded", () => {
    const { layer, times } = limited({ requestsPerSecond: 3 }, [picture])
    return Effect.gen(function* () {
      yield* startAll(4)
      yield* TestClock.adjust("1 minute")
      expect(times()).toEqual([0, 334, 668, 1002])
    }).pipe(Effect.provide(layer))
  })

  it.effect("saves nothing up while nobody calls", () => {
    const { layer, times } = limited({ requestsPerSecond: 2 }, [picture])
    return Effect.gen(function* () {
      yield* startAll(1)
      yield* TestClock.adjust("10 seconds")
      yield* startAll(3)
      yield* TestClock.adjust("1 minute")
      expect(times()).toEqual([0, 10_000, 10_500, 11_000])
    }).pipe(Effect.provide(layer))
  })

  it.effect.each(names)("counts an attempt of %s once, and the caller's hooks run all the same", (name) => {
    const { layer, times } = limited({ requestsPerSecond: 1 }, [
      refusal(502),
      refusal(502),
      name.startsWith("list") ? noModels : picture
    ])
    return Effect.gen(function* () {
      const seen: Array<string> = []
      const see = (what: string) => Effect.sync(() => void seen.push(what))
      const calls = Effect.all(
        [1, 2].map(() =>
          Effect.exit(
            operations[name]({
              retry: Retry.make({ initialInterval: 0, jitter: false }),
              onAttempt: see("attempt"),
              onAttemptEnd: onFailure(({ _tag }) => see(_tag))
            })
          )
        ),
        { concurrency: "unbounded" }
      )
      yield* start(calls)
      yield* TestClock.adjust("1 minute")
      // listModelEndpoints has no answer that it can read, and then there is no other attempt.
      expect(times()).toEqual(seconds(0, 1, 2, 3))
      expect(count(seen, "attempt")).toBe(4)
      expect(seen.filter((what) => /BadGateway|OpenRouterDefault/.test(what))).toHaveLength(2)
      yield* expectEmpty
    }).pipe(Effect.provide(layer))
  })

  it.effect("is shared by the four operations", () => {
    const { layer, received } = limited({ requestsPerSecond: 1 }, [picture])
    return Effect.gen(function* () {
      yield* Effect.forEach(names, (name) => start(Effect.exit(operations[name]({ retry: Retry.none }))))
      yield* TestClock.adjust("1 minute")
      expect(received.map(({ at, method }) => [at, method])).toEqual([
        [0, "POST"],
        [1000, "POST"],
        [2000, "GET"],
        [3000, "GET"]
      ])
    }).pipe(Effect.provide(layer))
  })

  it.effect("does not take the time at the gate from what the client may spend on retries", () => {
    const { layer, times } = limited({ requestsPerSecond: 0.001 }, [picture, refusal(502), picture])
    return Effect.gen(function* () {
      const fiberOf = yield* startAll(2, { retry: Retry.make({ jitter: false, maxElapsedTime: "20 minutes" }) })
      yield* TestClock.adjust("1 hour")
      expect(times()).toEqual(seconds(0, 1000, 2000))
      expect(Exit.isSuccess(yield* Fiber.join(fiberOf(1)))).toBe(true)
    }).pipe(Effect.provide(layer))
  })
})

describe("concurrency", () => {
  it.effect("lets so many calls in at a time, first come, first served", () => {
    const { layer, prompts, times } = limited({ concurrency: 2 }, [slow("1 second")])
    return Effect.gen(function* () {
      yield* startAll(6)
      expect(yield* RateLimit.status).toMatchObject({ running: 2, waiting: 4 })
      expect(yield* gauges).toEqual([4, 2])
      yield* TestClock.adjust("1 minute")
      expect(times()).toEqual(seconds(0, 0, 1, 1, 2, 2))
      expect(prompts()).toEqual(["1", "2", "3", "4", "5", "6"])
      yield* expectEmpty
    }).pipe(Effect.provide(layer))
  })

  it.effect("lets nobody pass who comes at the moment when a place is free", () => {
    const { layer, prompts } = limited({ concurrency: 1 }, [slow("1 second")])
    return Effect.gen(function* () {
      yield* start(Effect.zipRight(named("first"), named("newcomer")))
      yield* start(named("second"))
      yield* start(named("third"))
      yield* TestClock.adjust("1 minute")
      expect(prompts()).toEqual(["first", "second", "third", "newcomer"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("keeps the place of a call that is tried again", () => {
    const { layer, prompts, times } = limited({ concurrency: 1 }, [refusal(502), picture])
    return Effect.gen(function* () {
      yield* startAll(2, { retry: Retry.make({ jitter: false, initialInterval: "3 seconds" }) })
      yield* TestClock.adjust("1 minute")
      expect(prompts()).toEqual(["1", "1", "2"])
      expect(times()).toEqual(seconds(0, 3, 3))
    }).pipe(Effect.provide(layer))
  })

  it.effect.each([
    ["has ended", Effect.void],
    ["is closed", Effect.never],
    ["has failed", Effect.fail("enough")],
    ["has died", Effect.die("a defect")]
  ] as const)("counts a stream until it %s", ([, end]) => {
    const { layer, received } = limited({ concurrency: 1 }, [picture])
    return Effect.gen(function* () {
      const latch = yield* Effect.makeLatch()
      const slowly = Images.generateStream(request).pipe(
        Stream.tap(() => Effect.zipRight(latch.await, end)),
        Stream.interruptWhen(Effect.delay(latch.await, "1 second")),
        Stream.runDrain
      )
      yield* start(Effect.exit(slowly))
      const fiberOf = yield* startAll(1)
      yield* TestClock.adjust("1 hour")
      expect(received).toHaveLength(1)
      expect(yield* RateLimit.status).toMatchObject({ running: 1, waiting: 1 })
      yield* latch.open
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(fiberOf(0))
      expect(received).toHaveLength(2)
      yield* expectEmpty
    }).pipe(Effect.provide(layer))
  })

  it.effect("counts a stream of which nothing more is taken no longer", () => {
    const { layer, received } = limited({ concurrency: 1 }, [picture])
    return Effect.gen(function* () {
      for (const _ of [1, 2, 3]) yield* Stream.runHead(Images.generateStream(request))
      expect(received).toHaveLength(3)
      yield* expectEmpty
    }).pipe(Effect.provide(layer))
  })
})

describe("who is interrupted", () => {
  it.effect.each([0, 1, 2])("at the place %d in the queue leaves no trace, and the others go on", (place) => {
    const { layer, prompts } = limited({ concurrency: 1 }, [slow("1 second")])
    return Effect.gen(function* () {
      yield* start(named("0"))
      const fiberOf = yield* startAll(3)
      yield* Fiber.interrupt(fiberOf(place))
      expect(yield* RateLimit.status).toMatchObject({ running: 1, waiting: 2 })
      yield* TestClock.adjust("1 minute")
      expect(prompts()).toEqual(["0", ...["1", "2", "3"].filter((_, i) => i !== place)])
      yield* expectEmpty
    }).pipe(Effect.provide(layer))
  })

  it.effect("while everybody is held, or waits for the pace, has sent nothing and takes nobody's turn", () => {
    const { layer, prompts, times } = limited({ requestsPerSecond: 0.1, concurrency: 5 }, [
      refusal(429, { "retry-after": "20" }),
      picture
    ])
    return Effect.gen(function* () {
      yield* named("0", { retry: Retry.none }).pipe(Effect.ignore)
      const fiberOf = yield* startAll(3)
      expect(yield* RateLimit.status).toMatchObject({ running: 0, waiting: 3 })
      yield* Fiber.interrupt(fiberOf(0))
      yield* TestClock.adjust("20 seconds")
      yield* Fiber.join(fiberOf(1))
      expect(prompts()).toEqual(["0", "2"])
      yield* Fiber.interrupt(fiberOf(2))
      yield* startAll(1)
      yield* TestClock.adjust("1 minute")
      expect(times()).toEqual(seconds(0, 20, 30))
      yield* expectEmpty
    }).pipe(Effect.provide(layer))
  })

  it.effect.each(names)("within %s gives its place back", (name) => {
    const { layer, received } = limited({ concurrency: 1 }, [Effect.never, slow("1 second")])
    return Effect.gen(function* () {
      const hung = yield* start(operations[name]())
      const fiberOf = yield* startAll(1)
      yield* Fiber.interrupt(hung)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(fiberOf(0))
      expect(received).toHaveLength(2)
      yield* expectEmpty
    }).pipe(Effect.provide(layer))
  })
})

describe("an option that is not valid", () => {
  const cases = [
    [{ concurrency: 0 }, ["concurrency"], ["positive integer", "0"]],
    [{ concurrency: -1 }, ["concurrency"], ["positive integer", "-1"]],
    [{ concurrency: 1.5 }, ["concurrency"], ["positive integer", "1.5"]],
    [{ concurrency: Number.NaN }, ["concurrency"], ["positive integer", "NaN"]],
    [{ concurrency: Number.POSITIVE_INFINITY }, ["concurrency"], ["positive integer", "Infinity"]],
    [{ requestsPerSecond: 0 }, ["requestsPerSecond"], ["positive number", "0"]],
    [{ requestsPerSecond: -2 }, ["requestsPerSecond"], ["positive number", "-2"]],
    [{ requestsPerSecond: Number.NaN }, ["requestsPerSecond"], ["positive number", "NaN"]],
    [{ requestsPerSecond: "2" as unknown as number }, ["requestsPerSecond"], ["positive number", '"2"']],
    [{ requestsPerSecond: 0, concurrency: 0 }, ["requestsPerSecond", "concurrency"], ["positive number"]]
  ] as const

  it.effect.each(cases)("%j makes each call fail, and nothing is sent", ([options, fields, says]) => {
    const { layer, received } = limited(options, [picture])
    return Effect.gen(function* () {
      for (const name of names) {
        const error = yield* Effect.flip(operations[name]())
        if (!(error instanceof Errors.InvalidRequestError)) return yield* Effect.dieMessage(error._tag)
        expect(error.operation).toBe(name)
        expect(error.issues.map(({ path }) => path)).toEqual(fields.map((field) => ["rateLimit", field]))
        for (const text of says) expect(error.message).toContain(text)
      }
      expect(received).toEqual([])
    }).pipe(Effect.provide(layer))
  })

  it.effect("but undefined is no option", () => {
    const { layer } = limited({ concurrency: undefined, requestsPerSecond: undefined }, [picture])
    return Effect.provide(Images.generate(request), layer)
  })
})

describe("the types", () => {
  it("are those of a layer over Images that cannot fail", () => {
    expectTypeOf(RateLimit.layer()).toEqualTypeOf<
      Layer.Layer<Images.Images | RateLimit.RateLimit, never, Images.Images>
    >()
    expectTypeOf(RateLimit.status).toEqualTypeOf<Effect.Effect<RateLimit.Status, never, RateLimit.RateLimit>>()
    expectTypeOf<RateLimit.Service["status"]>().toEqualTypeOf<Effect.Effect<RateLimit.Status>>()
    // @ts-expect-error there is no such option
    expect(Layer.isLayer(RateLimit.layer({ perSecond: 2 }))).toBe(true)
  })
})
