// Two generations over one connection: "first", then, once a line comes in, the second one with the default policy and what came of it.
import { once } from "node:events"
import { FetchHttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Layer, Redacted } from "effect"
import { Client, Images } from "effect-openrouter-images"

const [baseUrl, name] = process.argv.slice(2)
const http = {
  fetch: () => FetchHttpClient.layer,
  undici: () => NodeHttpClient.layerUndici,
  "node:http": () => Layer.provide(NodeHttpClient.layerWithoutAgent, NodeHttpClient.makeAgentLayer({ keepAlive: true }))
}[name]()

const generate = Images.generate({ model: "author/slug", prompt: "a red panda" })

const program = Effect.gen(function* () {
  yield* generate
  console.log("first")
  yield* Effect.promise(() => once(process.stdin, "data"))
  const error = yield* Effect.flip(generate)
  const { _tag, billing, code, description, phase } = error
  console.log(JSON.stringify({ _tag, billing, code, description, phase }))
})

await program.pipe(
  Effect.provide(
    Layer.provide(
      Images.layer,
      Client.layer({ baseUrl, apiKey: Redacted.make("any-key"), allowInsecure: true, timeout: "30 seconds" })
    )
  ),
  Effect.provide(http),
  Effect.runPromise
)
process.exit(0)
