// Watches a picture come: each preview is saved under the same name as soon as it is there, so that an open viewer shows it sharpen.
// The emulator is told to take its time.
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Clock, Console, Effect, Layer, Redacted, Stream } from "effect"
import { Client, GeneratedImage, Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"

const program = Effect.gen(function* () {
  const emulator = yield* Emulator.Emulator
  yield* emulator.script([{ _tag: "Pace", keepAlives: 2, chunkBytes: 16_384, everyMillis: 20 }])
  const start = yield* Clock.currentTimeMillis
  const seconds = Effect.map(Clock.currentTimeMillis, (now) => `${((now - start) / 1000).toFixed(1)} s`)

  yield* Images.generateStream({ model: "openai/gpt-image-1", prompt: "a lighthouse above a calm sea at dusk" }).pipe(
    Stream.runForEach((event) =>
      Effect.gen(function* () {
        if (event._tag === "PartialImage") {
          const path = yield* GeneratedImage.save(event.image, "lighthouse-preview")
          yield* Console.log(`${yield* seconds}  preview ${event.partialImageIndex}: ${path}`)
        }
        if (event._tag === "Completed") {
          const path = yield* GeneratedImage.save(event.image, "lighthouse")
          yield* Console.log(`${yield* seconds}  the picture, for $${event.usage?.cost}: ${path}`)
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
