import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Errors, Images, Key } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { faultOf, variables } from "./support/variables.js"

const request = { model: "bytedance-seed/seedream-4.5", prompt: "a red panda" }

describe("layerFromEnv", () => {
  it.scopedLive(
    "makes a picture over fetch with the key and the address of the environment, and knows its client",
    () =>
      Effect.gen(function* () {
        const { baseUrl, requests } = yield* Emulator.Emulator
        const live = Layer.provide(
          Images.layerFromEnv,
          variables({ OPENROUTER_API_KEY: "any-key-will-do", OPENROUTER_BASE_URL: baseUrl })
        )
        const made = Effect.zip(Images.generate(request), Key.get())
        const [{ data, usage }, key] = yield* Effect.provide(made, live)
        expect([data.length, usage?.cost, key.usageUsd]).toEqual([1, 0.04, 0.04])
        expect((yield* requests).map(({ path }) => path)).toEqual(["/api/v1/images", "/api/v1/key"])
      }).pipe(Effect.provide(Emulator.layerServer()))
  )

  it.effect("fails before anything is sent where there is no key, with words for whoever starts the program", () =>
    Effect.gen(function* () {
      const live = Layer.provide(Images.layerFromEnv, variables({}))
      const error = yield* Effect.flip(Effect.provide(Images.generate(request), live))
      expect(faultOf(error)).toEqual(["OPENROUTER_API_KEY", "missing"])
      expect(Errors.format(error)).toMatch(/^ConfigError\nwhat {8}OPENROUTER_API_KEY is not set/)
    })
  )

  it.effect("fails with an error that a program can catch by its tag", () =>
    Effect.gen(function* () {
      const live = Layer.provide(Images.layerFromEnv, variables({ OPENROUTER_API_KEY: " " }))
      const caught = Images.listModels().pipe(
        Effect.provide(live),
        Effect.catchTag("ConfigError", () => Effect.succeed("no key"))
      )
      expect(yield* caught).toBe("no key")
    })
  )
})
