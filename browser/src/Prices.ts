/** What the page asks the catalogue: the price of what is chosen, with each model. */
import * as Effect from "effect/Effect"
import { type Catalog, type ImagesSchema, Quote } from "effect-openrouter-images"
import { needsReferences } from "./Capabilities.js"
import { type Choice, requestOf, within } from "./Choice.js"
import type { Quotes } from "./State.js"

type Model = ImagesSchema.ImageModelListItem

/** A prompt that is not written yet is priced as a usual one. */
const quote = (request: ImagesSchema.ImageGenerationRequest) =>
  Effect.either(Quote.estimate({ ...request, prompt: request.prompt || "a picture of usual length" }))

/** The choice with each of the models, as far as each can follow it. */
export const quotes = (choice: Choice, models: ReadonlyArray<Model>): Effect.Effect<Quotes, never, Catalog.Catalog> =>
  Effect.forEach(
    models.filter((model) => !needsReferences(model)),
    (model) => Effect.map(quote(requestOf(within(choice, model))), (found) => [model.id, found] as const),
    { concurrency: 8 }
  ).pipe(Effect.map((all) => ({ choice, byModel: new Map(all) })))
