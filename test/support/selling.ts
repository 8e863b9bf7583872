/** A model whose price and whose answers are as a test says, within a budget. */
import { Effect, Layer, Stream } from "effect"
import { Budget, Catalog, type Errors, Images, ImagesSchema } from "effect-openrouter-images"
import { image } from "./fakeImages.js"
import { partialImages, priced } from "./partialImages.js"

/** Numbers that are no amount of money. */
export const nonsense = [-1, -0.000001, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
export const asked = { model: "a/b", prompt: "a cat" } as const
export const tokens = { promptTokens: 0, completionTokens: 0, totalTokens: 0 }
export type Usage = Partial<ImagesSchema.ImageGenerationUsage>

export const answered = (usage: Usage | undefined): ImagesSchema.ImageGenerationResponse => ({
  created: 1,
  data: [image],
  ...(usage === undefined ? {} : { usage: { ...tokens, ...usage } })
})

/** A model at one price a picture, whose answers say that they used this, buffered and streamed. */
export const selling = (costUsd: number, usage: Usage | undefined): Layer.Layer<Images.Images> => {
  const response = answered(usage)
  const completed = new ImagesSchema.Completed({
    image,
    created: 1,
    ...(response.usage ? { usage: response.usage } : {})
  })
  return partialImages({
    ...priced([{ billable: "output_image", unit: "image", costUsd }]),
    generate: () => Effect.succeed(response),
    generateStream: () => Stream.make(completed)
  })
}

export const budgeted = (options: Budget.Options, images: Layer.Layer<Images.Images>) =>
  Budget.layer(options).pipe(Layer.provide(Catalog.layer()), Layer.provide(images))

export const ways: Readonly<Record<string, Effect.Effect<void, Errors.GenerateStreamError, Images.Images>>> = {
  buffered: Effect.asVoid(Images.generate(asked)),
  streamed: Stream.runDrain(Images.generateStream(asked))
}
