import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Layer, Stream } from "effect"
import { Budget, Catalog, Images, Quote } from "effect-openrouter-images"
import { request, statusOf, within } from "../../support/budgeted.js"
import { requestsTo } from "../../support/emulated.js"
import { partialImages, priced } from "../../support/partialImages.js"
import { asked, budgeted, nonsense, selling, ways } from "../../support/selling.js"

describe("a price that is no amount", () => {
  it.effect("has no upper bound, and says why", () =>
    Effect.gen(function* () {
      for (const costUsd of nonsense) {
        const quote = yield* Quote.estimate(asked).pipe(
          Effect.provide(Catalog.layer().pipe(Layer.provide(selling(costUsd, undefined))))
        )
        expect(quote).toMatchObject({ minUsd: 0, maxUsd: Number.POSITIVE_INFINITY, exact: false })
        expect(quote.reasons).toEqual(["the price that Only lists for output_image by image is no amount"])
      }
    })
  )

  it.effect("does not matter where the request needs none of it", () =>
    Effect.gen(function* () {
      const pricing = [
        { billable: "output_image", unit: "image", costUsd: 0.04 },
        { billable: "input_reference", unit: "image", costUsd: -1 }
      ]
      const quote = yield* Quote.estimate(asked).pipe(
        Effect.provide(Catalog.layer().pipe(Layer.provide(partialImages(priced(pricing)))))
      )
      expect(quote).toMatchObject({ minUsd: 0.04, maxUsd: 0.04, reasons: [] })
    })
  )

  it.effect("is refused by a budget, buffered and streamed", () =>
    Effect.gen(function* () {
      for (const costUsd of nonsense) {
        for (const one of Object.values(ways)) {
          const error = yield* Effect.flip(
            Effect.provide(one, budgeted({ limitUsd: 0.1 }, selling(costUsd, { cost: 1 })))
          )
          expect(error).toMatchObject({ _tag: "BudgetExceededError", reason: "unknownCost", billing: "notBilled" })
        }
      }
    })
  )

  it.effect("is no highest price to look for", () =>
    Effect.gen(function* () {
      for (const maxCostUsd of nonsense) {
        const error = yield* Effect.flip(Catalog.find({ maxCostUsd }))
        expect(error).toMatchObject({ _tag: "InvalidRequestError", issues: [{ path: ["maxCostUsd"] }] })
        expect(error.message).toContain(`US dollars, zero or more`)
        expect(error.message).toContain(`got ${maxCostUsd}`)
      }
    }).pipe(Effect.provide(Catalog.layer().pipe(Layer.provide(selling(0.04, undefined)))))
  )
})

describe("a cost that is no amount", () => {
  for (const [way, one] of Object.entries(ways)) {
    it.effect(`counts as not known: what was set aside is spent, ${way}`, () =>
      Effect.gen(function* () {
        for (const cost of nonsense) {
          const status = yield* Effect.zipRight(one, statusOf).pipe(
            Effect.provide(budgeted({ limitUsd: 1 }, selling(0.04, { cost })))
          )
          expect(status).toEqual({ spentUsd: 0.04, reservedUsd: 0, remainingUsd: 0.96 })
        }
      })
    )
  }
})

describe("an option of a budget that means nothing", () => {
  const refused = (options: Budget.Options) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Images.generate(request))
      const streamed = yield* Effect.flip(Stream.runDrain(Images.generateStream(request)))
      expect(streamed._tag).toBe("InvalidRequestError")
      expect(yield* requestsTo("/images")).toBe(0)
      expect(yield* requestsTo("/endpoints")).toBe(0)
      expect(yield* statusOf).toMatchObject({ spentUsd: 0 })
      return error._tag === "InvalidRequestError" ? error.issues : []
    }).pipe(Effect.provide(within(options)))

  it.effect("is refused before anything is asked, with its name, its value and what is allowed", () =>
    Effect.gen(function* () {
      for (const limitUsd of nonsense) {
        expect(yield* refused({ limitUsd })).toEqual([
          {
            path: ["budget", "limitUsd"],
            message: expect.stringMatching(`US dollars, zero or more.*, got ${limitUsd}$`)
          }
        ])
      }
      const windows = [...nonsense, 0, Duration.zero, Duration.infinity, "-1 day", "soon"] as ReadonlyArray<number>
      for (const window of windows) {
        expect(yield* refused({ limitUsd: 1, window })).toEqual([
          { path: ["budget", "window"], message: expect.stringContaining("must be a positive and finite duration") }
        ])
      }
      expect(yield* refused({ limitUsd: 1, onUnknownCost: "perhaps" as "allow" })).toEqual([
        { path: ["budget", "onUnknownCost"], message: 'must be "refuse" or "allow", got "perhaps"' }
      ])
    })
  )
})

describe("a settlement", () => {
  const lost = Images.generate(request, {
    headers: { "x-emulator-fault": JSON.stringify({ _tag: "Reset", at: "head", afterCompletion: true }) }
  })

  it.effect("that is no amount is refused, and the reservation stays", () =>
    Effect.gen(function* () {
      yield* Effect.flip(lost)
      const before = yield* Budget.status
      const id = before.reservations[0]?.id ?? ""
      for (const cost of nonsense) {
        const error = yield* Effect.flip(Budget.settle(id, cost))
        expect(error).toBeInstanceOf(Budget.InvalidSettlementError)
        expect(error).toMatchObject({ id, message: expect.stringMatching(/^costUsd must be US dollars, zero or more/) })
        expect(error.message).toContain(`got ${cost}`)
      }
      expect(yield* Budget.status).toEqual(before)
    }).pipe(Effect.provide(within({ limitUsd: 1 })))
  )

  it.effect("finds its reservation whatever white space is around the id", () =>
    Effect.gen(function* () {
      yield* Effect.flip(lost)
      const id = (yield* Budget.status).reservations[0]?.id
      expect(yield* Budget.settle(` ${id}\n`, 0.01)).toBe(true)
      expect(yield* statusOf).toMatchObject({ spentUsd: 0.01, reservedUsd: 0 })
    }).pipe(Effect.provide(within({ limitUsd: 1 })))
  )
})
