/** The options of `fetch` itself, for a FetchHttpClient: the client's own and those of a call. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Option from "effect/Option"

/** The defect that ends the probe in `requestInitOf`. */
const asked = Symbol("asked")

/**
 * The RequestInit that an HttpClient was made with, which only the client's own context holds. To find it, this sends
 * the client a probe request when it first runs, and keeps what it found. The probe ends within that context, before
 * any other part of the client, or of its user's code, sees it.
 */
export const requestInitOf = (client: HttpClient.HttpClient): Effect.Effect<RequestInit> => {
  let found: RequestInit | undefined
  const asking = HttpClient.mapRequestInputEffect(client, () =>
    Effect.flatMap(Effect.serviceOption(FetchHttpClient.RequestInit), (init) => {
      found = Option.getOrUndefined(init)
      return Effect.die(asked)
    })
  )
  const look = Effect.map(Effect.exit(asking.get("http://localhost")), () => {
    found ??= {}
    return found
  })
  return Effect.suspend(() => (found === undefined ? look : Effect.succeed(found)))
}

/**
 * Adds the options of a call to those of the client (`made`), which they would otherwise replace. A redirect of a POST
 * would repeat it at another address, so it is not followed but reported. The caller's own options win.
 */
export const withFetchOptions = (
  made: Effect.Effect<RequestInit>,
  method: "GET" | "POST",
  options: RequestInit | undefined
): (<A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>) => {
  if (method === "GET" && options === undefined) return identity
  const ours: RequestInit = method === "POST" ? { redirect: "manual" } : {}
  const withInit =
    (init: RequestInit) =>
    <R>(context: Context.Context<R>): Context.Context<R> =>
      Context.add(context, FetchHttpClient.RequestInit, {
        ...ours,
        ...init,
        ...Option.getOrElse(Context.getOption(context, FetchHttpClient.RequestInit), () => ({})),
        ...options
      })
  return (effect) => Effect.flatMap(made, (init) => Effect.mapInputContext(effect, withInit(init)))
}
