import * as KeyValueStore from "@effect/platform/KeyValueStore"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { Batch, type Budget, Cache, Images, ImagesSchema, Provenance } from "effect-openrouter-images"
import { statusOf } from "../../support/budgeted.js"
import { answered, asked, budgeted, nonsense, selling, tokens, type Usage, ways } from "../../support/selling.js"

describe("a key of your own", () => {
  const own = { cost: 0, isByok: true, costDetails: { upstreamInferenceCost: 0.036 } } as const

  it("costs what OpenRouter charges and what the provider charges", () => {
    const total = (usage: Usage) => ImagesSchema.totalCostUsd({ ...tokens, ...usage })
    expect(total(own)).toBe(0.036)
    expect(total({ ...own, cost: 0.0018 })).toBe(0.0378)
    // As recorded without a key of one's own: what the provider was paid is within the price.
    expect(total({ cost: 0.014, isByok: false, costDetails: { upstreamInferenceCost: 0.014 } })).toBe(0.014)
    expect(total({ cost: 0, isByok: false, costDetails: { upstreamInferenceCost: 0.014 } })).toBe(0)
    // Whose key it was is not said: an upstream cost above the price tells.
    expect(total({ cost: 0, costDetails: { upstreamInferenceCost: 0.036 } })).toBe(0.036)
    expect(total({ cost: 0.014, costDetails: { upstreamInferenceCost: 0.014 } })).toBe(0.014)
    expect(total({ cost: 0.02 })).toBe(0.02)
  })

  it("has no total where a part of it is not known", () => {
    const total = (usage: Usage) => ImagesSchema.totalCostUsd({ ...tokens, ...usage })
    expect(ImagesSchema.totalCostUsd(undefined)).toBeUndefined()
    expect(total({})).toBeUndefined()
    expect(total({ cost: 0, isByok: true })).toBeUndefined()
    for (const amount of nonsense) {
      expect(total({ cost: amount })).toBeUndefined()
      expect(total({ cost: amount, isByok: true, costDetails: { upstreamInferenceCost: 1 } })).toBeUndefined()
      expect(total({ cost: 0, isByok: true, costDetails: { upstreamInferenceCost: amount } })).toBeUndefined()
      expect(total({ cost: 0.01, isByok: false, costDetails: { upstreamInferenceCost: amount } })).toBe(0.01)
    }
  })

  for (const [way, one] of Object.entries(ways)) {
    it.effect(`counts in a budget, unless it says otherwise, ${way}`, () =>
      Effect.gen(function* () {
        const spent = (options: Partial<Budget.Options>) =>
          Effect.zipRight(one, statusOf).pipe(
            Effect.provide(budgeted({ limitUsd: 1, ...options }, selling(0.04, own))),
            Effect.map(({ spentUsd }) => spentUsd)
          )
        expect(yield* spent({})).toBe(0.036)
        expect(yield* spent({ countUpstreamCost: true })).toBe(0.036)
        expect(yield* spent({ countUpstreamCost: false })).toBe(0)
      })
    )
  }

  it.effect("counts in a batch's progress and in provenance, and a hit of a cache costs nothing", () =>
    Effect.gen(function* () {
      const images = selling(0.04, own)
      const spentUsd = yield* Effect.gen(function* () {
        const tracker = yield* Batch.makeTracker
        yield* Stream.runDrain(Batch.run([asked, { ...asked, prompt: "a dog" }], { tracker }))
        return yield* Stream.runFold(Batch.progress(tracker), 0, (_, progress) => progress.spentUsd)
      }).pipe(Effect.provide(images))
      expect(spentUsd).toBe(0.072)
      expect(Provenance.of(asked, answered(own)).costUsd).toBe(0.036)
      const cached = Cache.layer().pipe(Layer.provide([images, KeyValueStore.layerMemory]))
      const { first, second } = yield* Effect.all({
        first: Images.generate({ ...asked, seed: 1 }),
        second: Images.generate({ ...asked, seed: 1 })
      }).pipe(Effect.provide(cached))
      expect(ImagesSchema.totalCostUsd(first.usage)).toBe(0.036)
      expect(second.cached).toBe(true)
      expect(ImagesSchema.totalCostUsd(second.usage)).toBe(0)
    })
  )
})
