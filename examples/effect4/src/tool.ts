// A language model that draws: `Images` as a tool of `effect/ai`. The model hears where the picture is and what it cost,
// never its bytes. A failure is a result as well, so the conversation goes on.
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem, Layer, Path, Redacted, Schema, Stream } from "effect"
import { Chat, LanguageModel, Tool, Toolkit } from "effect/ai"
import { Client, GeneratedImage, Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"

const DrawPicture = Tool.make("DrawPicture", {
  description: "Draws a picture and saves it. Each picture costs money, so draw only what was asked for.",
  parameters: Schema.Struct({ prompt: Schema.String }),
  success: Schema.Struct({ file: Schema.String, costUsd: Schema.UndefinedOr(Schema.Finite) }),
  failure: Schema.Struct({ reason: Schema.String }),
  failureMode: "return",
  dependencies: [Images.Images, FileSystem.FileSystem, Path.Path]
})

const Drawing = Toolkit.make(DrawPicture)

/** The model says what is drawn; which image model draws it, and so what it costs, is ours to say. */
const DrawingLive = Drawing.toLayer({
  DrawPicture: ({ prompt }) =>
    Effect.gen(function* () {
      const { data, usage } = yield* Images.generate({ model: "krea/krea-2", prompt }).pipe(
        Effect.mapError(({ message }) => ({ reason: message }))
      )
      const [image] = data
      if (image === undefined) return yield* Effect.fail({ reason: "no picture came" })
      // A picture that is paid for and cannot be saved is no news for the model, but a defect of this program.
      return { file: yield* Effect.orDie(GeneratedImage.save(image, "picture")), costUsd: usage?.cost }
    })
})

/** In place of a real model, which is another layer here: it calls the tool once, then answers in words. */
const ScriptedModelLive = Layer.effect(
  LanguageModel.LanguageModel,
  LanguageModel.make({
    generateText: ({ prompt }) =>
      Effect.succeed(
        prompt.content.some(({ role }) => role === "tool")
          ? [{ type: "text", text: "Here is your paper boat." }]
          : [{ type: "tool-call", id: "call-1", name: "DrawPicture", params: { prompt: "a paper boat" } }]
      ),
    streamText: () => Stream.die(new Error("this script does not stream"))
  })
)

const program = Effect.gen(function* () {
  const chat = yield* Chat.empty
  const { toolResults } = yield* chat.generateText({ prompt: "Draw a paper boat.", toolkit: Drawing })
  for (const { isFailure, result } of toolResults)
    yield* Console.log(isFailure ? "refused:" : "drawn:", JSON.stringify(result))
  const { text } = yield* chat.generateText({ prompt: [], toolkit: Drawing })
  yield* Console.log(text)
})

const ImagesLive = Images.layer.pipe(
  Layer.provide(Client.layer({ apiKey: Redacted.make("any-key-will-do") })),
  Layer.provide(Emulator.layerClient)
)

program.pipe(Effect.provide([DrawingLive, ScriptedModelLive, ImagesLive, NodeServices.layer]), NodeRuntime.runMain)
