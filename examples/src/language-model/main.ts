// A language model that draws within a budget: seven cents, and three cents a picture. When the budget is used up nothing more is sent; the
// model is told so as the result of its call, and answers in words.
import { Chat } from "@effect/ai"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer, Redacted } from "effect"
import { Budget, Catalog, Client, Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { ScriptedModelLive } from "./scriptedModel.js"
import { PictureTools, PictureToolsLive } from "./tools.js"

// The emulator in memory; FetchHttpClient.layer in its place asks OpenRouter.
const BaseLive = Images.layer.pipe(
  Layer.provide(Client.layer({ apiKey: Redacted.make("any-key-will-do") })),
  Layer.provide(Emulator.layerClient)
)

// The budget lies between the tool and OpenRouter, so it holds whatever the model asks for.
const ImagesLive = Budget.layer({ limitUsd: 0.07 }).pipe(Layer.provide(Catalog.layer()), Layer.provide(BaseLive))

// A real language model is another layer here, and nothing else changes:
//
//   import { OpenAiClient, OpenAiLanguageModel } from "@effect/ai-openai"
//
//   const ModelLive = OpenAiLanguageModel.layer({ model: "gpt-5" }).pipe(
//     Layer.provide(OpenAiClient.layerConfig({ apiKey: Config.redacted("OPENAI_API_KEY") })),
//     Layer.provide(FetchHttpClient.layer)
//   )
//
// @effect/ai-openrouter has the same two layers, and takes the key that the pictures take.
const ModelLive = ScriptedModelLive

/** A model that calls tools wants their results and another turn, but not for ever. */
const mostTurns = 10

const program = Effect.gen(function* () {
  const chat = yield* Chat.empty
  let response = yield* chat.generateText({ prompt: "Draw a meadow in each season.", toolkit: PictureTools })
  for (let turn = 1; response.toolCalls.length > 0 && turn < mostTurns; turn++) {
    for (const { isFailure, result } of response.toolResults) {
      yield* Console.log(isFailure ? "refused:" : "drawn:", JSON.stringify(result))
    }
    response = yield* chat.generateText({ prompt: [], toolkit: PictureTools })
  }
  yield* Console.log(response.text)
  const { remainingUsd, spentUsd } = yield* Budget.status
  yield* Console.log(`spent $${spentUsd}, left $${remainingUsd}`)
})

const ProgramLive = Layer.mergeAll(
  ModelLive,
  PictureToolsLive.pipe(Layer.provideMerge(ImagesLive), Layer.provide(NodeContext.layer))
)

program.pipe(Effect.provide(ProgramLive), NodeRuntime.runMain)
