/** Spoils an answer as a fault says: the one place where faults take effect. */
import { IncomingMessage } from "node:http"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import * as Answer from "../answers/Answer.js"
import type { Refusal } from "../answers/Refusal.js"
import { statusAnswer } from "./Bodies.js"
import * as Edits from "./Edits.js"
import type { Corrupt, Edit, Fault, Pace, Recorded, Reset, Stall, Status, StreamFault } from "./Fault.js"
import { answerOf } from "./RecordedErrors.js"

type Response = HttpServerResponse.HttpServerResponse
type Head = Readonly<Record<string, string>>

/** A call that is accepted: the head of every answer to it, and the right answer. */
export interface Routed {
  readonly head: Head
  readonly respond: Effect.Effect<Response, Refusal>
}

/** A call that nobody generates for: its head names no generation. */
export const answerWith = (response: Response): Routed => ({ head: {}, respond: Effect.succeed(response) })

type Of<S extends { readonly Type: unknown }> = S["Type"]

class ConnectionReset extends Data.TaggedError("ConnectionReset")<{ readonly message: string }> {}

/** The header by which the in-memory client knows a connection that was reset. No real answer has it. */
export const hangUpHeader = "x-emulator-hang-up"

const bytesOf = (response: Response): Uint8Array =>
  response.body._tag === "Uint8Array" ? response.body.body : new Uint8Array()

const contentType = (response: Response): string =>
  response.body._tag === "Empty" ? "application/json" : (response.body.contentType ?? "application/json")

/** The same answer with other bytes; the head announces `length` of them. */
const withBody = <E>(response: Response, body: Stream.Stream<Uint8Array, E>, length: number): Response =>
  HttpServerResponse.stream(body, {
    status: response.status,
    headers: { ...response.headers, "content-length": String(length) },
    contentType: contentType(response)
  })

const withText = (response: Response, text: string, label = contentType(response)): Response => {
  const { "content-length": _, "content-type": __, ...headers } = response.headers
  return HttpServerResponse.text(text, { status: response.status, headers, contentType: label })
}

/** Resets the socket under a real request; there is none in memory. */
const resetSocket = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<void> =>
  Effect.sync(() => {
    if (request.source instanceof IncomingMessage) request.source.socket.resetAndDestroy()
  })

const status = (fault: Of<typeof Status>, head: Head, request: HttpServerRequest.HttpServerRequest): Response => {
  const response = statusAnswer(fault, head)
  return fault.body === "cut" ? cutOff(response, undefined, reset(request)) : response
}

const recorded = (fault: Of<typeof Recorded>, head: Head): Response => {
  const { body, headers, status } = answerOf(fault.as, fault.wait)
  return Answer.json(body, { status, headers: { ...head, ...headers } })
}

const editAnswer = ({ how }: Edit, response: Response): Response => {
  const label = contentType(response)
  const before = new TextDecoder().decode(bytesOf(response))
  const text = Edits.edit(how, before, label === "text/event-stream")
  if (how === "mislabelled") return withText(response, text, "text/plain")
  return withText(response, text, how === "asEvents" && text !== before ? "text/event-stream" : label)
}

/** Some bytes of an answer, and then what `end` does. */
const cutOff = (
  response: Response,
  bytes: number | undefined,
  end: Stream.Stream<never, ConnectionReset>
): Response => {
  const whole = bytesOf(response)
  const head = whole.subarray(0, bytes ?? Math.floor(whole.length / 2))
  return withBody(response, Stream.concat(Stream.succeed(head), end), whole.length)
}

/** The bytes before it get a moment to leave. */
const reset = (request: HttpServerRequest.HttpServerRequest): Stream.Stream<never, ConnectionReset> =>
  Stream.fromEffect(Effect.delay(resetSocket(request), "20 millis")).pipe(
    Stream.drain,
    Stream.concat(Stream.fail(new ConnectionReset({ message: "the connection was reset" })))
  )

const atHead = (fault: Of<typeof Reset> | Of<typeof Stall>, request: HttpServerRequest.HttpServerRequest) => {
  if (fault._tag === "Stall") return Effect.never
  if (request.source instanceof IncomingMessage) return Effect.zipRight(resetSocket(request), Effect.never)
  return Effect.succeed(HttpServerResponse.empty({ headers: { [hangUpHeader]: "1" } }))
}

const corruptText = (text: string, how: Of<typeof Corrupt>["how"]): string => {
  switch (how) {
    case "notJson":
      return "Internal state: OK"
    case "cutJson":
      return text.slice(0, Math.floor(text.length / 2))
    // Behind the pictures, before the end.
    case "cutEnd":
      return text.slice(0, -20)
    case "badBase64":
      return text.replace(/("b64_json":"[^"]{8})./, "$1*")
    case "missingField":
      return text.replace(/"(created|data|endpoints)":/, '"was_$1":')
    case "empty":
      return ""
  }
}

const slices = (bytes: Uint8Array, size: number): ReadonlyArray<Uint8Array> =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.slice(i * size, (i + 1) * size))

const pace = (fault: Of<typeof Pace> | StreamFault, response: Response): Response => {
  const sign = new TextEncoder().encode(
    contentType(response) === "text/event-stream" ? ": OPENROUTER PROCESSING\n\n" : " "
  )
  const signs = Array.from({ length: fault.keepAlives ?? 0 }, () => sign)
  const whole = bytesOf(response)
  const pieces = [...signs, ...slices(whole, fault.chunkBytes ?? (whole.length || 1))]
  const slowly = Stream.tap(Stream.rechunk(Stream.fromIterable(pieces), 1), () => Effect.sleep(fault.everyMillis ?? 0))
  return withBody(response, slowly, whole.length + signs.length * sign.length)
}

const apply = (
  fault: Fault,
  response: Response,
  head: Head,
  request: HttpServerRequest.HttpServerRequest
): Effect.Effect<Response> => {
  switch (fault._tag) {
    case "Status":
      return Effect.succeed(status(fault, head, request))
    case "Recorded":
      return Effect.succeed(recorded(fault, head))
    // A refusal has nothing to edit.
    case "Edit":
      return Effect.succeed(response.status === 200 ? editAnswer(fault, response) : response)
    case "Corrupt":
      return Effect.succeed(withText(response, corruptText(new TextDecoder().decode(bytesOf(response)), fault.how)))
    // Its pictures were drawn as the fault says.
    case "Deviate":
      return Effect.succeed(response)
    // The frames of a stream were made as the fault says.
    case "Pace":
    case "Stream":
      return Effect.succeed(pace(fault, response))
    default:
      return fault.at === "head"
        ? atHead(fault, request)
        : Effect.succeed(cutOff(response, fault.bytes, fault._tag === "Reset" ? reset(request) : Stream.never))
  }
}

/** Whether a fault spoils the right answer. Any other one comes before it: nothing is drawn and nothing is billed. */
const needsAnswer = (fault: Fault): boolean => {
  if (fault._tag === "Reset" || fault._tag === "Stall") return fault.at === "body"
  return fault._tag !== "Status" && fault._tag !== "Recorded"
}

/** The right answer to a call, or what the fault makes of it. */
export const spoil = <R>(
  fault: Fault | null,
  route: Effect.Effect<Routed, Refusal, R>
): Effect.Effect<Response, Refusal, R | HttpServerRequest.HttpServerRequest> =>
  fault === null
    ? Effect.flatMap(route, ({ respond }) => respond)
    : Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        yield* Effect.sleep(fault.delayMillis ?? 0)
        const routed = yield* Effect.either(route)
        const head = Either.match(routed, { onLeft: () => ({}), onRight: (one) => one.head })
        const wanted = needsAnswer(fault) || fault.afterCompletion === true
        const right = Either.match(routed, {
          onLeft: (refusal) => Effect.succeed(Answer.refusal(refusal)),
          onRight: (one) => one.respond
        })
        return yield* apply(fault, wanted ? yield* right : Answer.json({}), head, request)
      })
