/** Answers the requests of the API and of the controls. */
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { ImagesSchema } from "effect-openrouter-images"
import { Api } from "./Api.js"
import * as Answer from "./answers/Answer.js"
import { type Refusal, refuse } from "./answers/Refusal.js"
import { catalogue, find } from "./catalogue/Catalogue.js"
import * as Fault from "./faults/Fault.js"
import { readFault, readScript } from "./faults/FaultText.js"
import { answerWith, type Routed, spoil } from "./faults/Spoil.js"
import { generate } from "./Generate.js"
import * as LookUp from "./LookUp.js"
import { readSettings } from "./records/Account.js"
import { readLateness } from "./records/Lateness.js"
import { textOf } from "./requests/RequestText.js"
import type { State } from "./State.js"

const answerModels = Answer.encodeWith(ImagesSchema.ImageModelsListResponse)
const answerEndpoints = Answer.encodeWith(ImagesSchema.ImageModelEndpointsResponse)

type Response = HttpServerResponse.HttpServerResponse

/** The fault that a request asks for, else the next one of the script. */
const faultOf = (
  state: State,
  request: HttpServerRequest.HttpServerRequest
): Effect.Effect<Fault.Fault | null, Refusal> => {
  const own = request.headers[Fault.header]
  return own === undefined ? state.nextFault : readFault(own)
}

/** Serves one request of the API: records it, answers or refuses it, and spoils the answer where a fault is due. */
const serve = (
  state: State,
  route: (
    fault: Fault.Fault | null
  ) => Effect.Effect<Routed, Refusal, HttpServerRequest.HttpServerRequest | Scope.Scope>
): Effect.Effect<Response, never, HttpServerRequest.HttpServerRequest | Scope.Scope> =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    yield* state.remember({ method: request.method, path: request.url, headers: { ...request.headers } })
    const fault = yield* faultOf(state, request)
    return yield* spoil(fault, route(fault))
  }).pipe(Effect.catchAll((refusal) => Effect.succeed(Answer.refusal(refusal))))

const imagesGroup = (state: State) =>
  HttpApiBuilder.group(Api, "images", (handlers) =>
    handlers
      .handle("generate", () => serve(state, generate(state)))
      .handle("listModels", () =>
        serve(state, () => Effect.succeed(answerWith(answerModels({ data: catalogue.map(({ model }) => model) }))))
      )
      .handle("listModelEndpoints", ({ path }) => {
        const id = `${path.author}/${path.slug}`
        const entry = find(id)
        return serve(state, () =>
          entry === undefined
            ? Effect.fail(refuse(404, `No image model ${id}`))
            : Effect.succeed(answerWith(answerEndpoints({ id, endpoints: entry.endpoints })))
        )
      })
  )

const afterwardsGroup = (state: State) =>
  HttpApiBuilder.group(Api, "afterwards", (handlers) =>
    handlers
      .handle("generation", () => serve(state, () => LookUp.generation(state)))
      .handle("key", () => serve(state, () => LookUp.key(state)))
      .handle("credits", () => serve(state, () => LookUp.credits(state)))
  )

/** A control that a body of JSON sets. */
const set = <A>(
  read: (text: string) => Effect.Effect<A, Refusal>,
  change: (value: A) => Effect.Effect<void>
): Effect.Effect<Response, never, HttpServerRequest.HttpServerRequest> =>
  HttpServerRequest.HttpServerRequest.pipe(
    Effect.flatMap(textOf),
    Effect.flatMap(read),
    Effect.flatMap(change),
    Effect.match({ onFailure: Answer.refusal, onSuccess: () => HttpServerResponse.empty() })
  )

const controlsGroup = (state: State) =>
  HttpApiBuilder.group(Api, "controls", (handlers) =>
    handlers
      .handle("ledger", () => state.ledger)
      .handle("requests", () => state.requests)
      .handle("script", () => set(readScript, state.script))
      .handle("records", () => set(readLateness, state.records))
      .handle("account", () => set(readSettings, state.account))
      .handle("reset", () => state.reset)
  )

/**
 * Answers where there is no operation. Below `/api/v1` that is the API's own 404. Everywhere else it is a page of a
 * website, as a client with a wrong base URL meets it.
 */
const answerElsewhere = Effect.map(HttpServerRequest.HttpServerRequest, ({ method, url }) => {
  if (/^\/(api\/v1|emulator)(\/|\?|$)/.test(url)) return Answer.refusal(refuse(404, "Not Found"))
  return method === "GET" ? Answer.page("The website of an API") : Answer.page("404: no such page", { status: 404 })
})

/** The headers that a page of another origin can read: no more than the API shows. */
const exposedHeaders = ["X-Generation-Id", "X-Provider-Name", "request-id", "cf-ray"]

/** The API with its state. A page of any origin may call it. */
export const layer = (state: State) =>
  Layer.mergeAll(
    HttpApiBuilder.middlewareCors({ exposedHeaders }),
    HttpApiBuilder.Router.use((router) => router.all("*", answerElsewhere)),
    HttpApiBuilder.api(Api)
  ).pipe(Layer.provide([imagesGroup(state), afterwardsGroup(state), controlsGroup(state)]))
