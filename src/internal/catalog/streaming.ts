/** Which models stream, as the list of models says. The list is kept for a while, for each server that has one. */
import * as Effect from "effect/Effect"
import type { RequestOptions } from "../../Client.js"
import type { ImageModelListItem } from "../../Schema/ImageModel.js"
import { monotonicMillis } from "../concurrency/monotonic.js"
import { SingleFlight } from "../concurrency/singleFlight.js"

/** How a call reaches its server. */
type Route = Pick<RequestOptions, "baseUrl" | "fetchOptions" | "headers">

type Models = ReadonlyArray<Pick<ImageModelListItem, "id" | "supportsStreaming">>

interface Kept {
  readonly streaming: ReadonlySet<string>
  readonly at: number
}

const timeToLiveMillis = 10 * 60_000

/**
 * Whether a model streams. A list that cannot be had says that none does, and is asked for again by the next call. Any
 * number of callers share one request.
 */
export const make = <E>(
  list: (route: Route) => Effect.Effect<Models, E>
): ((model: string, route: Route) => Effect.Effect<boolean>) => {
  const flights = new SingleFlight<Kept, E>()
  const kept = new Map<string, Kept>()
  const ask = (server: string, route: Route): Effect.Effect<Kept, E> =>
    Effect.zipWith(list(route), monotonicMillis, (models, at) => {
      const streaming = new Set(models.filter(({ supportsStreaming }) => supportsStreaming).map(({ id }) => id))
      kept.set(server, { streaming, at })
      return { streaming, at }
    })
  return (model, { baseUrl, fetchOptions, headers }) =>
    Effect.flatMap(monotonicMillis, (now) => {
      const server = baseUrl ?? ""
      const known = kept.get(server)
      const age = known === undefined ? Number.POSITIVE_INFINITY : now - known.at
      // A caller's own clock may still go back. The age of the list is then unknown.
      if (known !== undefined && age >= 0 && age < timeToLiveMillis) return Effect.succeed(known.streaming.has(model))
      return Effect.match(flights.join(server, ask(server, { baseUrl, fetchOptions, headers })), {
        onFailure: () => false,
        onSuccess: ({ value }) => value.streaming.has(model)
      })
    })
}
