/** `Images` that does what a test says, and nothing else. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Images, type ImagesSchema } from "effect-openrouter-images"

const unused = () => Effect.dieMessage("not used here")

export const partialImages = (service: Partial<Images.Service>): Layer.Layer<Images.Images> =>
  Layer.succeed(Images.Images, {
    generate: unused,
    generateStream: () => Stream.dieMessage("not used here"),
    listModels: unused,
    listModelEndpoints: unused,
    ...service
  })

/** Discovery of models whose one endpoint has this price list. */
export const priced = (
  pricing: ReadonlyArray<ImagesSchema.ImagePricingEntry>,
  supportedParameters: ImagesSchema.SupportedParameters = {}
): Pick<Images.Service, "listModelEndpoints"> => ({
  listModelEndpoints: (id) =>
    Effect.succeed({
      id: String(id),
      endpoints: [
        {
          providerName: "Only",
          providerSlug: "only",
          providerTag: null,
          supportedParameters,
          allowedPassthroughParameters: [],
          supportsStreaming: false,
          pricing
        }
      ]
    })
})
