// One program, two providers: posters by OpenRouter, as long as a budget of five cents lasts, and by a service of sketches from then on.
import { createServer } from "node:http"
import { FetchHttpClient, HttpServer } from "@effect/platform"
import { NodeContext, NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer, Redacted } from "effect"
import { Budget, Catalog, Client, GeneratedImage, Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import * as OpenRouterImageModel from "./OpenRouterImageModel.js"
import { billingOf } from "./openRouterErrors.js"
import { poster } from "./poster.js"
import * as SketchImageModel from "./SketchImageModel.js"
import { SketchServerLive } from "./sketchServer.js"

const ByOpenRouter = OpenRouterImageModel.model("bytedance-seed/seedream-4.0")

/** The same program by whichever provider may draw it. */
const draw = (title: string, sketches: SketchImageModel.Options) =>
  poster(title).pipe(
    Effect.provide(ByOpenRouter),
    // Another provider only where nothing was paid: a picture that may have been billed is not bought a second time.
    Effect.catchIf(
      (error) => billingOf(error) === "notBilled",
      () => Effect.provide(poster(title), SketchImageModel.model(sketches))
    )
  )

const program = HttpServer.addressFormattedWith((address) =>
  Effect.forEach(["Paper Boats", "The Red Panda"], (title) =>
    Effect.gen(function* () {
      const drawn = yield* draw(title, { baseUrl: address.replace("0.0.0.0", "127.0.0.1") })
      for (const { data, mediaType } of drawn.images) {
        const file = yield* GeneratedImage.save(GeneratedImage.make(data, mediaType), title)
        yield* Console.log(`${file} by ${drawn.provider}${drawn.costUsd === undefined ? "" : ` for $${drawn.costUsd}`}`)
      }
    })
  )
)

// The emulator in memory; FetchHttpClient.layer in its place asks OpenRouter.
const ImagesLive = Budget.layer({ limitUsd: 0.05 }).pipe(
  Layer.provide(Catalog.layer()),
  Layer.provide(Images.layer),
  Layer.provide(Client.layer({ apiKey: Redacted.make("any-key-will-do") })),
  Layer.provide(Emulator.layerClient)
)

const SketchesLive = SketchServerLive.pipe(
  Layer.provideMerge(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 }))
)

program.pipe(Effect.provide([ImagesLive, SketchesLive, FetchHttpClient.layer, NodeContext.layer]), NodeRuntime.runMain)
