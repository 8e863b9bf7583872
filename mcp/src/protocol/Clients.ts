/** The clients of a server, however they are connected: a protocol for `@effect/rpc`. */
import * as McpSchema from "@effect/ai/McpSchema"
import type { FromClientEncoded, FromServerEncoded } from "@effect/rpc/RpcMessage"
import * as RpcServer from "@effect/rpc/RpcServer"
import * as Effect from "effect/Effect"
import * as Mailbox from "effect/Mailbox"
import { Call, type Service } from "./Call.js"
import * as Client from "./Client.js"
import type { Id } from "./Message.js"

/** Where texts to a client go. */
export interface Outlet {
  /** Writes a text; `requestId` is the request that it is about, where it is about one. */
  readonly write: (text: string, requestId: string | undefined) => Effect.Effect<void>
  /** Runs when nothing more follows about a request. */
  readonly end: (requestId: string) => Effect.Effect<void>
}

/** A client that is connected. */
export interface Connected {
  readonly read: (text: string) => ReadonlyArray<Client.Incoming>
  /** Has the server act on what was read. */
  readonly handle: (incoming: Client.Incoming) => Effect.Effect<void>
  /** Its calls are interrupted. */
  readonly disconnect: Effect.Effect<void>
}

export interface Clients {
  readonly protocol: RpcServer.Protocol["Type"]
  readonly connect: (outlet: Outlet) => Connected
}

/** Counts what it tells: a progress has to grow. */
const reporter = (token: Id | undefined, tell: (params: object) => Effect.Effect<void>): Service["report"] => {
  let progress = 0
  return (message) =>
    token === undefined
      ? Effect.void
      : Effect.suspend(() => tell({ progressToken: token, progress: ++progress, message }))
}

export const make: Effect.Effect<Clients> = Effect.gen(function* () {
  const disconnects = yield* Mailbox.make<number>()
  const clients = new Map<number, { readonly client: Client.Client; readonly outlet: Outlet }>()
  let count = 0
  let handle: (clientId: number, message: FromClientEncoded) => Effect.Effect<void> = () => Effect.void

  /** What is about no request itself is about the call in whose fiber it is sent. */
  const send = (clientId: number, message: FromServerEncoded | FromClientEncoded): Effect.Effect<void> =>
    Effect.gen(function* () {
      const connected = clients.get(clientId)
      if (connected === undefined) return
      const call = yield* Call
      const ended = message._tag === "Exit" ? message.requestId : undefined
      const requestId = ended ?? call.requestId
      const text = connected.client.print(message)
      if (text !== undefined) yield* connected.outlet.write(text, requestId)
      if (ended !== undefined) yield* connected.outlet.end(ended)
    })

  const protocol = yield* RpcServer.Protocol.make((write) => {
    handle = write
    return Effect.succeed({
      disconnects,
      send,
      end: () => Effect.void,
      clientIds: Effect.sync((): ReadonlySet<number> => new Set(clients.keys())),
      initialMessage: Effect.succeedNone,
      supportsAck: false,
      supportsTransferables: false,
      supportsSpanPropagation: false
    })
  })

  const connect = (outlet: Outlet): Connected => {
    const clientId = count++
    const client = Client.make()
    clients.set(clientId, { client, outlet })
    const callOf = (requestId: string, token: Id | undefined): Service => {
      const tell = (payload: object) =>
        outlet.write(
          JSON.stringify({ jsonrpc: "2.0", method: McpSchema.ProgressNotification._tag, params: payload }),
          requestId
        )
      return { requestId, canAsk: client.canAsk(), report: reporter(token, tell) }
    }
    return {
      read: client.read,
      handle: (incoming) => {
        switch (incoming._tag) {
          case "Request":
            return Effect.provideService(
              handle(clientId, incoming.message),
              Call,
              callOf(incoming.requestId, incoming.token)
            )
          case "Other":
            return handle(clientId, incoming.message)
          case "Refused":
            return outlet.write(incoming.text, undefined)
        }
      },
      disconnect: Effect.suspend(() => {
        clients.delete(clientId)
        return Effect.asVoid(disconnects.offer(clientId))
      })
    }
  }

  return { protocol, connect }
})
