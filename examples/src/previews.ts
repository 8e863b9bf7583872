// Watches a picture come: each preview is saved under the same name as soon as it is there, so that an open viewer shows it sharpen, and
// the server's signs of life tell how long it takes. The emulator is told to take its time.
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Console, Duration, Effect, Layer, Redacted, Stream } from "effect"
import { Client, GeneratedImage, ImageStream, Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"

const request = { model: "openai/gpt-image-1", prompt: "a lighthouse above a calm sea at dusk" }

const program = Effect.gen(function* () {
  const emulator = yield* Emulator.Emulator
  yield* emulator.script([{ _tag: "Pace", keepAlives: 3, chunkBytes: 16_384, everyMillis: 20 }])

  yield* ImageStream.withProgress((options) => Images.generateStream(request, options)).pipe(
    Stream.runForEach((event) =>
      Effect.gen(function* () {
        switch (event._tag) {
          case "Progress":
            return yield* Console.log(`at work for ${Duration.format(event.elapsed)}`)
          case "PartialImage":
            return yield* Console.log(
              `preview ${event.partialImageIndex}: ${yield* GeneratedImage.save(event.image, "lighthouse-preview")}`
            )
          case "Completed":
            return yield* Console.log(
              `the picture, for $${event.usage?.cost}: ${yield* GeneratedImage.save(event.image, "lighthouse")}`
            )
          default:
            return
        }
      })
    )
  )
})

const ImagesLive = Images.layer.pipe(
  Layer.provide(Client.layer({ apiKey: Redacted.make("any-key-will-do") })),
  Layer.provideMerge(Emulator.layerClient)
)

program.pipe(Effect.provide([ImagesLive, NodeContext.layer]), NodeRuntime.runMain)
