// Serves the API on a free port of 127.0.0.1 and says where: open the page in a browser and watch a picture come. A day costs at most a dollar.
import { createServer } from "node:http"
import { HttpServer } from "@effect/platform"
import { NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { Layer, Redacted } from "effect"
import { Budget, Catalog, Client, Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { ServerLive } from "./server.js"

// The emulator draws slowly, so that one can see it.
const pace = { _tag: "Pace", keepAlives: 3, chunkBytes: 16_384, everyMillis: 20 }

// The emulator in memory; FetchHttpClient.layer in its place asks OpenRouter.
const BaseLive = Images.layer.pipe(
  Layer.provide(
    Client.layer({
      apiKey: Redacted.make("any-key-will-do"),
      headers: { "x-emulator-fault": JSON.stringify(pace) }
    })
  ),
  Layer.provide(Emulator.layerClient)
)

const ImagesLive = Budget.layer({ limitUsd: 1, window: "1 day" }).pipe(
  Layer.provide(Catalog.layer()),
  Layer.provide(BaseLive)
)

const HttpLive = ServerLive.pipe(
  HttpServer.withLogAddress,
  Layer.provide(ImagesLive),
  Layer.provide(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 }))
)

NodeRuntime.runMain(Layer.launch(HttpLive))
