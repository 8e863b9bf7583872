// Overlay: a router of Effect 4 is a service that routes are added to.
/** Routes as one app, which answers by the route that fits a request. */
import * as Effect from "effect/Effect"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import type * as Scope from "effect/Scope"

/** What a request brings to what answers it. */
export type Brought = HttpServerRequest | Scope.Scope

export type App = Effect.Effect<HttpServerResponse, never, Brought>

/** `elsewhere` answers where no route fits. */
export const appOf = (routes: ReadonlyArray<HttpRouter.Route>, elsewhere: App): Effect.Effect<App> =>
  Effect.flatMap(HttpRouter.make, (router) =>
    Effect.as(
      router.addAll(routes),
      Effect.catch(router.asHttpEffect(), () => elsewhere)
    )
  )

/** The app as a function of the web, with the clock and all else of the effect that makes it. */
export const webHandlerOf = (app: App): Effect.Effect<(request: Request) => Promise<Response>> =>
  Effect.map(Effect.context<never>(), (context) => HttpEffect.toWebHandlerWith<never, Brought>(context)(app))
