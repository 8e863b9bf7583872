// The tool that lets a language model draw: what the model may ask for, what it is told of the picture, and what when there is none.
import { Tool, Toolkit } from "@effect/ai"
import type { FileSystem, Path } from "@effect/platform"
import { Effect, Schema } from "effect"
import { type Errors, GeneratedImage, Images } from "effect-openrouter-images"

/** Where the picture is, not the picture: as base64 it would fill the model's context, and cost tokens each turn. */
const Picture = Schema.Struct({
  file: Schema.String,
  width: Schema.optional(Schema.Number),
  height: Schema.optional(Schema.Number),
  costUsd: Schema.optional(Schema.Number)
})

/** Why there is none, in words that a model can act on. Headers, bodies and ids of an error are none of its business. */
export const NoPicture = Schema.Struct({
  reason: Schema.Literal("budgetExceeded", "promptRefused", "badParameters", "unavailable"),
  whatToDo: Schema.String
})

const GeneratePicture = Tool.make("GeneratePicture", {
  description: "Draws a picture and saves it. Each picture costs money, so draw only what was asked for.",
  parameters: {
    prompt: Schema.String.annotations({ description: "What the picture shows, in one or two sentences" }),
    // Not optional: the strict mode of some providers wants every parameter.
    aspectRatio: Schema.Literal("1:1", "16:9", "9:16").annotations({ description: "Width to height" })
  },
  success: Picture,
  failure: NoPicture,
  // The model hears of a failure, as the result of its call, and the conversation goes on.
  failureMode: "return"
})

export const PictureTools = Toolkit.make(GeneratePicture)

/** It may have been paid for: another try is the user's decision. */
const unavailable: typeof NoPicture.Type = {
  reason: "unavailable",
  whatToDo: "Do not try again. Say that drawing does not work at the moment."
}

/** What the model is told. The account's own faults (no credits, a wrong key) are all the same to it. */
const explain = (error: Errors.GenerateError): typeof NoPicture.Type => {
  switch (error._tag) {
    case "BudgetExceededError":
      return { reason: "budgetExceeded", whatToDo: "Draw no more. Say what is missing, and why." }
    case "ForbiddenResponseError":
      return { reason: "promptRefused", whatToDo: "Describe something harmless, or say that you cannot draw this." }
    case "BadRequestResponseError":
    case "InvalidRequestError":
      return { reason: "badParameters", whatToDo: `Correct the call: ${error.message}` }
    default:
      return unavailable
  }
}

/** The model chooses what is drawn; which image model draws it, how large, and so what it costs, is ours to say. */
const draw = ({ aspectRatio, prompt }: Tool.Parameters<typeof GeneratePicture>) =>
  Effect.gen(function* () {
    const { data, generationId, usage } = yield* Images.generate({
      model: "bytedance-seed/seedream-4.0",
      prompt,
      aspectRatio,
      resolution: "1K"
    }).pipe(
      Effect.tapError((error) => Effect.logDebug("no picture", error)),
      Effect.mapError(explain)
    )
    const [image] = data
    if (image === undefined) return yield* Effect.fail(unavailable)
    // A picture that is paid for and cannot be saved is no news for the model, but a defect of this program.
    const file = yield* Effect.orDie(GeneratedImage.save(image, generationId ?? "picture"))
    return { file, ...image.dimensions, ...(usage?.cost === undefined ? {} : { costUsd: usage.cost }) }
  })

/** The tool's hands: Images, with whatever layers it has, and a folder. */
export const PictureToolsLive = PictureTools.toLayer(
  Effect.map(Effect.context<Images.Images | FileSystem.FileSystem | Path.Path>(), (context) => ({
    GeneratePicture: (parameters) => Effect.provide(draw(parameters), context)
  }))
)
