import { HttpClient, type HttpClientError, type HttpClientRequest, HttpClientResponse } from "@effect/platform"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Client, Images } from "effect-openrouter-images"
import { noAnswer } from "./clientFailure.js"

/** What a scripted server does with one request. */
export type Answer = Effect.Effect<Response, HttpClientError.HttpClientError>

/** An answer whose body is this JSON. */
export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer =>
  Effect.sync(
    () => new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } })
  )

/** An answer with a body that is not OpenRouter's. */
export const page = (status: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  Effect.sync(() => new Response("<html><title>Oops</title></html>", { status, headers }))

/** An error in OpenRouter's own envelope. */
export const refusal = (
  status: number,
  headers?: Readonly<Record<string, string>>,
  code: number | string = status
): Answer => json(status, { error: { code, message: "it did not work" } }, headers)

/** A 402 for a call that other calls hold the credits of; by its reason it passes, or never does. */
export const inFlight = (
  reason: "in_flight_budget_exhausted" | "weight_exceeds_budget" = "in_flight_budget_exhausted",
  headers?: Readonly<Record<string, string>>
): Answer => {
  const metadata = { limit_source: "openrouter_in_flight_budget", reason }
  return json(402, { error: { code: 402, message: "no credits", metadata } }, headers)
}

/** One picture. */
export const picture: Answer = json(200, { created: 1748372400, data: [{ b64_json: "UE5H", media_type: "image/png" }] })

/** No models. */
export const noModels: Answer = json(200, { data: [] })

/** The network fails as the runtime tells it: `ECONNREFUSED` while it connects, any other code after the request was sent. */
export const broken =
  (code: string) =>
  (request: HttpClientRequest.HttpClientRequest): Answer => {
    const syscall = code === "ECONNREFUSED" ? "connect" : "read"
    const cause = Object.assign(new Error(`${syscall} ${code}`), { code, syscall })
    return Effect.fail(noAnswer(request, { cause: Object.assign(new TypeError("fetch failed"), { cause }) }))
  }

/** What arrived at the scripted server. */
export interface Received {
  /** In milliseconds of the clock. */
  readonly at: number
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

const bodyOf = ({ body }: HttpClientRequest.HttpClientRequest): unknown =>
  body._tag === "Uint8Array" ? JSON.parse(new TextDecoder().decode(body.body)) : undefined

/** The answers to the first request, the second and so on; the last one is repeated. */
export type Script = ReadonlyArray<Answer | ((request: HttpClientRequest.HttpClientRequest) => Answer)>

/** A server in memory that answers as the script says; `layer` is `Images` and its client over it. */
export const scripted = (script: Script, options?: Client.ClientOptions) => {
  const received: Array<Received> = []
  const http = HttpClient.make((request) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => {
      const answer = script[Math.min(received.length, script.length - 1)]
      const { headers, method, url } = request
      received.push({ at, url, method, headers, body: bodyOf(request) })
      if (answer === undefined) return Effect.dieMessage("nothing is scripted")
      return Effect.map(typeof answer === "function" ? answer(request) : answer, (response) =>
        HttpClientResponse.fromWeb(request, response)
      )
    })
  )
  const layer = Images.layer.pipe(
    Layer.provideMerge(Client.layer(options)),
    Layer.provide(Layer.succeed(HttpClient.HttpClient, http))
  )
  return { received, layer }
}
