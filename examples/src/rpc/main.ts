// A server of pictures on 127.0.0.1, and a client that asks it: for a picture, for one with its previews, and for one that cannot be.
import { createServer } from "node:http"
import { HttpServer } from "@effect/platform"
import { NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer, Redacted, Stream } from "effect"
import { Client, Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { clientLayer, makeClient } from "./client.js"
import { ServerLive } from "./server.js"

const ImagesLive = Images.layer.pipe(
  Layer.provide(Client.layer({ apiKey: Redacted.make("any-key-will-do") })),
  Layer.provide(Emulator.layerClient)
)

const ask = Effect.gen(function* () {
  const client = yield* makeClient
  const { data, usage } = yield* client.Generate({ model: "bytedance-seed/seedream-4.0", prompt: "a paper boat" })
  for (const { bytes, dimensions, mediaType } of data) {
    yield* Console.log(mediaType, dimensions, `${bytes.length} bytes for $${usage?.cost}`)
  }
  yield* client
    .GenerateStream({ model: "openai/gpt-image-1-mini", prompt: "a paper boat" })
    .pipe(Stream.runForEach((event) => Console.log(event._tag)))
  // The error is the library's own class again.
  yield* client
    .Generate({ model: "nobody/nothing", prompt: "a paper boat" })
    .pipe(Effect.catchTag("NotFoundResponseError", (error) => Console.log(`${error.message} (${error.billing})`)))
}).pipe(Effect.scoped)

const program = HttpServer.addressFormattedWith((address) =>
  Effect.provide(ask, clientLayer(`${address.replace("0.0.0.0", "127.0.0.1")}/rpc`))
)

const HttpLive = ServerLive.pipe(
  Layer.provide(ImagesLive),
  Layer.provideMerge(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 }))
)

program.pipe(Effect.provide(HttpLive), NodeRuntime.runMain)
