// pictures.ts
import { FetchHttpClient } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer, Stream } from "effect"
import { Client, Images } from "effect-openrouter-images"
import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
import * as Sqlite from "effect-openrouter-images-jobs/Sqlite"

const animals = ["red panda", "otter", "heron", "lynx", "toad", "hare", "owl", "badger", "fox", "crane"]
const places = ["in a rowing boat", "on a bicycle", "at a piano", "under an umbrella", "in a greenhouse"]
const requests = animals.flatMap((animal) =>
  places.map((place) => ({ model: "bytedance-seed/seedream-4.5", prompt: `a ${animal} ${place}` }))
)

const ImagesLive = Images.layer.pipe(Layer.provideMerge(Client.layerConfig()), Layer.provide(FetchHttpClient.layer))

const JobsLive = Layer.merge(Jobs.layer, Worker.layer({ concurrency: 4 })).pipe(
  Layer.provide(ImagesLive),
  Layer.provide(ImageStore.layerFolder("pictures")),
  Layer.provide(Sqlite.layer({ filename: "pictures.db" })),
  Layer.provide(NodeContext.layer)
)

const program = Effect.gen(function* () {
  yield* Jobs.submit(requests, { job: "animals", limitUsd: 5 })
  yield* Stream.runForEach(Jobs.watch("animals"), ({ done, failed, spentUsd, total }) =>
    Console.log(`${done} of ${total} done, ${failed} failed, $${spentUsd.toFixed(2)}`)
  )
  yield* Stream.runForEach(Jobs.results("animals"), ({ outcome, request }) =>
    outcome._tag === "Made"
      ? Console.log(`${request.prompt}: ${outcome.generation.pictures.map(({ reference }) => reference).join(" ")}`)
      : Console.error(`${request.prompt}: ${outcome.error.message}`)
  )
})

program.pipe(Effect.provide(JobsLive), NodeRuntime.runMain)
