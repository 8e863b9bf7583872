/** Routes as one app, which answers by the route that fits a request. */
import * as HttpApp from "@effect/platform/HttpApp"
import * as HttpRouter from "@effect/platform/HttpRouter"
import type { HttpServerRequest } from "@effect/platform/HttpServerRequest"
import type { HttpServerResponse } from "@effect/platform/HttpServerResponse"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** What a request brings to what answers it. */
export type Brought = HttpServerRequest | Scope.Scope

export type App = Effect.Effect<HttpServerResponse, never, Brought>

/** `elsewhere` answers where no route fits. */
export const appOf = (routes: ReadonlyArray<HttpRouter.Route>, elsewhere: App): Effect.Effect<App> =>
  Effect.map(
    HttpRouter.toHttpApp(HttpRouter.fromIterable(routes)),
    Effect.catchAll(() => elsewhere)
  )

/** The app as a function of the web, with the clock and all else of the effect that makes it. */
export const webHandlerOf = (app: App): Effect.Effect<(request: Request) => Promise<Response>> =>
  Effect.map(Effect.runtime<never>(), (runtime) => HttpApp.toWebHandlerRuntime(runtime)(app))
