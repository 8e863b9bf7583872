// What the programs of the tests have in common that make pictures within a shared budget, each in a process of its own.
import { FetchHttpClient } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Layer, Redacted } from "effect"
import { Budget, Catalog, Client, Images, Retry } from "effect-openrouter-images"

/** Provides what a budget needs whose ledger is the file at `path`, and whose calls go to `baseUrl`. */
export const overFile = (layer, { baseUrl, path }) =>
  layer.pipe(
    Layer.provide(Budget.layerStoreFile({ path })),
    Layer.provide(NodeContext.layer),
    Layer.provide(Catalog.layer()),
    Layer.provide(Images.layer),
    Layer.provide(Client.layer({ apiKey: Redacted.make("any-key"), baseUrl, retry: Retry.none })),
    Layer.provide(FetchHttpClient.layer)
  )

export const request = {
  model: "bytedance-seed/seedream-5-lite",
  prompt: "a red panda",
  size: "32x32",
  provider: { only: ["seed"] }
}
