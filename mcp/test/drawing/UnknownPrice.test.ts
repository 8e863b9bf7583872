import { KeyValueStore } from "@effect/platform"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Budget, Catalog, ImageStream, Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { billed, emulated } from "../../../test/support/emulated.js"
import * as UnknownPrice from "../../src/drawing/UnknownPrice.js"

const request = { model: "bytedance-seed/seedream-4.0", prompt: "a paper boat" }

const calls = {
  generate: Images.generate(request),
  generateStream: ImageStream.runFinal(Images.generateStream(request))
}

describe("a call whose price is unknown", () => {
  for (const [name, call] of Object.entries(calls)) {
    // Each has a catalogue of its own, which has not seen the price
    const Live = Layer.fresh(
      UnknownPrice.layer({ limitUsd: 1, window: "1 day" }).pipe(
        Layer.provide(Budget.layerStoreKeyValueStore()),
        Layer.provide(KeyValueStore.layerMemory),
        Layer.provide(Catalog.layer()),
        Layer.provideMerge(emulated())
      )
    )
    layer(Live)((it) => {
      it.effect(`is refused by ${name}, and goes through where the person has agreed to it`, () =>
        Effect.gen(function* () {
          const emulator = yield* Emulator.Emulator
          yield* emulator.script(Array.from({ length: 2 }, () => ({ _tag: "Edit", how: "oddPrice" }) as const))
          const error = yield* Effect.flip(call)
          expect(error).toMatchObject({ _tag: "BudgetExceededError", reason: "unknownCost", billing: "notBilled" })
          expect(yield* billed).toBe(0)
          yield* Effect.provideService(call, UnknownPrice.Accepted, true)
          expect(yield* billed).toBeCloseTo(0.03)
          expect(yield* Budget.status).toMatchObject({ spentUsd: 0.03, reservedUsd: 0 })
        })
      )
    })
  }
})
