/** A budget over the emulator. */
import { Effect, Layer } from "effect"
import { Budget, Catalog, type Client, type Images, type ImagesSchema } from "effect-openrouter-images"
import type { Emulator } from "effect-openrouter-images-emulator"
import { emulated } from "./emulated.js"

type Request = ImagesSchema.ImageGenerationRequest

/** A picture costs 4 cents at one endpoint and 4.5 at the other; only the first is asked. */
export const request: Request = {
  model: "bytedance-seed/seedream-5-lite",
  prompt: "a red panda",
  size: "32x32",
  provider: { only: ["seed"] }
}
export const gpt: Request = { model: "openai/gpt-image-1-mini", prompt: "a red panda", size: "32x32" }

export const within = (
  options: Budget.Options
): Layer.Layer<Images.Images | Client.OpenRouterClient | Budget.Budget | Emulator.Emulator> =>
  Budget.layer(options).pipe(Layer.provide(Catalog.layer()), Layer.provideMerge(emulated()))

export const statusOf = Effect.map(Budget.status, ({ remainingUsd, reservedUsd, spentUsd }) => ({
  spentUsd,
  reservedUsd,
  remainingUsd
}))

export const lost = { _tag: "Reset", at: "head", afterCompletion: true } as const
