// The shortest whole program: a picture, saved. It runs on the emulator; with FetchHttpClient.layer in its place, and
// Client.layerConfig(), the same program calls OpenRouter.
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, Layer, Redacted } from "effect"
import { Client, GeneratedImage, Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"

const program = Effect.gen(function* () {
  const { data, usage } = yield* Images.generate({
    model: "bytedance-seed/seedream-4.5",
    prompt: "a red panda astronaut floating in space, studio lighting"
  })
  for (const [i, image] of data.entries()) {
    yield* Console.log(yield* GeneratedImage.save(image, `panda-${i}`), image.dimensions, `$${usage?.cost}`)
  }
})

const ImagesLive = Images.layer.pipe(
  Layer.provide(Client.layer({ apiKey: Redacted.make("any-key-will-do") })),
  Layer.provide(Emulator.layerClient)
)

program.pipe(Effect.provide([ImagesLive, NodeServices.layer]), NodeRuntime.runMain)
