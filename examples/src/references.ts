// A picture made from a picture: the first answer becomes the reference of the second request.
import { NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer, Redacted } from "effect"
import { Client, Images, InputReference } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"

const model = "google/gemini-2.5-flash-image"

const program = Effect.gen(function* () {
  const draft = yield* Images.generate({ model, prompt: "a red panda, pencil sketch" })
  const final = yield* Images.generate({
    model,
    prompt: "the same panda, in oil colours",
    aspectRatio: "4:3",
    inputReferences: draft.data.map(InputReference.fromImage)
  })
  yield* Console.log(final.data[0]?.dimensions, final.generationId)
})

const ImagesLive = Images.layer.pipe(
  Layer.provide(Client.layer({ apiKey: Redacted.make("any-key-will-do") })),
  Layer.provide(Emulator.layerClient)
)

program.pipe(Effect.provide(ImagesLive), NodeRuntime.runMain)
