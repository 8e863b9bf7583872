import { KeyValueStore } from "@effect/platform"
import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Layer, Option, Schema, Stream, TestClock, type Tracer } from "effect"
import {
  Budget,
  Cache,
  Catalog,
  Errors,
  Fallback,
  ImageStream,
  Images,
  ImagesSchema,
  Preflight,
  Provenance,
  Quote,
  RateLimit,
  Retry,
  Split,
  Telemetry
} from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"
import { Emulator } from "effect-openrouter-images-emulator"
import { statusOf } from "./support/budgeted.js"
import { billed, emulated, requestsTo } from "./support/emulated.js"
import { slow } from "./support/limited.js"
import { logTo } from "./support/logged.js"
import { refusal, scripted } from "./support/memoryHttp.js"
import { passing } from "./support/passing.js"
import { catalogOf, dividing, seedream } from "./support/split.js"
import { watching } from "./support/tracing.js"

/** A model that makes one picture in a call. */
const flux: ImagesSchema.ImageGenerationRequest = {
  model: "black-forest-labs/flux.2-pro",
  prompt: "a red panda",
  seed: 7
}

const script = (steps: Parameters<Emulator.Service["script"]>[0]) =>
  Effect.flatMap(Emulator.Emulator, (emulator) => emulator.script(steps))

const bytesOf = ({ data }: Pick<ImagesSchema.ImageGenerationResponse, "data">) => data.map(({ bytes }) => bytes)

const refused = { _tag: "Status", status: 429 } as const
/** Billed, and lost on its way. */
const lost = { _tag: "Reset", at: "head", afterCompletion: true } as const

describe("a request", () => {
  const layer = Layer.provideMerge(Split.layer(), Layer.provideMerge(Catalog.layer(), emulated()))

  it.effect("for no more pictures than a call makes is one call", () =>
    Effect.gen(function* () {
      const four = { ...flux, model: "black-forest-labs/flux.2-klein-4b", n: 4 }
      const response = yield* Images.generate(four)
      expect(response.data).toHaveLength(4)
      expect(response).not.toHaveProperty("calls")
      expect(response.generationId).toBeDefined()
      expect(yield* requestsTo("/images")).toBe(1)
    }).pipe(Effect.provide(layer))
  )

  it.effect("for one picture asks no catalogue", () =>
    Effect.gen(function* () {
      yield* Images.generate(flux)
      yield* Images.generate({ ...flux, n: 1 })
      expect(yield* requestsTo("/endpoints")).toBe(0)
    }).pipe(Effect.provide(layer))
  )

  it.effect("for more is several calls, with the pictures that one call would have made", () =>
    Effect.gen(function* () {
      const ten = { ...seedream, n: 10 }
      const whole = yield* Images.generate(ten).pipe(Effect.provide(emulated()))
      const response = yield* Images.generate(ten)
      expect(bytesOf(response)).toEqual(bytesOf(whole))
      expect(response.usage).toMatchObject({ cost: 0.4, completionTokens: whole.usage?.completionTokens })
      expect(response.calls?.map(({ pictures, request }) => [request.n, request.seed, pictures])).toEqual([
        [4, 7, [0, 1, 2, 3]],
        [3, 11, [4, 5, 6]],
        [3, 14, [7, 8, 9]]
      ])
      expect(new Set(response.calls?.map(({ generationId }) => generationId)).size).toBe(3)
      expect(response.generationId).toBeUndefined()
      expect(response.providerName).toBe("Seed")
      expect(response.faults).toBeUndefined()
      expect(yield* billed).toBeCloseTo(0.4, 9)
    }).pipe(Effect.provide(dividing(4)))
  )

  it.effect("is divided by what the eligible endpoints take", () =>
    Effect.gen(function* () {
      const model = "black-forest-labs/flux.2-klein-4b"
      expect((yield* Split.parts({ ...flux, model, n: 6 })).map(({ n }) => n)).toEqual([3, 3])
      expect((yield* Split.parts({ ...flux, n: 3 })).map(({ n }) => n)).toEqual([1, 1, 1])
      // An endpoint that does not list `n` makes one picture.
      expect(yield* Split.parts({ model: "krea/krea-2-medium", prompt: "a boat", n: 2 })).toHaveLength(2)
    }).pipe(Effect.provide(layer))
  )

  it.effect("that no endpoint takes, or that is invalid, stays as it is", () =>
    Effect.gen(function* () {
      const nowhere = { ...flux, n: 3, provider: { only: ["nobody"] } }
      expect(yield* Split.parts(nowhere)).toEqual([nowhere])
      expect(yield* Split.parts({ ...flux, n: 11 })).toHaveLength(1)
      const error = yield* Effect.flip(Images.generate({ ...flux, n: 11 }))
      expect(error).toMatchObject({ _tag: "InvalidRequestError", issues: [{ path: ["n"] }] })
      expect(yield* requestsTo("/images")).toBe(0)
    }).pipe(Effect.provide(layer))
  )

  it.effect("goes out as it is while the catalogue cannot be read, with a warning", () => {
    const lines: Array<string> = []
    const dead = Layer.succeed(Catalog.Catalog, {
      models: Effect.die("boom"),
      endpoints: () => Effect.die("boom"),
      find: () => Effect.die("boom")
    })
    return Effect.gen(function* () {
      expect((yield* Images.generate({ ...seedream, n: 10 })).data).toHaveLength(10)
      expect(yield* requestsTo("/images")).toBe(1)
      expect(lines).toEqual([expect.stringMatching(/^The request is not divided: /)])
    }).pipe(
      Effect.provide([
        Split.layer().pipe(Layer.provide(dead), Layer.provideMerge(emulated())),
        logTo((message) => void lines.push(message))
      ])
    )
  })

  it.effect.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "with a concurrency of %d is refused",
    (concurrency) =>
      Effect.gen(function* () {
        const issues = [{ path: ["split", "concurrency"], message: `must be a positive integer, got ${concurrency}` }]
        expect(yield* Effect.flip(Images.generate(seedream))).toMatchObject({ operation: "generate", issues })
        expect(yield* Effect.flip(ImageStream.runFinal(Images.generateStream(seedream)))).toMatchObject({
          operation: "generateStream",
          issues
        })
      }).pipe(Effect.provide(dividing(1, { concurrency })))
  )

  it.effect("has no more calls at a time than it may", () => {
    let [running, most] = [0, 0]
    const slow = Testing.layer({
      generate: () =>
        Effect.acquireUseRelease(
          Effect.sync(() => {
            most = Math.max(most, ++running)
          }),
          () => Effect.delay(Effect.succeed(Testing.response()), "1 second"),
          () => Effect.sync(() => running--)
        )
    })
    const layer = Split.layer({ concurrency: 2 }).pipe(Layer.provide(catalogOf(1)), Layer.provide(slow))
    return Effect.gen(function* () {
      const fiber = yield* Effect.fork(Images.generate({ ...seedream, n: 5 }))
      yield* TestClock.adjust("3 seconds")
      expect((yield* Fiber.join(fiber)).data).toHaveLength(5)
      expect([running, most]).toEqual([0, 2])
    }).pipe(Effect.provide(layer))
  })

  it.effect("that is interrupted interrupts all its calls", () => {
    let interrupted = 0
    const never = Testing.layer({ generate: Effect.onInterrupt(Effect.never, () => Effect.sync(() => interrupted++)) })
    return Effect.gen(function* () {
      const fiber = yield* Effect.fork(Images.generate({ ...seedream, n: 3 }))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      expect(interrupted).toBe(3)
    }).pipe(Effect.provide(Split.layer().pipe(Layer.provide(catalogOf(1)), Layer.provide(never))))
  })
})

describe("a call that fails", () => {
  it.effect("takes no picture from the others, and says what it cost", () =>
    Effect.gen(function* () {
      yield* script([null, refused])
      const response = yield* Images.generate({ ...seedream, n: 3 })
      expect(response.data).toHaveLength(2)
      expect(response.calls?.map(({ error, pictures }) => [error?._tag, error?.billing, pictures])).toEqual([
        [undefined, undefined, [0]],
        ["TooManyRequestsResponseError", "notBilled", []],
        [undefined, undefined, [1]]
      ])
      expect(response.faults).toEqual([
        {
          path: ["calls", 1],
          message: expect.stringMatching(/^failed with TooManyRequestsResponseError, billing notBilled: ./)
        }
      ])
      expect(ImagesSchema.totalCostUsd(response.usage)).toBeCloseTo(yield* billed, 9)
    }).pipe(Effect.provide(dividing(1, { concurrency: 1 })))
  )

  it.effect("and may have been billed leaves the sum unknown", () =>
    Effect.gen(function* () {
      yield* script([null, lost])
      const response = yield* Images.generate({ ...seedream, n: 3 })
      expect(response.usage).toBeUndefined()
      expect(response.calls?.map(({ usage }) => usage?.cost)).toEqual([0.04, undefined, 0.04])
      expect(response.calls?.[1]?.error).toMatchObject({ _tag: "ConnectionError", billing: "unknown" })
    }).pipe(Effect.provide(dividing(1, { concurrency: 1 })))
  )

  it.effect("leaves the pictures that it holds among the others", () => {
    const held = Testing.error("ConnectionError", { phase: "response", billing: "billed", images: [Testing.image] })
    const layer = Split.layer().pipe(
      Layer.provide(catalogOf(1)),
      Layer.provide(Testing.layer({ generate: [Testing.response(), held, Testing.response()] }))
    )
    return Effect.gen(function* () {
      const response = yield* Images.generate({ ...seedream, n: 3 })
      expect(response.calls?.map(({ pictures }) => pictures)).toEqual([[0], [1], [2]])
      expect(response.usage).toBeUndefined()
    }).pipe(Effect.provide(layer))
  })

  it.effect("like all others gives the failure that cost most, with all pictures that there are", () => {
    const held = (images: ReadonlyArray<typeof Testing.image>) =>
      Testing.error("ConnectionError", { phase: "response", billing: "billed", images })
    const [free, two, one] = [
      Testing.error("BadRequestResponseError"),
      held([Testing.image, Testing.image]),
      held([Testing.image])
    ]
    const layer = Split.layer({ concurrency: 1 }).pipe(
      Layer.provide(catalogOf(1)),
      Layer.provide(Testing.layer({ generate: [free, two, one] }))
    )
    return Effect.gen(function* () {
      const error = yield* Effect.flip(Images.generate({ ...seedream, n: 3 }))
      expect(error).toBeInstanceOf(Errors.ConnectionError)
      expect(error).toMatchObject({ billing: "billed", images: [Testing.image, Testing.image, Testing.image] })
    }).pipe(Effect.provide(layer))
  })

  it.effect("with a defect takes no picture either; without any the whole dies of it", () => {
    const lines: Array<string> = []
    const layer = (
      ...answers: ReadonlyArray<Testing.Answer<ImagesSchema.ImageGenerationResponse, Errors.GenerateError>>
    ) =>
      Split.layer({ concurrency: 1 }).pipe(
        Layer.provide(catalogOf(1)),
        Layer.provide(Testing.layer({ generate: answers }))
      )
    const two = Images.generate({ ...seedream, n: 2 })
    return Effect.gen(function* () {
      const response = yield* Effect.provide(two, layer(Effect.die("boom"), Testing.response()))
      expect(response.data).toHaveLength(1)
      expect(response.usage).toBeUndefined()
      expect(response.faults).toEqual([{ path: ["calls", 0], message: "broke down, billing unknown" }])
      expect(lines).toEqual(["A call of a divided request broke down"])
      const exit = yield* Effect.exit(
        Effect.provide(two, layer(Testing.error("BadRequestResponseError"), Effect.die("boom")))
      )
      expect(Exit.isFailure(exit) && [...Cause.defects(exit.cause)]).toEqual(["boom"])
    }).pipe(Effect.provide(logTo((message) => void lines.push(message))))
  })
})

describe("a stream", () => {
  const events = (request: ImagesSchema.ImageGenerationRequest) =>
    Effect.map(Stream.runCollect(Images.generateStream(request)), (all) => [...all])
  const gpt: ImagesSchema.ImageGenerationRequest = {
    model: "openai/gpt-image-1-mini",
    prompt: "a red panda",
    size: "32x32"
  }

  it.effect("has the events of all parts, its previews numbered through, and the sum with its last picture", () =>
    Effect.gen(function* () {
      const all = yield* events({ ...gpt, n: 3 })
      const previews = all.flatMap((event) => (event._tag === "PartialImage" ? [event.partialImageIndex] : []))
      expect(previews.length).toBeGreaterThan(2)
      expect(previews).toEqual(previews.map((_, i) => i))
      const completed = all.flatMap((event) => (event._tag === "Completed" ? [event] : []))
      expect(completed.map(({ usage }) => usage?.cost)).toEqual([
        undefined,
        undefined,
        expect.closeTo(yield* billed, 9)
      ])
      expect(all.at(-1)).toBe(completed.at(-1))
      const calls = completed.at(-1)?.calls ?? []
      expect(calls.flatMap(({ pictures }) => pictures).sort()).toEqual([0, 1, 2])
      for (const { generationId, pictures } of calls) {
        expect(pictures.map((i) => completed[i]?.generationId)).toEqual([generationId])
      }
    }).pipe(Effect.provide(dividing(1)))
  )

  it.effect("gives the response that generate gives, but for the order of the pictures", () =>
    Effect.gen(function* () {
      const three = { ...seedream, n: 3 }
      const whole = yield* Images.generate(three)
      const streamed = yield* ImageStream.runFinal(Images.generateStream(three))
      expect(streamed.usage).toEqual(whole.usage)
      expect(streamed.generationId).toBeUndefined()
      for (const { pictures, request } of streamed.calls ?? []) {
        const same = whole.calls?.find(({ request: { seed } }) => seed === request.seed)?.pictures ?? []
        expect(pictures.map((i) => streamed.data[i]?.bytes)).toEqual(same.map((i) => whole.data[i]?.bytes))
      }
    }).pipe(Effect.provide(dividing(1)))
  )

  it.effect("ends well once a picture has come, and says what failed", () =>
    Effect.gen(function* () {
      yield* script([null, lost, refused])
      const all = yield* events({ ...seedream, n: 3 })
      expect(all.map(({ _tag }) => _tag)).toEqual(["Completed"])
      const response = yield* ImageStream.runFinal(Stream.fromIterable(all))
      expect(response.usage).toBeUndefined()
      expect(response.calls?.map(({ error }) => error?.billing)).toEqual([undefined, "unknown", "notBilled"])
      expect(response.faults).toHaveLength(2)
    }).pipe(Effect.provide(dividing(1, { concurrency: 1 })))
  )

  it.effect("of which every part fails fails with the failure that cost most", () =>
    Effect.gen(function* () {
      yield* script([refused, lost, refused])
      const error = yield* Effect.flip(events({ ...seedream, n: 3 }))
      expect(error).toMatchObject({ _tag: "ConnectionError", billing: "unknown" })
    }).pipe(Effect.provide(dividing(1, { concurrency: 1 })))
  )

  it.effect("emits the pictures that a failure of a part holds", () => {
    const held = Testing.error("IncompleteStreamError", { images: [Testing.image] })
    const layer = Split.layer({ concurrency: 1 }).pipe(
      Layer.provide(catalogOf(1)),
      Layer.provide(Testing.layer({ generateStream: [held, [Testing.completed()]] }))
    )
    return Effect.gen(function* () {
      const response = yield* ImageStream.runFinal(Images.generateStream({ ...seedream, n: 2 }))
      expect(response.data).toHaveLength(2)
      expect(response.calls?.map(({ pictures }) => pictures)).toEqual([[1], [0]])
    }).pipe(Effect.provide(layer))
  })
})

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
      expect(reservations[0]?.usd).toBeCloseTo(0.08, 9)
    }).pipe(Effect.provide(within(1, { concurrency: 1 })))
  )

  it.effect("keeps a share for each call that may have been billed when all have failed", () =>
    Effect.gen(function* () {
      yield* script([lost, refused, lost])
      yield* Effect.flip(Images.generate({ ...seedream, n: 3 }))
      const { reservations, spentUsd } = yield* Budget.status
      expect(spentUsd).toBe(0)
      expect(reservations.map(({ state }) => state)).toEqual(["unknown", "unknown"])
      expect(reservations.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(0.12, 9)
    }).pipe(Effect.provide(within(1, { concurrency: 1 })))
  )
})

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
    const layer = RateLimit.layer().pipe(
      Layer.provideMerge(Split.layer()),
      Layer.provide(catalogOf(1)),
      Layer.provide(server.layer)
    )
    return Effect.gen(function* () {
      yield* Effect.flip(Images.generate({ ...seedream, n: 1 }))
      expect((yield* passing(Images.generate({ ...seedream, n: 3 }))).data).toHaveLength(3)
      expect(server.received.map(({ at }) => at)).toEqual([0, 5000, 6000, 6000])
      expect(yield* RateLimit.status).toMatchObject({ waiting: 0, running: 0, window: Number.POSITIVE_INFINITY })
    }).pipe(Effect.provide(layer))
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

describe("the price", () => {
  it.effect("of a divided request is that of its calls", () =>
    Effect.gen(function* () {
      const quote = yield* Split.estimate({ ...seedream, n: 10 })
      expect(quote).toMatchObject({ maxUsd: 0.4, lines: [{ unit: "image", quantity: { min: 3, max: 10 } }] })
      yield* Images.generate({ ...seedream, n: 10 })
      expect(yield* billed).toBeCloseTo(quote.maxUsd, 9)
      expect(yield* Split.estimate(seedream)).toEqual(yield* Quote.estimate(seedream))
    }).pipe(Effect.provide(dividing(4)))
  )

  it.effect("by the request is paid once a call", () =>
    Effect.gen(function* () {
      // A generation costs one cent, however many pictures it has.
      const krea = { model: "krea/krea-2", prompt: "a paper boat", n: 6 }
      expect(yield* Split.estimate(krea)).toMatchObject({ minUsd: 0.03, maxUsd: 0.03, exact: true })
      const { usage } = yield* Images.generate(krea)
      expect(usage?.cost).toBe(0.03)
      expect(yield* billed).toBeCloseTo(0.03, 9)
    }).pipe(Effect.provide(dividing(2)))
  )
})

describe("a joined response", () => {
  it.effect("is encoded and decoded with its calls", () =>
    Effect.gen(function* () {
      yield* script([null, refused])
      const response = yield* Images.generate({ ...seedream, n: 3 })
      const wire = Schema.encodeSync(ImagesSchema.ImageGenerationResponse)(response)
      const decoded = Schema.decodeUnknownSync(ImagesSchema.ImageGenerationResponse)(JSON.parse(JSON.stringify(wire)))
      expect(decoded.calls).toEqual(response.calls)
      expect(decoded.calls?.[1]?.error).toBeInstanceOf(Errors.TooManyRequestsResponseError)
    }).pipe(Effect.provide(dividing(1, { concurrency: 1 })))
  )

  it.effect("gives each picture the provenance of its call", () =>
    Effect.gen(function* () {
      const ten = { ...seedream, n: 10 }
      const response = yield* Images.generate(ten)
      const all = response.data.map((_, i) => Provenance.of(ten, response, i))
      expect(all.map(({ seed }) => seed)).toEqual([7, 7, 7, 7, 11, 11, 11, 14, 14, 14])
      expect(all.map(({ generationId }) => generationId)).toEqual(
        response.calls?.flatMap(({ generationId, pictures }) => pictures.map(() => generationId))
      )
      expect(all.reduce((sum, { costUsd = Number.NaN }) => sum + costUsd, 0)).toBeCloseTo(0.4, 9)
      const picture = Provenance.write(response.data[9] ?? Testing.image, Provenance.of(ten, response, 9))
      expect(Option.getOrThrow(Provenance.read(picture.bytes)).request).toMatchObject({ n: 3, seed: 14 })
    }).pipe(Effect.provide(dividing(4)))
  )
})

it("needs Images and the Catalog, and fails as they do", () => {
  expectTypeOf(Split.layer()).toEqualTypeOf<Layer.Layer<Images.Images, never, Images.Images | Catalog.Catalog>>()
  expectTypeOf<Effect.Effect.Error<ReturnType<typeof Split.parts>>>().toEqualTypeOf<Errors.ListModelEndpointsError>()
  expectTypeOf<Effect.Effect.Error<ReturnType<typeof Split.estimate>>>().toEqualTypeOf<Errors.ListModelEndpointsError>()
  expectTypeOf<Effect.Effect.Context<ReturnType<typeof Split.parts>>>().toEqualTypeOf<Catalog.Catalog>()
})
