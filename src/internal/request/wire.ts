/** How `generate` asks for its answer: as JSON, or as events that it joins. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { RequestOptions } from "../../Client.js"
import type { Issue, ListModelsError } from "../../Errors.js"
import { show } from "../../Issue.js"
import type { ImageModelsListResponse } from "../../Schema/ImageModel.js"

type Wire = NonNullable<RequestOptions["wire"]>

export const wireOf = ({ wire = "json" }: RequestOptions = {}): Either.Either<Wire, ReadonlyArray<Issue>> =>
  wire === "auto" || wire === "json" || wire === "events"
    ? Either.right(wire)
    : Either.left([{ path: ["wire"], message: `must be "auto", "json" or "events", got ${show(wire)}` }])

/**
 * Decides whether to ask for events. For `auto` that is where the model streams, by a list of models that is kept for ten
 * minutes. Where there is no list, no model streams, and the next call asks for the list again.
 */
export const makeAsEvents = (
  listModels: Effect.Effect<ImageModelsListResponse, ListModelsError>
): Effect.Effect<(wire: Wire, model: string) => Effect.Effect<boolean>> => {
  const list = Effect.map(
    listModels,
    ({ data }) => new Set(data.filter(({ supportsStreaming }) => supportsStreaming).map(({ id }) => id))
  )
  return Effect.map(Effect.cachedInvalidateWithTTL(list, "10 minutes"), ([streaming, forget]) => (wire, model) => {
    if (wire !== "auto") return Effect.succeed(wire === "events")
    return Effect.match(
      Effect.tapError(streaming, () => forget),
      { onFailure: () => false, onSuccess: (models) => models.has(model.trim()) }
    )
  })
}
