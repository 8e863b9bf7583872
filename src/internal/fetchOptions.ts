/** The options of `fetch` itself, for a FetchHttpClient: those that the client was made with, and those of a call. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** Ends the asking in `requestInitOf` before anything is sent. */
const asked = Symbol("asked")

/**
 * The RequestInit that an HttpClient was made with. What we provide takes its place, so it must be known to be merged; the client is asked
 * with a request that is given up while it is prepared, which is within the client's own context.
 */
export const requestInitOf = (client: HttpClient.HttpClient): Effect.Effect<RequestInit> =>
  Effect.suspend(() => {
    let found: RequestInit = {}
    const asking = HttpClient.mapRequestEffect(client, () =>
      Effect.flatMap(Effect.serviceOption(FetchHttpClient.RequestInit), (init) => {
        found = Option.getOrElse(init, () => ({}))
        return Effect.die(asked)
      })
    )
    return Effect.map(Effect.exit(asking.get("http://localhost")), () => found)
  })

/** A redirect of a POST would repeat it elsewhere: it is left to be seen. The caller's own `fetch` options win. */
export const withFetchOptions = (
  made: RequestInit,
  method: "GET" | "POST",
  options: RequestInit | undefined
): (<A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>) => {
  const ours: RequestInit = method === "POST" ? { redirect: "manual" } : {}
  return (effect) =>
    Effect.flatMap(Effect.serviceOption(FetchHttpClient.RequestInit), (theirs) =>
      Effect.provideService(effect, FetchHttpClient.RequestInit, {
        ...ours,
        ...made,
        ...Option.getOrElse(theirs, () => ({})),
        ...options
      })
    )
}
