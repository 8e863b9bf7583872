import { FetchHttpClient } from "@effect/platform"
import { describe, expect, layer } from "@effect/vitest"
import { OpenRouter } from "@openrouter/sdk"
import { Effect, Layer } from "effect"
import { Emulator } from "effect-openrouter-images-emulator"
import sharp from "sharp"
import { generated } from "./support/calls.js"

const sdk = Effect.map(
  Emulator.Emulator,
  ({ baseUrl }) => new OpenRouter({ apiKey: "sk-or-sdk", serverURL: baseUrl, retryConfig: { strategy: "none" } })
)

describe("the official SDK on the emulator", () => {
  layer(Layer.merge(FetchHttpClient.layer, Emulator.layerServer()))((it) => {
    it.effect("lists models", () =>
      Effect.gen(function* () {
        const client = yield* sdk
        const { data } = yield* Effect.promise(() => client.images.listModels())
        expect(data.map(({ id }) => id)).toContain("bytedance-seed/seedream-4.5")
      })
    )

    it.effect("lists the endpoints of a model", () =>
      Effect.gen(function* () {
        const client = yield* sdk
        const { endpoints, id } = yield* Effect.promise(() =>
          client.images.listModelEndpoints({ author: "google", slug: "gemini-3-pro-image" })
        )
        expect(id).toBe("google/gemini-3-pro-image")
        expect(endpoints[0]?.pricing[0]).toMatchObject({ billable: "output_image", unit: "image", costUsd: 0.134 })
      })
    )

    it.effect("generates a picture that an image library reads", () =>
      Effect.gen(function* () {
        const client = yield* sdk
        const response = yield* Effect.promise(() =>
          client.images.generate({
            imageGenerationRequest: {
              model: "bytedance-seed/seedream-5-lite",
              prompt: "a red panda",
              size: "320x240",
              stream: false
            }
          })
        )
        const b64Json = "data" in response ? response.data[0]?.b64Json : undefined
        const { format, height, width } = yield* Effect.promise(() =>
          sharp(Buffer.from(b64Json ?? "", "base64")).metadata()
        )
        expect({ format, height, width }).toEqual({ format: "png", height: 240, width: 320 })
      })
    )

    it.effect("tells what became of a generation, of the key and of the credits", () =>
      Effect.gen(function* () {
        const client = yield* sdk
        const { ledger, reset } = yield* Emulator.Emulator
        for (const fault of [undefined, { _tag: "Status", status: 502 }] as const) {
          yield* reset
          const id = (yield* generated({}, fault)) ?? ""
          const { data } = yield* Effect.promise(() => client.generations.getGeneration({ id }))
          const costUsd = (yield* ledger).reduce((sum, entry) => sum + entry.costUsd, 0)
          expect(data).toMatchObject({ id, totalCost: costUsd, apiType: "image", cancelled: false })
          const key = yield* Effect.promise(() => client.apiKeys.getCurrentKeyMetadata())
          expect(key.data).toMatchObject({ usage: costUsd, usageDaily: costUsd, limit: null })
          const credits = yield* Effect.promise(() => client.credits.getCredits())
          expect(credits.data.totalUsage).toBe(costUsd)
        }
      })
    )
  })
})
