import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Layer } from "effect"
import { Budget, Catalog, Images, RateLimit } from "effect-openrouter-images"
import { gpt, request, statusOf } from "../../support/budgeted.js"
import { billed, emulated } from "../../support/emulated.js"

/** What a program without types may give in the place of an effect. */
const things: ReadonlyArray<unknown> = [undefined, 5, {}, () => Effect.void, Promise.resolve()]

const over = (layer: Layer.Layer<Images.Images | Budget.Budget, never, Images.Images | Catalog.Catalog>) =>
  layer.pipe(Layer.provide(Catalog.layer()), Layer.provideMerge(emulated()))

describe.each(things.map((thing) => [typeof thing, thing] as const))("a user's function that gives %s", (_, thing) => {
  const nothing = thing as Effect.Effect<void>

  it.effect("as the hook for an id costs no picture and no amount of a budget", () =>
    Effect.gen(function* () {
      const { data } = yield* Images.generate(gpt, { onGenerationId: () => nothing })
      expect(data).toHaveLength(1)
      expect((yield* statusOf).spentUsd).toBeCloseTo(yield* billed, 9)
      expect((yield* statusOf).reservedUsd).toBe(0)
    }).pipe(Effect.provide(over(Budget.layer({ limitUsd: 1 }))))
  )

  it.effect("as the hook of an attempt takes nobody's place", () => {
    const limited = RateLimit.layer({ concurrency: 1 }).pipe(Layer.provideMerge(emulated()))
    return Effect.gen(function* () {
      const exit = yield* Effect.exit(Images.generate(request, { onAttempt: nothing }))
      expect(Exit.isFailure(exit)).toBe(thing !== undefined)
      expect((yield* Images.generate(request)).data).toHaveLength(1)
    }).pipe(Effect.provide(limited))
  })

  it.effect("as a store of a budget is the store's error", () => {
    const store = Layer.succeed(Budget.BudgetStore, { modify: () => nothing as Effect.Effect<never> })
    const layer = over(Layer.provide(Budget.layerWithStore({ limitUsd: 1 }), store))
    return Effect.gen(function* () {
      expect(yield* Effect.flip(Budget.status)).toMatchObject({ _tag: "BudgetStoreError" })
      const error = yield* Effect.flip(Images.generate(request))
      expect(error).toMatchObject({ _tag: "BudgetExceededError", reason: "ledger", billing: "notBilled" })
    }).pipe(Effect.provide(layer))
  })
})
