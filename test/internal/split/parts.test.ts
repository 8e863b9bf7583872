import { describe, expect, it } from "@effect/vitest"
import { FastCheck } from "effect"
import { ImagesSchema } from "effect-openrouter-images"
import { dividedBy, seedAfter } from "../../../src/internal/split/parts.js"
import { usageOf } from "../../../src/internal/split/usage.js"

const counts = FastCheck.integer({ min: 1, max: 10 })
const sumOf = (all: ReadonlyArray<number>): number => all.reduce((sum, one) => sum + one, 0)

describe("a number of pictures", () => {
  it.each([
    [10, [4, 3, 2, 1], [4, 3, 3]],
    [3, [1], [1, 1, 1]],
    [7, [6, 5, 4, 3, 2, 1], [4, 3]],
    [10, [4, 2, 1], [4, 4, 2]],
    [6, [4], undefined],
    [5, [], undefined]
  ])("%i by parts of %j is %j", (count, sizes, parts) => {
    expect(dividedBy(count, sizes)).toEqual(parts)
  })

  it("becomes as few and as even parts as a limit allows", () => {
    const property = FastCheck.property(counts, counts, (count, limit) => {
      const sizes = Array.from({ length: limit }, (_, i) => limit - i)
      const parts = dividedBy(count, sizes) ?? []
      expect(sumOf(parts)).toBe(count)
      expect(parts).toHaveLength(Math.ceil(count / limit))
      expect(Math.max(...parts)).toBeLessThanOrEqual(limit)
      expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1)
    })
    FastCheck.assert(property)
  })
})

describe("the seed of a part", () => {
  it.each([
    [7, 3, 10],
    [-2, 4, 2],
    [2 ** 31 - 1, 1, 0],
    [2 ** 31 - 3, 5, 2],
    [2 ** 31, 1, 2 ** 31 + 1],
    [2 ** 32 - 1, 2, 1],
    [Number.MAX_SAFE_INTEGER, 1, 0]
  ])("%i, %i pictures later, is %i", (seed, steps, later) => {
    expect(seedAfter(seed, steps)).toBe(later)
  })

  it("is another for each picture, and always one that a request may have", () => {
    const seeds = FastCheck.oneof(
      FastCheck.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
      FastCheck.constantFrom(2 ** 31 - 4, 2 ** 32 - 4, Number.MAX_SAFE_INTEGER - 4)
    )
    const property = FastCheck.property(seeds, (seed) => {
      const all = Array.from({ length: 10 }, (_, i) => seedAfter(seed, i))
      expect(new Set(all).size).toBe(10)
      expect(all.every(Number.isSafeInteger)).toBe(true)
    })
    FastCheck.assert(property)
  })
})

describe("what several calls used", () => {
  const request = { model: "a/b", prompt: "c" }
  const cents = FastCheck.integer({ min: 0, max: 10_000 }).map((mills) => mills / 1000)
  const paidBy = FastCheck.record(
    { cost: cents, upstream: cents, isByok: FastCheck.boolean() },
    { requiredKeys: [] }
  ).map(
    ({ cost, isByok, upstream }): ImagesSchema.ImageGenerationUsage => ({
      ...(cost === undefined ? {} : { cost }),
      ...(isByok === undefined ? {} : { isByok }),
      ...(upstream === undefined ? {} : { costDetails: { upstreamInferenceCost: upstream } })
    })
  )

  it("costs together what each costs, whoever's key pays; unknown where one is", () => {
    const property = FastCheck.property(FastCheck.array(paidBy, { minLength: 1, maxLength: 6 }), (all) => {
      const total = ImagesSchema.totalCostUsd(usageOf(all.map((usage) => ({ request, pictures: [0], usage }))))
      const each = all.map(ImagesSchema.totalCostUsd)
      if (each.includes(undefined)) expect(total).toBeUndefined()
      else expect(total).toBeCloseTo(sumOf(each.map(Number)), 9)
    })
    FastCheck.assert(property, { numRuns: 1000 })
  })

  it("has the sum of each field that all of them tell, and no other", () => {
    const one = { promptTokens: 1, totalTokens: 5, promptTokensDetails: { cachedTokens: 1 }, serviceTier: "fast" }
    const other = { promptTokens: 2, completionTokens: 3, promptTokensDetails: { cachedTokens: 2, fileTokens: 4 } }
    expect(usageOf([one, other].map((usage) => ({ request, pictures: [0], usage })))).toEqual({
      promptTokens: 3,
      promptTokensDetails: { cachedTokens: 3 }
    })
  })
})
