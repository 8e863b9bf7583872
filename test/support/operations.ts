/** The operations, each with options of its call. */

import type * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Client, type Errors, Generations, Images, Key } from "effect-openrouter-images"

export const request = { model: "author/slug", prompt: "a red panda" }

type Operations<Name extends Errors.Operation, R> = Readonly<
  Record<Name, (options?: Client.RequestOptions) => Effect.Effect<unknown, Errors.OpenRouterError, R>>
>

/** The operations of `Images`. */
export const operations: Operations<Exclude<Errors.Operation, "getGeneration" | "getKey">, Images.Images> = {
  generate: (options) => Images.generate(request, options),
  generateStream: (options) => Stream.runDrain(Images.generateStream(request, options)),
  listModels: (options) => Images.listModels(options),
  listModelEndpoints: (options) => Images.listModelEndpoints("author/slug", options)
}

/** Those that ask about an account, by the client alone. */
export const questions: Operations<"getGeneration" | "getKey", Client.OpenRouterClient> = {
  getGeneration: (options) => Generations.get("gen-img-1790983552-TOdyb7qrp6185EBMwzAV", options),
  getKey: (options) => Key.get(options)
}
