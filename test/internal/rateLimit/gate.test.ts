import { describe, expect, it } from "@effect/vitest"
import { Array as Arr, Deferred, Duration, Effect, FastCheck, Fiber, Layer, Redacted, Stream, TestClock } from "effect"
import { Client, type Errors, Images, RateLimit, Retry } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { onFailure } from "../../support/attemptEnds.js"
import { seconds } from "../../support/attempts.js"
import { expectEmpty, grouped, limited, named, names, slow, start, startAll, steady } from "../../support/limited.js"
import { logTo, withDebug } from "../../support/logged.js"
import { inFlight, picture, refusal } from "../../support/memoryHttp.js"
import { operations, request } from "../../support/operations.js"
import { effectProp } from "../../support/properties.js"

describe("a server that asks to wait", () => {
  const year = `${365 * 24 * 3600}`

  it.effect.each([
    ["429 with Retry-After", refusal(429, { "retry-after": "7" }), 7000],
    ["503 with Retry-After", refusal(503, { "retry-after": "7" }), 7000],
    ["429 that does not say how long", refusal(429), 1000],
    ["429 in a success", refusal(200, { "retry-after": "7" }, 429), 7000],
    ["429 that asks for a year", refusal(429, { "retry-after": year }), 60_000],
    ["503 that does not say how long", refusal(503), 0],
    ["502 with Retry-After", refusal(502, { "retry-after": "7" }), 0],
    ["402 for calls under way", inFlight(undefined, { "retry-after": "7" }), 7000],
    ["402 for calls under way that does not say how long", inFlight(), 1000],
    ["402 for a call too expensive by itself", inFlight("weight_exceeds_budget", { "retry-after": "7" }), 0],
    ["402 that is final", refusal(402, { "retry-after": "7" }), 0],
    ["429 that asks for nothing", refusal(429, { "retry-after": "0" }), 0],
    ["picture with Retry-After", picture, 0]
  ] as const)("by a %s holds all operations", ([, answer, expected]) =>
    Effect.forEach(names, (name) => {
      const { layer, times } = limited({}, [answer, picture])
      return Effect.gen(function* () {
        const from = yield* Effect.map(Effect.clock, (clock) => clock.unsafeCurrentTimeMillis())
        yield* Effect.exit(operations[name]({ retry: Retry.none }))
        expect(Duration.toMillis((yield* RateLimit.status).heldFor)).toBe(expected)
        yield* Effect.forEach(names, (other) => start(Effect.exit(operations[other]({ retry: Retry.none }))))
        yield* TestClock.adjust("2 minutes")
        expect(times().map((at) => at - from)).toEqual([0, ...Array(4).fill(expected)])
        yield* expectEmpty
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("holds 50 fibers, and then lets them in one, two, four at a time", () => {
    const { layer, prompts, times } = limited({}, [
      slow("1 second", refusal(429, { "retry-after": "9" })),
      slow("1 second")
    ])
    return Effect.gen(function* () {
      yield* start(named("0"))
      yield* TestClock.adjust("1 second")
      yield* startAll(50)
      expect(yield* RateLimit.status).toEqual({ running: 1, waiting: 50, heldFor: Duration.seconds(9), window: 1 })
      yield* TestClock.adjust("9 seconds")
      expect(yield* RateLimit.status).toEqual({ running: 1, waiting: 50, heldFor: Duration.zero, window: 1 })
      yield* TestClock.adjust("1 minute")
      expect(grouped(times())).toEqual([
        [0, 1],
        [10_000, 1],
        [11_000, 2],
        [12_000, 4],
        [13_000, 8],
        [14_000, 16],
        [15_000, 20]
      ])
      // The call that met the 429 comes back for its retry when the others are waiting already.
      expect(prompts()).toEqual(["0", ...Arr.makeBy(50, (i) => `${i + 1}`), "0"])
      expect(yield* RateLimit.status).toMatchObject({ window: Number.POSITIVE_INFINITY })
      yield* expectEmpty
    }).pipe(Effect.provide(layer))
  })

  it.effect("holds the retries of all who are under way, and counts no answer to what was sent before", () => {
    const { layer, times } = limited({}, [
      slow("1 second", refusal(429, { "retry-after": "10" })),
      ...Arr.makeBy(9, () => slow("2 seconds", refusal(502))),
      slow("1 second")
    ])
    return Effect.gen(function* () {
      yield* startAll(10, { retry: steady })
      yield* TestClock.adjust("1 minute")
      expect(grouped(times())).toEqual([
        [0, 10],
        [11_000, 1],
        [12_000, 2],
        [13_000, 4],
        [14_000, 3]
      ])
    }).pipe(Effect.provide(layer))
  })

  it.effect("does not open by the success of what was sent before", () => {
    const { layer, times } = limited({}, [
      slow("1 second", refusal(429, { "retry-after": "10" })),
      ...Arr.makeBy(9, () => slow("15 seconds")),
      slow("5 seconds")
    ])
    return Effect.gen(function* () {
      yield* startAll(10, { retry: Retry.none })
      yield* TestClock.adjust("1 second")
      yield* startAll(4)
      yield* TestClock.adjust("1 minute")
      expect(grouped(times())).toEqual([
        [0, 10],
        [11_000, 1],
        [16_000, 2],
        [21_000, 1]
      ])
    }).pipe(Effect.provide(layer))
  })

  it.effect("goes on one by one while nothing succeeds, and a failure does not shut it for ever", () => {
    const { layer, times } = limited({}, [
      refusal(429, { "retry-after": "1" }),
      ...Arr.makeBy(3, () => slow("1 second", refusal(400))),
      slow("1 second")
    ])
    return Effect.gen(function* () {
      yield* startAll(1, { retry: Retry.none })
      yield* startAll(6)
      yield* TestClock.adjust("1 minute")
      expect(grouped(times())).toEqual(seconds(0, 1, 2, 3, 4, 5).map((at) => [at, at === 5000 ? 2 : 1]))
    }).pipe(Effect.provide(layer))
  })

  it.effect("opens for all who are there, even where what was sent first hangs and is interrupted", () => {
    const { layer, times } = limited({}, [refusal(429, { "retry-after": "1" }), Effect.never, slow("1 second")])
    return Effect.gen(function* () {
      yield* startAll(1, { retry: Retry.none })
      const fiberOf = yield* startAll(3)
      yield* TestClock.adjust("10 seconds")
      expect(times()).toEqual(seconds(0, 1))
      yield* Fiber.interrupt(fiberOf(0))
      yield* TestClock.adjust("1 minute")
      expect(times()).toEqual(seconds(0, 1, 10, 11))
    }).pipe(Effect.provide(layer))
  })

  it.effect("can make the time longer, never shorter", () => {
    const answers = [
      [0, "10"],
      [5, "20"],
      [6, "1"]
    ] as const
    const { layer, times } = limited({}, [
      ...answers.map(([at, seconds]) => slow(`${at} seconds`, refusal(429, { "retry-after": seconds }))),
      picture
    ])
    return Effect.gen(function* () {
      const heldFor = Effect.map(RateLimit.status, ({ heldFor }) => Duration.toSeconds(heldFor))
      yield* Effect.all(answers.map(() => Effect.fork(Effect.exit(named("0", { retry: Retry.none })))))
      yield* TestClock.adjust(0)
      expect(yield* heldFor).toBe(10)
      yield* startAll(1)
      yield* TestClock.adjust("5 seconds")
      expect(yield* heldFor).toBe(20)
      yield* TestClock.adjust("1 second")
      expect(yield* heldFor).toBe(19)
      yield* TestClock.adjust("1 minute")
      expect(times()).toEqual(seconds(0, 0, 0, 25))
    }).pipe(Effect.provide(layer))
  })

  it.effect("and a stream that has its first event: the others need not wait for its end", () => {
    const { layer, times } = limited({}, [refusal(429, { "retry-after": "1" }), picture])
    return Effect.gen(function* () {
      yield* startAll(1, { retry: Retry.none })
      yield* start(Stream.runForEach(Images.generateStream(request), () => Effect.never))
      yield* startAll(3)
      yield* TestClock.adjust("1 minute")
      expect(times()).toEqual(seconds(0, 1, 1, 1, 1))
    }).pipe(Effect.provide(layer))
  })

  it.effect("is in the log, and so is the end of it", () => {
    const messages: Array<string> = []
    const collecting = logTo((message) => void messages.push(message))
    const { layer } = limited({}, [refusal(429, { "retry-after": "90" }), picture])
    return Effect.gen(function* () {
      yield* startAll(1, { retry: Retry.none })
      yield* startAll(1)
      yield* TestClock.adjust("2 minutes")
      expect(messages).toEqual([
        "rate limit: cooling down for 1m after TooManyRequestsResponseError",
        "rate limit: open again"
      ])
    }).pipe(Effect.provide([layer, collecting, withDebug]))
  })

  it.effect("is heard through the emulator, where nobody pays twice", () => {
    const images = Images.layer.pipe(Layer.provide(Client.layer({ apiKey: Redacted.make("sk-or-emulated") })))
    const layer = RateLimit.layer({ concurrency: 1 }).pipe(
      Layer.provide(images),
      Layer.provideMerge(Emulator.layerClient)
    )
    return Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      yield* emulator.script([{ _tag: "Status", status: 429, headers: { "retry-after": "30" } }])
      const refused = yield* Deferred.make<Errors.OpenRouterError>()
      const call = (prompt: string) =>
        Images.generate(
          { model: "krea/krea-2", prompt, resolution: "512" },
          { onAttemptEnd: onFailure((error) => Deferred.succeed(refused, error)) }
        )
      const all = yield* Effect.fork(Effect.forEach(["a", "b", "c"], call, { concurrency: "unbounded" }))
      expect((yield* Deferred.await(refused))._tag).toBe("TooManyRequestsResponseError")
      yield* TestClock.adjust("29 seconds")
      expect(yield* emulator.requests).toHaveLength(1)
      expect(yield* RateLimit.status).toMatchObject({ heldFor: Duration.seconds(1) })
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(all)).toHaveLength(3)
      expect(yield* emulator.requests).toHaveLength(4)
      expect((yield* emulator.ledger).map(({ prompt }) => prompt)).toEqual(["a", "b", "c"])
      yield* expectEmpty
    }).pipe(Effect.provide(layer))
  })
})

describe("whatever comes in whatever order", () => {
  const millis = (max: number) => FastCheck.integer({ min: 0, max })
  const answers = FastCheck.record({
    takes: millis(3000),
    status: FastCheck.constantFrom(200, 200, 200, 400, 429, 502, 503),
    retryAfter: FastCheck.integer({ min: 0, max: 3 })
  })
  const calls = FastCheck.record({
    at: millis(5000),
    name: FastCheck.constantFrom(...names),
    interruptedAfter: FastCheck.option(millis(5000), { nil: undefined })
  })
  const schedules = FastCheck.record({
    concurrency: FastCheck.option(FastCheck.integer({ min: 1, max: 4 }), { nil: undefined }),
    requestsPerSecond: FastCheck.option(FastCheck.double({ min: 0.3, max: 20, noNaN: true }), { nil: undefined }),
    answers: FastCheck.array(answers, { minLength: 1, maxLength: 8 }),
    calls: FastCheck.array(calls, { minLength: 1, maxLength: 8 })
  })

  effectProp(
    "there is never more than is allowed, nothing is sent in a hold, and nothing is lost",
    [schedules],
    ([{ answers, calls, concurrency, requestsPerSecond }]) => {
      let flying = 0
      let most = 0
      const holds: Array<readonly [from: number, until: number]> = []
      const script = answers.map(({ retryAfter, status, takes }) =>
        Effect.acquireUseRelease(
          Effect.sync(() => {
            most = Math.max(most, ++flying)
          }),
          () =>
            Effect.gen(function* () {
              yield* Effect.sleep(takes)
              const now = (yield* Effect.clock).unsafeCurrentTimeMillis()
              if (status === 429 || status === 503) holds.push([now, now + retryAfter * 1000])
              return yield* status === 200 ? picture : refusal(status, { "retry-after": `${retryAfter}` })
            }),
          () => Effect.sync(() => flying--)
        )
      )
      const { layer, times } = limited({ concurrency, requestsPerSecond }, script)
      return Effect.gen(function* () {
        let attempts = 0
        const fibers = yield* Effect.forEach(calls, ({ at, interruptedAfter, name }) => {
          const onAttempt = Effect.sync(() => void attempts++)
          const call = operations[name]({ onAttempt, retry: Retry.make({ jitter: false, maxRetries: 2 }) })
          const bounded = interruptedAfter === undefined ? call : Effect.timeout(call, interruptedAfter)
          return Effect.fork(Effect.delay(Effect.exit(bounded), at))
        })
        yield* TestClock.adjust("1 day")
        yield* Fiber.joinAll(fibers)
        const sent = times()
        // Only who is interrupted does not send what it waited for.
        const interrupted = calls.filter(({ interruptedAfter }) => interruptedAfter !== undefined).length
        expect(attempts - sent.length).toBeGreaterThanOrEqual(0)
        expect(attempts - sent.length).toBeLessThanOrEqual(interrupted)
        expect(most).toBeLessThanOrEqual(concurrency ?? calls.length)
        expect(
          holds.filter(([from, until]) => sent.some((at) => at > from && at < until)),
          `sent at ${sent}`
        ).toEqual([])
        for (const at of requestsPerSecond === undefined ? [] : sent) {
          const within = sent.filter((other) => other >= at && other < at + 1000)
          expect(within.length).toBeLessThanOrEqual(Math.ceil(requestsPerSecond ?? 0))
        }
        yield* expectEmpty
      }).pipe(Effect.provide(layer))
    },
    { timeout: 60_000, numRuns: 50 }
  )
})
