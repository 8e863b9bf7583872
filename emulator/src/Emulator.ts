/**
 * OpenRouter's Images API without OpenRouter: real pictures, a ledger of what was billed, and every fault on demand.
 *
 * `layerClient` answers in memory, `layerServer` on a loopback port. Both run the same handlers. You change between
 * them and the real API by changing one layer.
 */
import { createServer } from "node:http"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpMiddleware from "@effect/platform/HttpMiddleware"
import * as HttpServer from "@effect/platform/HttpServer"
import type { ServeError } from "@effect/platform/HttpServerError"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { hangUpHeader } from "./faults/Spoil.js"
import * as Handlers from "./Handlers.js"
import { webHandlerOf } from "./Routes.js"
import * as State from "./State.js"

export type { Settings } from "./records/Account.js"
export type { Lateness } from "./records/Lateness.js"

/** What a test can see and control. */
export interface Service extends Pick<State.State, "ledger" | "requests" | "script" | "records" | "account" | "reset"> {
  /** The address for a client's `baseUrl`. */
  readonly baseUrl: string
}

export class Emulator extends Context.Tag("effect-openrouter-images-emulator/Emulator")<Emulator, Service>() {}

const serviceOf = (state: State.State, baseUrl: string): Service => ({
  baseUrl,
  ledger: state.ledger,
  requests: state.requests,
  script: state.script,
  records: state.records,
  account: state.account,
  reset: state.reset
})

/** A `fetch` that calls a handler. Like the real one it rejects when it is aborted or the connection is reset. */
const fetchOf =
  (handler: (request: Request) => Promise<Response>): typeof globalThis.fetch =>
  (input, init) => {
    const request = new Request(input, init)
    return new Promise((resolve, reject) => {
      request.signal.addEventListener("abort", () => reject(request.signal.reason), { once: true })
      handler(request).then((response) => {
        if (response.headers.get(hangUpHeader) === null) resolve(response)
        else reject(new TypeError("fetch failed", { cause: { code: "ECONNRESET", message: "read ECONNRESET" } }))
      }, reject)
    })
  }

/** The traces of a program are to show the program alone. */
const withoutTraces = HttpMiddleware.withTracerDisabledWhen(() => true)

/** How fast an emulator draws. */
export interface Pace {
  /** How long a stream pauses before each preview, and before its picture. Default: not at all. */
  readonly pause?: Duration.DurationInput
}

/** `layerClient`, for people: at a pace at which they see the previews of a stream one after the other. */
export const layerClientWith = ({ pause = 0 }: Pace): Layer.Layer<HttpClient.HttpClient | Emulator> =>
  Layer.unwrapEffect(
    Effect.map(State.make, (state) => {
      const fetch = Layer.effect(
        FetchHttpClient.Fetch,
        Effect.map(Effect.flatMap(Handlers.make(state, Duration.decode(pause)), webHandlerOf), fetchOf)
      ).pipe(withoutTraces)
      return Layer.merge(
        // Otherwise a program that also uses the real `fetch` would have one HttpClient in both places.
        Layer.fresh(Layer.provide(FetchHttpClient.layer, fetch)),
        Layer.succeed(Emulator, serviceOf(state, "http://emulator.invalid/api/v1"))
      )
    })
  )

/** The emulator in memory, as the HttpClient itself. It answers below `/api/v1`, whatever the base URL's host is. */
export const layerClient: Layer.Layer<HttpClient.HttpClient | Emulator> = layerClientWith({})

/** The emulator on a port of 127.0.0.1 (0, the default, picks a free one), for as long as the layer's scope lasts. */
export const layerServer = (options: { readonly port?: number } = {}): Layer.Layer<Emulator, ServeError> =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const state = yield* State.make
      const server = NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: options.port ?? 0 })
      const emulator = Layer.effect(
        Emulator,
        HttpServer.addressFormattedWith((address) =>
          Effect.succeed(serviceOf(state, `${address.replace("0.0.0.0", "127.0.0.1")}/api/v1`))
        )
      )
      return Layer.merge(HttpServer.serve(yield* Handlers.make(state, Duration.zero)), emulator).pipe(
        Layer.provide(server),
        withoutTraces
      )
    })
  )
