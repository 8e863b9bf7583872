/** What the page asks the catalogue: models, the price of one picture of each, and the price of what is chosen. */
import * as Effect from "effect/Effect"
import { Catalog, type Errors, type ImagesSchema, Quote } from "effect-openrouter-images"

/** Of all the endpoints of each model together. */
export const prices: Effect.Effect<
  ReadonlyMap<string, Quote.UsdRange>,
  Errors.ListModelEndpointsError,
  Catalog.Catalog
> = Effect.map(Catalog.find(), (offers) => {
  const all = new Map<string, Quote.UsdRange>()
  for (const { maxUsd, minUsd, model } of offers) {
    const known = all.get(model) ?? { minUsd, maxUsd }
    all.set(model, { minUsd: Math.min(known.minUsd, minUsd), maxUsd: Math.max(known.maxUsd, maxUsd) })
  }
  return all
})

/** A prompt that is not written yet is priced as a usual one. */
export const quote = (
  request: ImagesSchema.ImageGenerationRequest
): Effect.Effect<Quote.Quote, Errors.ListModelEndpointsError, Catalog.Catalog> =>
  Quote.estimate({ ...request, prompt: request.prompt || "a picture of usual length" })
