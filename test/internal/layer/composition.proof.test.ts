import { KeyValueStore } from "@effect/platform"
import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import { Effect, Exit, FastCheck, Layer, Runtime, Stream } from "effect"
import {
  Budget,
  Cache,
  Catalog,
  Fallback,
  ImageStream,
  Images,
  type ImagesSchema,
  Preflight,
  RateLimit,
  Retry,
  Split
} from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { imagesOf } from "../../support/brokenParts.js"
import { billed, emulated, requestsTo, withFault } from "../../support/emulated.js"
import { catalogOf } from "../../support/split.js"

const seedream: ImagesSchema.ImageGenerationRequest = {
  model: "bytedance-seed/seedream-5-lite",
  prompt: "a red panda",
  size: "32x32",
  provider: { only: ["seed"] }
}
const steps = [{ model: "bytedance-seed/seedream-4.0" }, { model: "black-forest-labs/flux.2-klein-4b", provider: {} }]

type Over = Layer.Layer<Images.Images, never, Images.Images | Catalog.Catalog>

/** Each layer over `Images`; what it offers besides is left out. */
const layers: Readonly<Record<string, Over>> = {
  Preflight: Preflight.layer,
  Budget: imagesOf(Budget.layer({ limitUsd: 1 })),
  RateLimit: imagesOf(RateLimit.layer({ concurrency: 3, requestsPerSecond: 1000 })),
  Fallback: Fallback.layer(steps),
  Split: Split.layer(),
  Cache: Layer.provide(Cache.layer(), KeyValueStore.layerMemory)
}
const names = Object.keys(layers)

/** The layers above each other, the first on top. */
const stacked = (
  order: ReadonlyArray<string>,
  base = emulated(),
  catalog: Layer.Layer<Catalog.Catalog> = Layer.provide(Catalog.layer(), base)
): Layer.Layer<Images.Images | Emulator.Emulator> =>
  order.reduceRight<Layer.Layer<Images.Images | Emulator.Emulator>>(
    (below, name) => Layer.provideMerge(Layer.provide(layers[name] ?? Preflight.layer, catalog), below),
    base
  )

const orders = FastCheck.shuffledSubarray(names, { minLength: 1 })

describe("layers over Images", () => {
  it.live("serve, stream, fall back and refuse alike in any order", () =>
    Effect.gen(function* () {
      const run = Runtime.runPromise(yield* Effect.runtime<never>())
      const property = FastCheck.asyncProperty(orders, (order) =>
        run(
          Effect.gen(function* () {
            const response = yield* Images.generate(seedream)
            expect(response.data[0]?.dimensions).toEqual({ width: 32, height: 32 })
            const events = yield* Stream.runCollect(Images.generateStream(seedream))
            expect([...events].map(({ _tag }) => _tag)).toEqual(["Completed"])
            expect((yield* Images.listModels()).data.length).toBeGreaterThan(3)
            const exits = yield* Effect.all(
              Array.from({ length: 6 }, () => Effect.exit(Images.generate(seedream))),
              { concurrency: "unbounded" }
            )
            expect(exits.every(Exit.isSuccess)).toBe(true)
            const blocked = yield* Effect.flip(Images.generate(seedream, withFault({ _tag: "Status", status: 401 })))
            expect(blocked._tag).toBe("UnauthorizedResponseError")
            const curable = yield* Effect.exit(Images.generate({ ...seedream, quality: "high" }))
            expect(Exit.isSuccess(curable)).toBe(false)
            expect(yield* billed).toBeCloseTo(8 * 0.04, 9)
            const [first, again] = [
              yield* Images.generate({ ...seedream, seed: 7 }),
              yield* Images.generate({ ...seedream, seed: 7 })
            ]
            expect(again.data[0]?.bytes).toEqual(first.data[0]?.bytes)
            expect([first.cached, again.cached]).toEqual([undefined, order.includes("Cache") ? true : undefined])
            expect(yield* billed).toBeCloseTo((order.includes("Cache") ? 9 : 10) * 0.04, 9)
          }).pipe(Effect.provide(stacked(order)))
        )
      )
      yield* Effect.promise(() => FastCheck.assert(property, { numRuns: 40 }))
    })
  )

  it.live("divide a request and join its calls alike in any order, with a Split anywhere", () =>
    Effect.gen(function* () {
      const run = Runtime.runPromise(yield* Effect.runtime<never>())
      const orders = FastCheck.shuffledSubarray(names, { minLength: 1 }).filter((order) => order.includes("Split"))
      const property = FastCheck.asyncProperty(orders, (order) =>
        run(
          Effect.gen(function* () {
            const three = { ...seedream, n: 3, seed: 7 }
            const response = yield* Images.generate(three)
            expect(response.calls?.map(({ pictures, request }) => [request.seed, pictures])).toEqual([
              [7, [0]],
              [8, [1]],
              [9, [2]]
            ])
            expect(response.usage?.cost).toBe(0.12)
            const again = yield* ImageStream.runFinal(Images.generateStream(three))
            expect(again.data).toHaveLength(3)
            const isKept = order.includes("Cache")
            expect(yield* billed).toBeCloseTo(isKept ? 0.12 : 0.24, 9)
            expect(yield* requestsTo("/images")).toBe(isKept ? 3 : 6)
          }).pipe(Effect.provide(stacked(order, emulated(), catalogOf(1))))
        )
      )
      yield* Effect.promise(() => FastCheck.assert(property, { numRuns: 40 }))
    })
  )

  it.live("with a Fallback above the Budget find a model that it still allows", () =>
    Effect.gen(function* () {
      const first = yield* Images.generate(seedream)
      expect(first.fallback).toEqual({ model: seedream.model, failures: [] })
      const second = yield* Images.generate(seedream)
      expect(second.fallback?.model).toBe("bytedance-seed/seedream-4.0")
      expect(second.fallback?.failures).toMatchObject([
        { model: seedream.model, error: { _tag: "BudgetExceededError" } }
      ])
      const third = yield* Images.generate(seedream)
      expect(third.fallback?.model).toBe("black-forest-labs/flux.2-klein-4b")
      expect(third.fallback?.failures.map(({ error }) => error._tag)).toEqual([
        "BudgetExceededError",
        "BudgetExceededError"
      ])
      expect(yield* Budget.status).toMatchObject({ spentUsd: 0.07, reservedUsd: 0 })
      expect(yield* billed).toBeCloseTo(0.07, 9)
    }).pipe(
      Effect.provide(
        Fallback.layer(steps).pipe(
          Layer.provideMerge(Budget.layer({ limitUsd: 0.075 })),
          Layer.provide(Catalog.layer()),
          Layer.provideMerge(emulated())
        )
      )
    )
  )

  it.live("with a RateLimit below keep a budget's reservation from its queue", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      yield* emulator.reset
      const retry = Retry.make({ initialInterval: 0, jitter: false })
      yield* emulator.script([null, { _tag: "Status", status: 429, headers: { "retry-after": "0" } }])
      yield* Images.generate(seedream, { retry })
      expect(yield* requestsTo("/images")).toBe(2)
      expect(yield* Budget.status).toMatchObject({ spentUsd: 0.04, reservedUsd: 0 })
      expect(yield* RateLimit.status).toMatchObject({ waiting: 0, running: 0 })
    }).pipe(
      Effect.provide(
        Budget.layer({ limitUsd: 1 }).pipe(
          Layer.provideMerge(RateLimit.layer({ concurrency: 1 })),
          Layer.provide(Catalog.layer()),
          Layer.provideMerge(emulated())
        )
      )
    )
  )

  it("need nothing but Images, and the Catalog where they ask for prices", () => {
    const live = Fallback.layer(steps).pipe(
      Layer.provideMerge(Budget.layer({ limitUsd: 1 })),
      Layer.provide(RateLimit.layer({ concurrency: 2 })),
      Layer.provide(Catalog.layer())
    )
    expectTypeOf(live).toEqualTypeOf<Layer.Layer<Images.Images | Budget.Budget, never, Images.Images>>()
  })
})
