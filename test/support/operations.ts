/** The four operations, each with options of its call. */

import type * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Client, type Errors, Images } from "effect-openrouter-images"

export const request = { model: "author/slug", prompt: "a red panda" }

export const operations: Readonly<
  Record<
    Errors.Operation,
    (options?: Client.RequestOptions) => Effect.Effect<unknown, Errors.OpenRouterError, Images.Images>
  >
> = {
  generate: (options) => Images.generate(request, options),
  generateStream: (options) => Stream.runDrain(Images.generateStream(request, options)),
  listModels: (options) => Images.listModels(options),
  listModelEndpoints: (options) => Images.listModelEndpoints("author/slug", options)
}
