import { KeyValueStore } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, TestClock, type Tracer } from "effect"
import {
  Budget,
  Cache,
  type Catalog,
  Fallback,
  ImageStream,
  Images,
  ImagesSchema,
  Preflight,
  Provenance,
  RateLimit,
  Retry,
  Split,
  Telemetry
} from "effect-openrouter-images"
import { statusOf } from "../../support/budgeted.js"
import { billed, emulated, requestsTo } from "../../support/emulated.js"
import { slow } from "../../support/limited.js"
import { picture, refusal, scripted } from "../../support/memoryHttp.js"
import { passing } from "../../support/passing.js"
import { catalogOf, dividing, lost, refused, script, seedream } from "../../support/split.js"
import { watching } from "../../support/tracing.js"

const bytesOf = ({ data }: Pick<ImagesSchema.ImageGenerationResponse, "data">) => data.map(({ bytes }) => bytes)

describe("a Budget above", () => {
  const within = (limitUsd: number, options?: Split.Options) => {
    const catalog = catalogOf(1)
    return Budget.layer({ limitUsd }).pipe(
      Layer.provideMerge(Split.layer(options)),
      Layer.provide(catalog),
      Layer.provideMerge(emulated())
    )
  }

  it.effect("reserves for the whole, and settles with the sum", () =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(Images.generate({ ...seedream, n: 4 }))).toMatchObject({
        _tag: "BudgetExceededError",
        quoteUsd: 0.16
      })
      yield* Images.generate({ ...seedream, n: 3 })
      expect(yield* statusOf).toMatchObject({ spentUsd: 0.12, reservedUsd: 0 })
      yield* Effect.flip(ImageStream.runFinal(Images.generateStream({ ...seedream, n: 3 })))
      expect(yield* billed).toBeCloseTo(0.12, 9)
    }).pipe(Effect.provide(within(0.15)))
  )

  it.live("keeps what a lost call may have cost set aside, under the id of its generation", () =>
    Effect.gen(function* () {
      const reset = { _tag: "Reset", at: "body", afterCompletion: true } as const
      yield* script([null, reset, refused])
      const { calls = [] } = yield* Images.generate({ ...seedream, n: 4 })
      const { reservations, spentUsd } = yield* Budget.status
      expect(spentUsd).toBeCloseTo(0.08, 9)
      expect(reservations).toMatchObject([{ state: "unknown", generationId: calls[1]?.generationId }])
      expect(calls[1]?.generationId).toBeDefined()
      expect(reservations[0]?.usd).toBeCloseTo(0.04, 9)
    }).pipe(Effect.provide(within(1, { concurrency: 1 })))
  )

  it.effect("keeps a share for each call that may have been billed when all have failed", () =>
    Effect.gen(function* () {
      yield* script([lost, refused, lost])
      yield* Effect.flip(Images.generate({ ...seedream, n: 3 }))
      const { reservations, spentUsd } = yield* Budget.status
      expect(spentUsd).toBe(0)
      expect(reservations.map(({ state }) => state)).toEqual(["unknown", "unknown"])
      expect(reservations.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(0.08, 9)
    }).pipe(Effect.provide(within(1, { concurrency: 1 })))
  )
})

/** A RateLimit above a Split into single pictures, over a server. */
const gateAbove = ({ layer }: ReturnType<typeof scripted>) =>
  RateLimit.layer().pipe(Layer.provideMerge(Split.layer()), Layer.provide(catalogOf(1)), Layer.provide(layer))

describe("the calls of one request", () => {
  it.effect("share the reservation of a Budget above a Cache, each under its own generation", () => {
    const catalog = catalogOf(1)
    const layer = Budget.layer({ limitUsd: 1 }).pipe(
      Layer.provideMerge(Cache.layer()),
      Layer.provide(KeyValueStore.layerMemory),
      Layer.provide(Split.layer({ concurrency: 1 })),
      Layer.provide(catalog),
      Layer.provideMerge(emulated())
    )
    return Effect.gen(function* () {
      yield* script([lost, null, lost])
      const response = yield* Images.generate({ ...seedream, n: 3 })
      expect(response.data).toHaveLength(1)
      const { reservations, reservedUsd, spentUsd } = yield* Budget.status
      expect([spentUsd, reservations.length]).toEqual([0.04, 2])
      expect(reservedUsd).toBeCloseTo(0.08, 9)
    }).pipe(Effect.provide(layer))
  })

  it.effect("take turns of their own at a RateLimit above: one goes first after a cooldown", () => {
    const server = scripted([refusal(429, { "retry-after": "5" }), slow("1 second")], { retry: Retry.none })
    return Effect.gen(function* () {
      yield* Effect.flip(Images.generate({ ...seedream, n: 1 }))
      expect((yield* passing(Images.generate({ ...seedream, n: 3 }))).data).toHaveLength(3)
      expect(server.received.map(({ at }) => at)).toEqual([0, 5000, 6000, 6000])
      expect(yield* RateLimit.status).toMatchObject({ waiting: 0, running: 0, window: Number.POSITIVE_INFINITY })
    }).pipe(Effect.provide(gateAbove(server)))
  })

  it.effect("wait at a RateLimit above for none of them that died", () => {
    const server = scripted([refusal(429, { "retry-after": "5" }), Effect.die("boom"), picture], { retry: Retry.none })
    return Effect.gen(function* () {
      yield* Effect.flip(Images.generate({ ...seedream, n: 1 }))
      expect((yield* passing(Images.generate({ ...seedream, n: 3 }))).data).toHaveLength(2)
      expect(yield* RateLimit.status).toMatchObject({ waiting: 0, running: 0, window: Number.POSITIVE_INFINITY })
    }).pipe(Effect.provide(gateAbove(server)))
  })
})

describe("other layers", () => {
  it.effect("below see each call: a Budget reserves each, a RateLimit lets each in", () =>
    Effect.gen(function* () {
      const response = yield* Images.generate({ ...seedream, n: 4 })
      expect(response.data).toHaveLength(2)
      expect(response.calls?.map(({ error }) => error?._tag)).toEqual([
        undefined,
        undefined,
        "BudgetExceededError",
        "BudgetExceededError"
      ])
      expect(ImagesSchema.totalCostUsd(response.usage)).toBeCloseTo(0.08, 9)
      expect(yield* statusOf).toMatchObject({ spentUsd: 0.08, reservedUsd: 0 })
    }).pipe(
      Effect.provide(
        Split.layer({ concurrency: 1 }).pipe(
          Layer.provideMerge(Budget.layer({ limitUsd: 0.1 })),
          Layer.provide(RateLimit.layer({ concurrency: 1 })),
          Layer.provide(catalogOf(1)),
          Layer.provideMerge(emulated())
        )
      )
    )
  )

  const cachedAbove = (options?: Split.Options) =>
    Cache.layer().pipe(Layer.provide(KeyValueStore.layerMemory), Layer.provideMerge(dividing(1, options)))

  for (const [way, make] of Object.entries({
    generate: Images.generate,
    generateStream: (request: ImagesSchema.ImageGenerationRequest) =>
      ImageStream.runFinal(Images.generateStream(request))
  })) {
    it.effect(`a Cache above keeps the joined response of ${way}, and no partial one`, () =>
      Effect.gen(function* () {
        const three = { ...seedream, n: 3 }
        yield* script([null, refused])
        expect((yield* make(three)).data).toHaveLength(2)
        const whole = yield* make(three)
        expect([whole.data.length, whole.cached]).toEqual([3, undefined])
        expect(yield* requestsTo("/images")).toBe(6)
        const again = yield* Images.generate(three)
        expect([bytesOf(again), again.cached, again.usage?.cost]).toEqual([bytesOf(whole), true, 0])
        expect(again.calls?.map(({ generationId, pictures, request }) => [generationId, pictures, request])).toEqual(
          whole.calls?.map(({ generationId, pictures, request }) => [generationId, pictures, request])
        )
        const streamed = yield* ImageStream.runFinal(Images.generateStream(three))
        expect(bytesOf(streamed)).toEqual(bytesOf(whole))
        expect(yield* requestsTo("/images")).toBe(6)
      }).pipe(Effect.provide(cachedAbove({ concurrency: 1 })))
    )
  }

  it.effect("a Cache below keeps the picture of each seed", () =>
    Effect.gen(function* () {
      yield* Images.generate({ ...seedream, n: 2 })
      const response = yield* Images.generate({ ...seedream, n: 3 })
      expect(response.calls?.map(({ cached }) => cached)).toEqual([true, true, undefined])
      expect(response.cached).toBeUndefined()
      expect(response.usage?.cost).toBe(0.04)
      expect((yield* Images.generate({ ...seedream, n: 3 })).cached).toBe(true)
      expect(yield* billed).toBeCloseTo(0.12, 9)
    }).pipe(
      Effect.provide(
        Split.layer().pipe(
          Layer.provide(Cache.layer()),
          Layer.provide(KeyValueStore.layerMemory),
          Layer.provide(catalogOf(1)),
          Layer.provideMerge(emulated())
        )
      )
    )
  )

  it.effect("a Fallback above goes on to another model, and one below takes the call that failed", () => {
    const steps = [{ model: "bytedance-seed/seedream-4.0" }]
    const [split, fallback] = [Split.layer({ concurrency: 1 }), Fallback.layer(steps)]
    const over = (layers: Layer.Layer<Images.Images, never, Images.Images | Catalog.Catalog>) =>
      layers.pipe(Layer.provide(catalogOf(1)), Layer.provideMerge(emulated()))
    const two = { ...seedream, n: 2 }
    return Effect.gen(function* () {
      const above = yield* Effect.provide(
        Effect.zipRight(script([refused, refused]), Images.generate(two)),
        over(fallback.pipe(Layer.provide(split)))
      )
      expect(above.fallback?.model).toBe("bytedance-seed/seedream-4.0")
      expect(above.calls?.map(({ request: { model } }) => model)).toEqual([steps[0]?.model, steps[0]?.model])
      const below = yield* Effect.provide(
        Effect.zipRight(script([null, refused]), Images.generate(two)),
        over(split.pipe(Layer.provide(fallback)))
      )
      expect(below.calls?.map(({ request: { model } }) => model)).toEqual([two.model, steps[0]?.model])
      expect(below.fallback).toBeUndefined()
      expect(Provenance.of(two, below, 1)).toMatchObject({ model: steps[0]?.model, seed: 8, costUsd: 0.03 })
    })
  })

  it.effect("a Preflight above judges the calls that are sent", () =>
    Effect.gen(function* () {
      expect((yield* Images.generate({ ...seedream, n: 3 })).data).toHaveLength(3)
      expect(yield* Effect.flip(Images.generate({ ...seedream, n: 3, quality: "high" }))).toMatchObject({
        _tag: "InvalidRequestError",
        issues: expect.arrayContaining([expect.objectContaining({ path: ["quality"] })])
      })
    }).pipe(
      Effect.provide(
        Preflight.layer.pipe(Layer.provide(Split.layer()), Layer.provide(catalogOf(1)), Layer.provideMerge(emulated()))
      )
    )
  )

  it.effect("a RateLimit above counts the request as one call, and sends no attempt of it too early", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(Images.generate({ ...seedream, n: 3 }))
      yield* TestClock.adjust("1500 millis")
      expect(yield* requestsTo("/images")).toBe(2)
      expect(yield* RateLimit.status).toMatchObject({ waiting: 1 })
      yield* TestClock.adjust("1 second")
      expect((yield* Fiber.join(fiber)).data).toHaveLength(3)
      expect(yield* RateLimit.status).toMatchObject({ waiting: 0, running: 0 })
    }).pipe(
      Effect.provide(RateLimit.layer({ concurrency: 1, requestsPerSecond: 1 }).pipe(Layer.provideMerge(dividing(1))))
    )
  )

  it.effect("a Telemetry above tells the number of calls, and that a cancelled one may have cost something", () => {
    const seen: Array<Tracer.Span> = []
    const stalls = { _tag: "Stall", at: "head" } as const
    return Effect.gen(function* () {
      const tracer = yield* watching((span) => {
        if (span.name.startsWith("generate_content")) seen.push(span)
      })
      const three = Effect.withTracer(Images.generate({ ...seedream, n: 3 }), tracer)
      yield* three
      expect(seen[0]?.attributes.get("openrouter.calls")).toBe(3)
      expect(seen[0]?.attributes.get("openrouter.cost_usd")).toBeCloseTo(0.12, 9)
      yield* script([refused, stalls, refused])
      const fiber = yield* Effect.fork(three)
      yield* Effect.repeat(Effect.zipRight(Effect.yieldNow(), requestsTo("/images")), { until: (count) => count === 6 })
      yield* Fiber.interrupt(fiber)
      expect(seen[1]?.attributes.get("error.type")).toBe("cancelled")
      expect(seen[1]?.attributes.get("openrouter.billing")).toBe("unknown")
    }).pipe(Effect.provide(Telemetry.layer().pipe(Layer.provideMerge(dividing(1)))))
  })
})
