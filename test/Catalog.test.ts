import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import { Deferred, type Duration, Effect, Exit, Fiber, Layer, Ref, TestClock } from "effect"
import { Catalog, Errors, type Images, type ImagesSchema } from "effect-openrouter-images"
import { Catalogue, Emulator } from "effect-openrouter-images-emulator"
import { emulated, requestsTo } from "./support/emulated.js"
import { interruptedExit } from "./support/fibers.js"
import { settled } from "./support/generating.js"
import { partialImages } from "./support/partialImages.js"

const live = (options?: { readonly timeToLive?: Duration.DurationInput }) =>
  Catalog.layer(options).pipe(Layer.provideMerge(emulated()))

const seedream = "bytedance-seed/seedream-4.5"
const asked = requestsTo(`${seedream}/endpoints`)

const failure = new Errors.OpenRouterDefaultError({
  operation: "listModels",
  billing: "notBilled",
  status: 503,
  httpStatus: 503,
  message: "not now",
  headers: {},
  body: ""
})

describe("the catalogue", () => {
  it.effect("asks once for any number of callers", () =>
    Effect.gen(function* () {
      const all = yield* Effect.all(
        Array.from({ length: 50 }, () => Catalog.endpoints(seedream)),
        { concurrency: "unbounded" }
      )
      expect(new Set(all.map((endpoints) => endpoints.length))).toEqual(new Set([2]))
      yield* Effect.all([Catalog.models, Catalog.models], { concurrency: 2 })
      expect(yield* asked).toBe(1)
      expect(yield* requestsTo("/images/models")).toBe(1)
      expect(yield* Catalog.endpoints({ author: "bytedance-seed", slug: "seedream-4.5" })).toBe(all[0])
      expect(yield* asked).toBe(1)
    }).pipe(Effect.provide(live()))
  )

  it.effect("asks again when an answer is as old as it may become", () =>
    Effect.gen(function* () {
      yield* Catalog.endpoints(seedream)
      yield* TestClock.adjust("44 minutes")
      yield* Catalog.endpoints(seedream)
      expect(yield* asked).toBe(1)
      yield* TestClock.adjust("16 minutes")
      yield* Catalog.endpoints(seedream)
      expect(yield* asked).toBe(2)
    }).pipe(Effect.provide(live({ timeToLive: "1 hour" })))
  )

  it.effect("gives the old answer at once in the last quarter of its time, and fetches a new one behind it", () =>
    Effect.gen(function* () {
      const answers = yield* Ref.make(0)
      const gate = yield* Deferred.make<void>()
      const listModels = () =>
        Effect.gen(function* () {
          const turn = yield* Ref.updateAndGet(answers, (n) => n + 1)
          if (turn > 1) yield* Deferred.await(gate)
          return { data: Array.from({ length: turn }, () => Catalogue.catalogue[0]?.model as never) }
        })
      yield* Effect.gen(function* () {
        expect(yield* Catalog.models).toHaveLength(1)
        yield* TestClock.adjust("8 minutes")
        expect(yield* Catalog.models).toHaveLength(1)
        expect(yield* Catalog.models).toHaveLength(1)
        yield* settled
        expect(yield* Ref.get(answers)).toBe(2)
        yield* Deferred.succeed(gate, undefined)
        yield* settled
        expect(yield* Catalog.models).toHaveLength(2)
        yield* TestClock.adjust("7 minutes")
        expect(yield* Catalog.models).toHaveLength(2)
        expect(yield* Ref.get(answers)).toBe(2)
      }).pipe(Effect.provide(Catalog.layer().pipe(Layer.provide(partialImages({ listModels })))))
    })
  )

  it.effect("keeps no failure, and no failure takes the place of an answer that is still good", () =>
    Effect.gen(function* () {
      const turns = yield* Ref.make<ReadonlyArray<"fails" | "works">>(["fails", "works", "fails", "works"])
      const listModels = () =>
        Effect.flatMap(
          Ref.modify(turns, ([turn, ...rest]) => [turn, rest] as const),
          (turn) => (turn === "works" ? Effect.succeed({ data: [] }) : Effect.fail(failure))
        )
      yield* Effect.gen(function* () {
        expect(yield* Effect.flip(Catalog.models)).toBe(failure)
        expect(yield* Catalog.models).toEqual([])
        yield* TestClock.adjust("8 minutes")
        expect(yield* Catalog.models).toEqual([])
        yield* settled
        expect(yield* Ref.get(turns)).toEqual(["works"])
        expect(yield* Catalog.models).toEqual([])
      }).pipe(Effect.provide(Catalog.layer().pipe(Layer.provide(partialImages({ listModels })))))
    })
  )

  it.effect("goes on for the others when the first caller is interrupted", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const listModels = () => Effect.as(Deferred.await(gate), { data: [] })
      yield* Effect.gen(function* () {
        const first = yield* Effect.fork(Catalog.models)
        yield* settled
        const second = yield* Effect.fork(Catalog.models)
        yield* settled
        expect(Exit.isInterrupted(yield* interruptedExit(first))).toBe(true)
        yield* Deferred.succeed(gate, undefined)
        expect(yield* Fiber.join(second)).toEqual([])
      }).pipe(Effect.provide(Catalog.layer().pipe(Layer.provide(partialImages({ listModels })))))
    })
  )

  it("has exact types", () => {
    expectTypeOf(Catalog.layer()).toEqualTypeOf<Layer.Layer<Catalog.Catalog, never, Images.Images>>()
    expectTypeOf(Catalog.models).toEqualTypeOf<
      Effect.Effect<ReadonlyArray<ImagesSchema.ImageModelListItem>, Errors.ListModelsError, Catalog.Catalog>
    >()
    expectTypeOf(Catalog.endpoints("a/b")).toEqualTypeOf<
      Effect.Effect<ReadonlyArray<ImagesSchema.ImageEndpoint>, Errors.ListModelEndpointsError, Catalog.Catalog>
    >()
    expectTypeOf(Catalog.find()).toEqualTypeOf<
      Effect.Effect<ReadonlyArray<Catalog.Offer>, Errors.ListModelEndpointsError, Catalog.Catalog>
    >()
  })
})

describe("looking for an endpoint", () => {
  it.effect("gives all of them without criteria, the cheapest first", () =>
    Effect.gen(function* () {
      const offers = yield* Catalog.find()
      const endpoints = Catalogue.catalogue.flatMap((entry) => entry.endpoints)
      // Two models make nothing without a reference picture.
      expect(offers).toHaveLength(endpoints.length - 2)
      const prices = offers.map(({ maxUsd }) => maxUsd)
      expect(prices).toEqual([...prices].sort((a, b) => a - b))
      expect(offers[0]).toMatchObject({
        model: "black-forest-labs/flux.2-klein-4b",
        providerName: "DeepInfra",
        maxUsd: 0
      })
      yield* Catalog.find({ streaming: true })
      expect(yield* requestsTo("/images/models")).toBe(1)
    }).pipe(Effect.provide(live()))
  )

  const idsOf = (criteria: Catalog.Criteria) =>
    Effect.map(Catalog.find(criteria), (offers) => offers.map(({ model, providerSlug }) => `${model} ${providerSlug}`))

  it.effect("goes by parameters, as names and as values", () =>
    Effect.gen(function* () {
      expect(yield* idsOf({ parameters: ["quality", "background"] })).toEqual([
        "openai/gpt-image-1-mini openai",
        "openai/gpt-image-2 openai",
        "openai/gpt-image-1 openai",
        "openai/gpt-image-1 azure"
      ])
      expect(yield* idsOf({ parameters: { resolution: "4K", n: 8 } })).toEqual([
        "bytedance-seed/seedream-4.0 seed",
        "bytedance-seed/seedream-4.5 seed",
        "bytedance-seed/seedream-5-lite seed",
        "bytedance-seed/seedream-4.5 byteplus",
        "bytedance-seed/seedream-5-lite byteplus"
      ])
      expect(yield* idsOf({ parameters: { aspectRatio: "8:1" } })).toEqual([
        "krea/krea-2 krea",
        "google/gemini-3.1-flash-image google-ai-studio",
        "google/gemini-3.1-flash-image google-vertex/global"
      ])
    }).pipe(Effect.provide(live()))
  )

  it.effect("prices what is asked for, and leaves out what may cost more", () =>
    Effect.gen(function* () {
      const [offer] = yield* Catalog.find({ parameters: { n: 4 }, provider: "byteplus" })
      expect(offer).toMatchObject({ minUsd: 0.045, maxUsd: 0.24 })
      expect(yield* idsOf({ parameters: { n: 4 }, provider: "BytePlus", maxCostUsd: 0.23 })).toEqual([])
      expect(yield* idsOf({ maxCostUsd: 0.01 })).toEqual([
        "black-forest-labs/flux.2-klein-4b deepinfra",
        "black-forest-labs/flux.2-klein-4b fireworks",
        "krea/krea-2 krea"
      ])
    }).pipe(Effect.provide(live()))
  )

  it.effect("goes by what a model takes in and whether an endpoint streams", () =>
    Effect.gen(function* () {
      const offers = yield* Catalog.find({ inputModalities: ["image"], streaming: true })
      expect(offers.map(({ model }) => model)).toContain("openai/gpt-image-1")
      expect(offers.every(({ supportsStreaming }) => supportsStreaming)).toBe(true)
      expect(offers.map(({ model }) => model)).not.toContain("recraft/recraft-v4-svg")
      expect((yield* Catalog.find({ streaming: false })).every(({ supportsStreaming }) => !supportsStreaming)).toBe(
        true
      )
    }).pipe(Effect.provide(live()))
  )

  it.effect("passes over a model that is gone, and fails as discovery does otherwise", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      yield* emulator.script([null, { _tag: "Status", status: 404 }])
      const offers = yield* Catalog.find()
      // Of those that are left, two need a reference and one has no endpoint.
      expect(new Set(offers.map(({ model }) => model)).size).toBe(Catalogue.catalogue.length - 4)
      yield* TestClock.adjust("1 hour")
      yield* emulator.script([null, { _tag: "Status", status: 500 }])
      expect((yield* Effect.flip(Catalog.find()))._tag).toBe("InternalServerResponseError")
    }).pipe(Effect.provide(live()))
  )
})
