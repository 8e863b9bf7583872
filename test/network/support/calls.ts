/** The operations, over each client that speaks to a real network. */
import { FetchHttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Stream } from "effect"
import { Images } from "effect-openrouter-images"

export const request = { model: "author/slug", prompt: "a red panda in the snow" }

export const operations = {
  generate: Effect.asVoid(Images.generate(request)),
  generateStream: Stream.runDrain(Images.generateStream(request)),
  listModels: Effect.asVoid(Images.listModels())
}
export const names = ["generate", "generateStream", "listModels"] as const
export type Name = (typeof names)[number]

export const clients = {
  fetch: FetchHttpClient.layer,
  undici: NodeHttpClient.layerUndici,
  "node:http": NodeHttpClient.layer
}
