/** Clients over streamable HTTP: each has a session, and each of its requests is answered by a stream of events. */
import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Effect from "effect/Effect"
import * as Mailbox from "effect/Mailbox"
import * as Stream from "effect/Stream"
import type { Incoming } from "./Client.js"
import type { Clients, Connected } from "./Clients.js"
import { code, errorOf } from "./Message.js"

/** Where clients send their messages. */
export const path = "/mcp"

/** The answers to the requests of one message. */
type Answers = Mailbox.Mailbox<string>

interface Session {
  readonly id: string
  readonly client: Connected
  /** Where the answers go to the requests that are under way. */
  readonly answers: Map<string, Answers>
}

const sessionHeader = "mcp-session-id"

const open = (clients: Clients): Session => {
  const answers: Session["answers"] = new Map()
  const client = clients.connect({
    write: (text, requestId = "") => answers.get(requestId)?.offer(text) ?? Effect.void,
    end: (requestId) =>
      Effect.suspend(() => {
        const ended = answers.get(requestId)
        answers.delete(requestId)
        const isLast = ended !== undefined && ![...answers.values()].includes(ended)
        return isLast ? ended.end : Effect.void
      })
  })
  return { id: crypto.randomUUID(), client, answers }
}

const refuse = (status: number, words: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(errorOf(null, code.invalidRequest, words), { status, contentType: "application/json" })

const isInitialize = (incoming: Incoming): boolean =>
  incoming._tag === "Request" && incoming.message._tag === "Request" && incoming.message.tag === "initialize"

/** Has the server act on the messages, and gives the answers as they come. */
const answer = ({ answers, client, id }: Session, incoming: ReadonlyArray<Incoming>) =>
  Effect.gen(function* () {
    const mailbox = yield* Mailbox.make<string>()
    const requests = incoming.filter((one) => one._tag === "Request")
    const refused = incoming.filter((one) => one._tag === "Refused")
    for (const { requestId } of requests) answers.set(requestId, mailbox)
    for (const { text } of refused) yield* mailbox.offer(text)
    yield* Effect.forEach(
      incoming.filter((one) => one._tag !== "Refused"),
      client.handle,
      { discard: true }
    )
    const headers = { [sessionHeader]: id }
    if (requests.length === 0) yield* mailbox.end
    if (requests.length + refused.length === 0) return HttpServerResponse.empty({ status: 202, headers })
    const events = Mailbox.toStream(mailbox).pipe(
      Stream.map((text) => `event: message\ndata: ${text}\n\n`),
      Stream.encodeText
    )
    return HttpServerResponse.stream(events, {
      contentType: "text/event-stream",
      headers: { ...headers, "cache-control": "no-store" }
    })
  })

/** A session is small, but most clients never end theirs. */
const mostSessions = 1000

/** The app for such clients. A client that leaves cancels nothing: only its own words do, or the end of its session. */
export const app = (clients: Clients): HttpApp.Default => {
  const sessions = new Map<string, Session>()

  /** Ends the session that was unused for longest, where there are too many. One with a call under way goes on. */
  const makeRoom = Effect.suspend(() => {
    if (sessions.size <= mostSessions) return Effect.void
    const unused = [...sessions.values()].find(({ answers }) => answers.size === 0)
    return unused === undefined ? Effect.void : close(unused)
  })

  const close = ({ client, id }: Session) =>
    Effect.suspend(() => {
      sessions.delete(id)
      return client.disconnect
    })

  const sessionOf = Effect.map(HttpServerRequest.HttpServerRequest, ({ headers }) => headers[sessionHeader])

  const post = Effect.gen(function* () {
    const id = yield* sessionOf
    const known = id === undefined ? undefined : sessions.get(id)
    if (id !== undefined && known === undefined) return refuse(404, "There is no such session; initialize a new one")
    const text = yield* (yield* HttpServerRequest.HttpServerRequest).text
    const session = known ?? open(clients)
    const incoming = session.client.read(text)
    if (known === undefined && !incoming.some(isInitialize)) {
      yield* session.client.disconnect
      return refuse(400, "Initialize a session first, and send its id as Mcp-Session-Id")
    }
    // The last in the map is the last that was used
    sessions.delete(session.id)
    sessions.set(session.id, session)
    const response = yield* answer(session, incoming)
    yield* makeRoom
    return response
  })

  const end = Effect.gen(function* () {
    const id = (yield* sessionOf) ?? ""
    const session = sessions.get(id)
    if (session === undefined) return refuse(404, "There is no such session")
    yield* close(session)
    return HttpServerResponse.empty({ status: 204 })
  })

  return Effect.gen(function* () {
    const { method, url } = yield* HttpServerRequest.HttpServerRequest
    if (url.split("?")[0] !== path) return refuse(404, `Messages go to ${path}`)
    if (method === "POST") return yield* post
    if (method === "DELETE") return yield* end
    return HttpServerResponse.empty({ status: 405, headers: { allow: "POST, DELETE" } })
  }).pipe(
    Effect.catchTag("RequestError", () => Effect.succeed(refuse(400, "The message cannot be read, or is too large"))),
    Effect.tapErrorCause((cause) => Effect.logError("unexpected", cause))
  )
}
