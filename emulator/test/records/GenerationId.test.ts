import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Generations } from "effect-openrouter-images"
import * as GenerationId from "../../src/records/GenerationId.js"

describe("the id of a generation", () => {
  it.effect("says that the emulator made it, which no id of the API does", () =>
    Effect.gen(function* () {
      for (const id of yield* Effect.replicateEffect(GenerationId.make, 20)) {
        expect([id, Generations.isEmulated(id)]).toEqual([id, true])
      }
      for (const id of ["gen-img-1790983552-TOdyb7qrp6185EBMwzAV", "gen-emulated", "emulated", ""]) {
        expect([id, Generations.isEmulated(id)]).toEqual([id, false])
      }
    })
  )
})
