import { KeyValueStore } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Array as Arr, type Duration, Effect, Exit, FastCheck, Fiber, Layer, Stream, TestClock } from "effect"
import {
  Batch,
  Budget,
  Cache,
  Catalog,
  type Client,
  Images,
  RateLimit,
  Retry,
  Telemetry
} from "effect-openrouter-images"
import { onFailure } from "../../support/attemptEnds.js"
import { interruptedExit } from "../../support/fibers.js"
import { hashed } from "../../support/generating.js"
import { expectEmpty, slow } from "../../support/limited.js"
import { type Answer, picture, refusal, type Script, scripted } from "../../support/memoryHttp.js"
import { priced } from "../../support/partialImages.js"
import { effectProp } from "../../support/properties.js"

const request = { model: "author/slug", prompt: "a red panda", seed: 7 }

const steady = Retry.make({ jitter: false, initialInterval: "1 second" })

/** A gate above a cache: callers of one picture share its generation. */
const gated = (script: Script, options: RateLimit.Options = {}) => {
  const { layer, received } = scripted(script, { retry: steady })
  const cache = Cache.layer().pipe(Layer.provide([layer, KeyValueStore.layerMemory]))
  return { received, layer: Layer.provide(RateLimit.layer(options), cache) }
}

/** Starts a call, and lets it come as far as it can without time. */
const start = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.tap(Effect.fork(effect), () => Effect.zipRight(hashed, TestClock.adjust(0)))

const pass = (duration: Duration.DurationInput) => Effect.zipRight(TestClock.adjust(duration), hashed)

const isOpen = Effect.gen(function* () {
  yield* expectEmpty
  expect(yield* RateLimit.status).toMatchObject({ window: Number.POSITIVE_INFINITY })
})

describe("a generation that callers share", () => {
  it.effect("goes on by the second one's turn when the first leaves in a hold, and the gate opens again", () => {
    const { layer, received } = gated([refusal(429, { "retry-after": "5" }), picture])
    return Effect.gen(function* () {
      const first = yield* start(Images.generate(request))
      const second = yield* start(Images.generate(request))
      yield* pass("2 seconds")
      yield* Fiber.interrupt(first)
      yield* pass("1 minute")
      expect((yield* Fiber.join(second)).data).toHaveLength(1)
      expect(received.map(({ at }) => at)).toEqual([0, 5000])
      yield* isOpen
      yield* Images.generate({ ...request, seed: 8 })
    }).pipe(Effect.provide(layer))
  })

  it.effect("waits for no turn that one of its own callers holds", () => {
    const slowly = Retry.make({ jitter: false, initialInterval: "20 seconds" })
    const { layer, received } = gated([refusal(429, { "retry-after": "5" }), picture])
    return Effect.gen(function* () {
      const first = yield* start(Images.generate(request, { retry: slowly }))
      yield* pass("10 seconds")
      // The hold is over, so this one is let in, and waits for the first one's attempt.
      const second = yield* start(Images.generate(request))
      yield* pass("1 minute")
      expect((yield* Fiber.join(first)).data).toHaveLength(1)
      expect((yield* Fiber.join(second)).cached).toBe(true)
      expect(received.map(({ at }) => at)).toEqual([0, 20_000])
      yield* isOpen
    }).pipe(Effect.provide(layer))
  })

  it.effect("is sent for nobody when its only caller leaves while it waits for a turn", () => {
    const { layer, received } = gated([refusal(429, { "retry-after": "5" }), picture])
    return Effect.gen(function* () {
      const only = yield* start(Images.generate(request))
      yield* pass("2 seconds")
      expect(Exit.isInterrupted(yield* interruptedExit(only))).toBe(true)
      yield* pass("1 minute")
      expect(received).toHaveLength(1)
      yield* expectEmpty
      yield* Images.generate(request)
      yield* isOpen
    }).pipe(Effect.provide(layer))
  })

  it.effect("runs the hooks of one caller at a time, and none of a caller who has left", () => {
    const { layer } = gated([slow("1 second", refusal(502)), slow("1 second", refusal(502)), picture])
    return Effect.gen(function* () {
      const seen: Array<string> = []
      const hooksOf = (name: string): Client.RequestOptions => ({
        onAttempt: Effect.sync(() => void seen.push(`${name} attempt`)),
        onAttemptEnd: onFailure(() => Effect.sync(() => void seen.push(`${name} failed`)))
      })
      const [first] = yield* Effect.forEach(["first", "second", "third"], (name) =>
        start(Images.generate(request, hooksOf(name)))
      )
      expect(seen).toEqual(["first attempt"])
      yield* Fiber.interrupt(first ?? expect.fail("nobody is first"))
      yield* pass("1 minute")
      expect(seen).toEqual(["first attempt", "second failed", "second attempt", "second failed", "second attempt"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("ends a hook that runs before its caller is gone, and lets the next caller's run", () => {
    const { layer, received } = gated([picture])
    return Effect.gen(function* () {
      const seen: Array<string> = []
      const onAttempt = Effect.onInterrupt(Effect.never, () => Effect.sync(() => void seen.push("ended")))
      const first = yield* start(Images.generate(request, { onAttempt }))
      const second = yield* start(Images.generate(request, { onAttempt: Effect.sync(() => void seen.push("second")) }))
      yield* Fiber.interrupt(first)
      seen.push("gone")
      yield* hashed
      expect(seen).toEqual(["ended", "gone", "second"])
      expect((yield* Fiber.join(second)).data).toHaveLength(1)
      expect(received).toHaveLength(1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("leaves a budget that nobody listens for any more alone", () => {
    const { layer } = scripted([slow("1 second", refusal(502)), picture], { retry: steady })
    const priceList = Layer.effect(
      Images.Images,
      Effect.map(Images.Images, (images) => ({
        ...images,
        ...priced([{ billable: "output_image", unit: "image", costUsd: 0.04 }], { seed: { type: "boolean" } })
      }))
    )
    const base = Layer.provide(priceList, layer)
    const cache = Cache.layer().pipe(Layer.provide([base, KeyValueStore.layerMemory]))
    const live = Telemetry.layer().pipe(
      Layer.provideMerge(Budget.layer({ limitUsd: 1 })),
      Layer.provide(Layer.provide(Catalog.layer(), base)),
      Layer.provide(cache)
    )
    return Effect.gen(function* () {
      const first = yield* start(Images.generate(request))
      const second = yield* start(Images.generate(request))
      yield* Fiber.interrupt(first)
      yield* pass("1 minute")
      yield* Fiber.join(second)
      // The one who stayed pays for what the other has begun.
      expect((yield* Budget.status).reservations).toEqual([])
    }).pipe(Effect.provide(live))
  })
})

describe("whoever leaves whenever", () => {
  const millis = (max: number) => FastCheck.integer({ min: 0, max })
  const answers = FastCheck.record({
    takes: millis(3000),
    status: FastCheck.constantFrom(200, 200, 429, 429, 502, 503),
    retryAfter: FastCheck.integer({ min: 0, max: 3 })
  })
  const calls = FastCheck.record({
    at: millis(6000),
    seed: FastCheck.constantFrom(1, 1, 2),
    streams: FastCheck.boolean(),
    interruptedAfter: FastCheck.option(millis(6000), { nil: undefined })
  })
  const schedules = FastCheck.record({
    concurrency: FastCheck.option(FastCheck.integer({ min: 1, max: 4 }), { nil: undefined }),
    requestsPerSecond: FastCheck.option(FastCheck.double({ min: 0.5, max: 20, noNaN: true }), { nil: undefined }),
    answers: FastCheck.array(answers, { minLength: 1, maxLength: 8 }),
    calls: FastCheck.array(calls, { minLength: 1, maxLength: 8 }),
    above: FastCheck.constantFrom("Cache", "Batch" as const)
  })
  type Schedule = typeof schedules extends FastCheck.Arbitrary<infer A> ? A : never

  const answerOf = ({ retryAfter, status, takes }: Schedule["answers"][number]): Answer =>
    slow(takes, status === 200 ? picture : refusal(status, { "retry-after": `${retryAfter}` }))

  const callOf = ({ seed, streams }: Schedule["calls"][number], above: Schedule["above"]) => {
    const asked = { ...request, seed }
    if (above === "Batch") {
      return Stream.runDrain(Batch.run([asked, asked, { ...asked, seed: 9 }], { singleFlight: true }))
    }
    return streams ? Stream.runDrain(Images.generateStream(asked)) : Effect.asVoid(Images.generate(asked))
  }

  effectProp(
    "the gate is empty in the end, and opens again for the next call",
    [schedules],
    ([{ above, answers, calls, ...limits }]) => {
      const { layer } = gated([...answers.map(answerOf), picture], limits)
      return Effect.gen(function* () {
        const fibers = yield* Effect.forEach(calls, (call) =>
          Effect.gen(function* () {
            yield* Effect.sleep(call.at)
            const fiber = yield* Effect.fork(callOf(call, above))
            if (call.interruptedAfter === undefined) return yield* Fiber.await(fiber)
            yield* Effect.sleep(call.interruptedAfter)
            return yield* interruptedExit(fiber)
          }).pipe(Effect.fork)
        )
        // Hashes take no time of the clock, so it goes on in steps.
        yield* Effect.forEach(Arr.range(0, 14), () => pass("1 second"))
        yield* pass("10 minutes")
        const exits = yield* Effect.forEach(fibers, (fiber) => Fiber.poll(fiber))
        expect(exits.every(({ _tag }) => _tag === "Some")).toBe(true)
        // Enough attempts for whatever failures are left of the script.
        const retry = Retry.make({ jitter: false, initialInterval: "1 second", maxRetries: answers.length })
        const last = yield* start(Images.generate({ ...request, seed: 99 }, { retry }))
        yield* pass("10 minutes")
        expect(Exit.isSuccess(yield* Fiber.await(last))).toBe(true)
        yield* isOpen
      }).pipe(Effect.provide(layer))
    },
    { numRuns: 15, endOnFailure: true }
  )
})

describe("a gate", () => {
  it.effect("does not count an attempt of a call that has ended, and lets it wait all the same", () => {
    const { layer, received } = scripted([refusal(429, { "retry-after": "5" }), picture], { retry: Retry.none })
    let leaked: Effect.Effect<void> = Effect.void
    const leaking = Layer.effect(
      Images.Images,
      Effect.map(Images.Images, (images) => ({
        ...images,
        generate: (asked: Parameters<Images.Service["generate"]>[0], options?: Client.RequestOptions) => {
          leaked = options?.onAttempt ?? Effect.void
          return images.generate(asked, options)
        }
      }))
    )
    return Effect.gen(function* () {
      yield* Effect.exit(Images.generate(request))
      const late = yield* start(leaked)
      yield* pass("4 seconds")
      expect((yield* Fiber.poll(late))._tag).toBe("None")
      yield* pass("2 seconds")
      expect((yield* Fiber.poll(late))._tag).toBe("Some")
      yield* Effect.forEach(Arr.range(1, 3), () => Images.generate(request))
      expect(received).toHaveLength(4)
      yield* isOpen
    }).pipe(Effect.provide(RateLimit.layer().pipe(Layer.provide(leaking), Layer.provide(layer))))
  })
})
