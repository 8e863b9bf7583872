/** The same work without jobs: as many calls at once, and the pictures into the same kind of store. It says what it used. */
import { FetchHttpClient } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Config, Console, Effect, Layer, Stream } from "effect"
import { Client, Images } from "effect-openrouter-images"
import { ImageStore } from "effect-openrouter-images-jobs"
import { prompts } from "../prompts.js"

const program = Effect.gen(function* () {
  const pictures = yield* Config.integer("PICTURES")
  const concurrency = yield* Config.integer("CONCURRENCY")
  const store = yield* ImageStore.ImageStore
  const begun = performance.now()
  yield* prompts(pictures).pipe(
    Stream.mapEffect(
      (request) => Effect.flatMap(Images.generate(request), ({ data }) => Effect.forEach(data, store.put)),
      { concurrency, unordered: true }
    ),
    Stream.runDrain
  )
  const seconds = (performance.now() - begun) / 1000
  const { system, user } = process.cpuUsage()
  yield* Console.log(JSON.stringify({ perSecond: pictures / seconds, cpuMillis: (user + system) / 1000 / pictures }))
})

const imagesLive = Images.layer.pipe(Layer.provide(Client.layerConfig()), Layer.provide(FetchHttpClient.layer))
const storeLive = Layer.unwrapEffect(Effect.map(Config.string("STORE"), ImageStore.layerFolder))

program.pipe(
  Effect.provide(Layer.merge(imagesLive, storeLive).pipe(Layer.provide(NodeContext.layer))),
  NodeRuntime.runMain
)
