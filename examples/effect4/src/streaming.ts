// Watches a picture come: each preview is saved under the same name, so that an open viewer shows it sharpen.
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, Layer, Redacted, Stream } from "effect"
import { Client, GeneratedImage, Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"

const program = Images.generateStream({
  model: "openai/gpt-image-1",
  prompt: "a lighthouse above a calm sea at dusk"
}).pipe(
  Stream.runForEach((event) =>
    Effect.gen(function* () {
      if (event._tag === "PartialImage") {
        yield* GeneratedImage.save(event.image, "lighthouse-preview")
        yield* Console.log(`preview ${event.partialImageIndex}`)
      }
      if (event._tag === "Completed") {
        const path = yield* GeneratedImage.save(event.image, "lighthouse")
        yield* Console.log(`${path} for $${event.usage?.cost}`)
      }
    })
  )
)

const ImagesLive = Images.layer.pipe(
  Layer.provide(Client.layer({ apiKey: Redacted.make("any-key-will-do") })),
  Layer.provide(Emulator.layerClient)
)

program.pipe(Effect.provide([ImagesLive, NodeServices.layer]), NodeRuntime.runMain)
