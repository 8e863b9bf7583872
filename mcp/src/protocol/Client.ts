/**
 * A client as the protocol's server sees it. `@effect/rpc` counts requests where JSON-RPC may name them, and answers a
 * message that it does not understand without saying to which request.
 */
import * as McpSchema from "@effect/ai/McpSchema"
import type { FromClientEncoded, FromServerEncoded } from "@effect/rpc/RpcMessage"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { code, errorOf, Id, type Message, parse } from "./Message.js"

/** What a client sent, read. */
export type Incoming =
  | { readonly _tag: "Request"; readonly message: FromClientEncoded; readonly requestId: string; readonly token?: Id }
  /** A notification, or the answer to a question. */
  | { readonly _tag: "Other"; readonly message: FromClientEncoded }
  /** It cannot be answered but by this text. */
  | { readonly _tag: "Refused"; readonly text: string }

type Params = Readonly<Record<string, unknown>>

const tokenOf = Schema.decodeUnknownOption(Schema.Struct({ _meta: Schema.Struct({ progressToken: Id }) }))
const Asks = Schema.Struct({ capabilities: Schema.Struct({ elicitation: Schema.Object }) })
const asks = Schema.is(Asks)
const cancelledOf = Schema.decodeUnknownOption(Schema.Struct({ requestId: Id }))

/** A tool without parameters may be called without arguments, and a form without fields accepted without content. */
const completed = (method: string, params: Params = {}): Params =>
  method === "tools/call" ? { arguments: {}, ...params } : params
const accepted = (result: unknown): unknown =>
  Schema.is(Schema.Struct({ action: Schema.Literal("accept") }))(result) ? { content: {}, ...result } : result

/** The failure that the caller caused, as its answer says it. */
const failureOf = (cause: Schema.CauseEncoded<unknown, unknown>): readonly [code: number, message: string] => {
  if (cause._tag !== "Fail") return [code.invalidParams, cause._tag === "Die" ? String(cause.defect) : "Internal error"]
  const known = Schema.is(Schema.Struct({ code: Schema.Number, message: Schema.String }))
  return known(cause.error) ? [cause.error.code, cause.error.message] : [code.internal, "Internal error"]
}

const isInterruption = (cause: Schema.CauseEncoded<unknown, unknown>): boolean =>
  cause._tag === "Interrupt" ||
  ((cause._tag === "Sequential" || cause._tag === "Parallel") &&
    (isInterruption(cause.left) || isInterruption(cause.right)))

const notification = (method: string, params: unknown): string => JSON.stringify({ jsonrpc: "2.0", method, params })

export interface Client {
  readonly read: (text: string) => ReadonlyArray<Incoming>
  /** The text of a message; none for what the protocol does not have, such as the answer to a cancelled request. */
  readonly print: (message: FromServerEncoded | FromClientEncoded) => string | undefined
  /** Whether it can ask its person a question. */
  readonly canAsk: () => boolean
}

export const make = (): Client => {
  /** The ids of the requests that are not answered yet, by their numbers here. */
  const open = new Map<string, Id>()
  /** The numbers of the questions to it that it has not answered yet. */
  const questions = new Set<string>()
  let requests = 0
  let canAsk = false

  const readRequest = (id: Id, method: string, params: Params | undefined): Incoming => {
    if (!McpSchema.ClientRequestRpcs.requests.has(method))
      return { _tag: "Refused", text: errorOf(id, code.noMethod, `Method not found: ${method}`) }
    if (method === "initialize") canAsk = asks(params)
    const requestId = String(requests++)
    open.set(requestId, id)
    const message = {
      _tag: "Request",
      id: requestId,
      tag: method,
      payload: completed(method, params),
      headers: []
    } as const
    const token = Option.getOrUndefined(tokenOf(params))?._meta.progressToken
    return { _tag: "Request", requestId, message, ...(token === undefined ? {} : { token }) }
  }

  const readNotification = (method: string, params: Params | undefined): ReadonlyArray<Incoming> => {
    const of = (payload: Params | undefined): Incoming => ({
      _tag: "Other",
      message: { _tag: "Request", id: "", tag: method, payload, headers: [] }
    })
    if (method === "notifications/cancelled") {
      const id = Option.getOrUndefined(cancelledOf(params))?.requestId
      const found = [...open].find(([, theirs]) => theirs === id)
      return found === undefined ? [] : [of({ requestId: found[0] })]
    }
    return McpSchema.ClientNotificationRpcs.requests.has(method) ? [of(params)] : []
  }

  /**
   * The protocol's server takes answers from the same channel, whatever its types say. An answer to no question, or a
   * second one, says nothing.
   */
  const readAnswer = (id: Id, exit: object): ReadonlyArray<Incoming> => {
    const requestId = String(id)
    if (!questions.delete(requestId)) return []
    return [{ _tag: "Other", message: { _tag: "Exit", requestId, exit } as unknown as FromClientEncoded }]
  }

  const readMessage = (message: Message): ReadonlyArray<Incoming> => {
    if ("method" in message) {
      return "id" in message
        ? [readRequest(message.id, message.method, message.params)]
        : readNotification(message.method, message.params)
    }
    return "error" in message
      ? readAnswer(message.id, { _tag: "Failure", cause: { _tag: "Die", defect: message.error } })
      : readAnswer(message.id, { _tag: "Success", value: accepted(message.result) })
  }

  return {
    canAsk: () => canAsk,
    read: (text) =>
      parse(text).flatMap(
        (parsed): ReadonlyArray<Incoming> =>
          parsed._tag === "Left" ? [{ _tag: "Refused", text: parsed.left }] : readMessage(parsed.right)
      ),
    print: (message) => {
      switch (message._tag) {
        case "Exit": {
          const id = open.get(message.requestId)
          open.delete(message.requestId)
          if (id === undefined) return undefined
          const { exit } = message
          if (exit._tag === "Success") return JSON.stringify({ jsonrpc: "2.0", id, result: exit.value })
          return isInterruption(exit.cause) ? undefined : errorOf(id, ...failureOf(exit.cause))
        }
        case "Request":
          if (message.id === "" || message.id === undefined) return notification(message.tag, message.payload)
          questions.add(message.id)
          return JSON.stringify({
            jsonrpc: "2.0",
            id: Number(message.id),
            method: message.tag,
            params: message.payload
          })
        case "Interrupt":
          questions.delete(message.requestId)
          return notification("notifications/cancelled", { requestId: Number(message.requestId) })
        default:
          return undefined
      }
    }
  }
}
