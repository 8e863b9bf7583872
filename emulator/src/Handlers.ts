/** Answers the requests of the API and of the controls. */
import * as HttpMiddleware from "@effect/platform/HttpMiddleware"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import { ImagesSchema } from "effect-openrouter-images"
import * as Answer from "./answers/Answer.js"
import { orRefuse, type Refusal, refuse } from "./answers/Refusal.js"
import { catalogue, find } from "./catalogue/Catalogue.js"
import * as Fault from "./faults/Fault.js"
import { readFault, readScript } from "./faults/FaultText.js"
import { answerWith, type Routed, spoil } from "./faults/Spoil.js"
import { generate } from "./Generate.js"
import * as LookUp from "./LookUp.js"
import { type App, appOf, type Brought } from "./Routes.js"
import { readSettings } from "./records/Account.js"
import { readLateness } from "./records/Lateness.js"
import { textOf } from "./requests/RequestText.js"
import type { State } from "./State.js"

const answerModels = Answer.encodeWith(ImagesSchema.ImageModelsListResponse)
const answerEndpoints = Answer.encodeWith(ImagesSchema.ImageModelEndpointsResponse)

type Response = HttpServerResponse.HttpServerResponse
type Requires = HttpRouter.RouteContext | Brought

/** The fault that a request asks for, else the next one of the script. */
const faultOf = (
  state: State,
  request: HttpServerRequest.HttpServerRequest
): Effect.Effect<Fault.Fault | null, Refusal> => {
  const own = request.headers[Fault.header]
  return own === undefined ? state.nextFault : orRefuse(readFault(own))
}

/** Serves one request of the API: records it, answers or refuses it, and spoils the answer where a fault is due. */
const serve = (
  state: State,
  route: (fault: Fault.Fault | null) => Effect.Effect<Routed, Refusal, Requires>
): Effect.Effect<Response, never, Requires> =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    yield* state.remember({ method: request.method, path: request.url, headers: { ...request.headers } })
    const fault = yield* faultOf(state, request)
    return yield* spoil(fault, route(fault))
  }).pipe(Effect.catchAll((refusal) => Effect.succeed(Answer.refusal(refusal))))

/** The endpoints of the model that the path names. */
const endpoints: Effect.Effect<Routed, Refusal, HttpRouter.RouteContext> = Effect.flatMap(
  HttpRouter.params,
  ({ author, slug }) => {
    const id = `${author}/${slug}`
    const entry = find(id)
    return entry === undefined
      ? Effect.fail(refuse(404, `No image model ${id}`))
      : Effect.succeed(answerWith(answerEndpoints({ id, endpoints: entry.endpoints })))
  }
)

const models = Effect.sync(() => answerWith(answerModels({ data: catalogue.map(({ model }) => model) })))

/** A control that a body of JSON sets. */
const set = <A>(
  read: (text: string) => Either.Either<A, Refusal>,
  change: (value: A) => Effect.Effect<void>
): Effect.Effect<Response, never, HttpServerRequest.HttpServerRequest> =>
  HttpServerRequest.HttpServerRequest.pipe(
    Effect.flatMap(textOf),
    Effect.flatMap((text) => orRefuse(read(text))),
    Effect.flatMap(change),
    Effect.match({ onFailure: Answer.refusal, onSuccess: () => HttpServerResponse.empty() })
  )

/**
 * Answers where there is no operation. Below `/api/v1` that is the API's own 404. Everywhere else it is a page of a
 * website, as a client with a wrong base URL meets it.
 */
const answerElsewhere = Effect.map(HttpServerRequest.HttpServerRequest, ({ method, url }) => {
  if (/^\/(api\/v1|emulator)(\/|\?|$)/.test(url)) return Answer.refusal(refuse(404, "Not Found"))
  return method === "GET" ? Answer.page("The website of an API") : Answer.page("404: no such page", { status: 404 })
})

const routes = (state: State, pause: Duration.Duration): ReadonlyArray<HttpRouter.Route> => {
  const look = (route: Effect.Effect<Routed, Refusal, Requires>) => serve(state, () => route)
  return [
    HttpRouter.makeRoute("POST", "/api/v1/images", serve(state, generate(state, pause))),
    HttpRouter.makeRoute("GET", "/api/v1/images/models", look(models)),
    HttpRouter.makeRoute("GET", "/api/v1/images/models/:author/:slug/endpoints", look(endpoints)),
    HttpRouter.makeRoute("GET", "/api/v1/generation", look(LookUp.generation(state))),
    HttpRouter.makeRoute("GET", "/api/v1/key", look(LookUp.key(state))),
    HttpRouter.makeRoute("GET", "/api/v1/credits", look(LookUp.credits(state))),
    HttpRouter.makeRoute(
      "GET",
      "/emulator/ledger",
      Effect.map(state.ledger, (ledger) => Answer.json(ledger))
    ),
    HttpRouter.makeRoute(
      "GET",
      "/emulator/requests",
      Effect.map(state.requests, (all) => Answer.json(all))
    ),
    HttpRouter.makeRoute("POST", "/emulator/script", set(readScript, state.script)),
    HttpRouter.makeRoute("POST", "/emulator/records", set(readLateness, state.records)),
    HttpRouter.makeRoute("POST", "/emulator/account", set(readSettings, state.account)),
    HttpRouter.makeRoute("POST", "/emulator/reset", Effect.as(state.reset, HttpServerResponse.empty()))
  ]
}

/** The headers that a page of another origin can read: no more than the API shows. */
const exposedHeaders = ["X-Generation-Id", "X-Provider-Name", "request-id", "cf-ray"]

/**
 * The API with its state, and the controls. A page of any origin may call it. There is a pause before each preview of a
 * stream, and before its picture.
 */
export const make = (state: State, pause: Duration.Duration): Effect.Effect<App> =>
  Effect.map(appOf(routes(state, pause), answerElsewhere), HttpMiddleware.cors({ exposedHeaders }))
