/** Routes as one app, which answers every request by the route that fits it. */
import * as HttpApp from "@effect/platform/HttpApp"
import * as HttpRouter from "@effect/platform/HttpRouter"
import type { HttpServerRequest } from "@effect/platform/HttpServerRequest"
import type { HttpServerResponse } from "@effect/platform/HttpServerResponse"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export type App = Effect.Effect<HttpServerResponse, unknown, HttpServerRequest | Scope.Scope>

export const appOf = (routes: ReadonlyArray<HttpRouter.Route>): Effect.Effect<App> =>
  HttpRouter.toHttpApp(HttpRouter.fromIterable(routes))

/** The app as a function of the web, with the clock and all else of the effect that makes it. */
export const webHandlerOf = (app: App): Effect.Effect<(request: Request) => Promise<Response>> =>
  Effect.map(Effect.runtime<never>(), (runtime) => HttpApp.toWebHandlerRuntime(runtime)(app))
