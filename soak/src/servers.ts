// The other side, a process of its own: the emulator for small pictures and the server for large ones. Its parent asks what it has seen.
import diagnostics from "node:diagnostics_channel"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import * as Effect from "effect/Effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { largeServer } from "./largeServer.js"

/** Where the servers listen. */
export interface Addresses {
  readonly small: string
  readonly large: string
}

/** What the servers have seen. */
export interface Seen {
  /** Connections that are open now, and those of them on which a request waits for the end of its answer. */
  readonly open: number
  readonly busy: number
  /** Of those requests, which call they belong to, the fault that they carry and whether the answer has begun. */
  readonly waiting: ReadonlyArray<string>
  /** The prompts of everything that was billed. */
  readonly ledger: ReadonlyArray<string>
}

export type Question = "sockets" | "everything"

const open = new Set<Socket>()
const busy = new Map<ServerResponse, IncomingMessage>()

diagnostics.subscribe("net.server.socket", (message) => {
  const { socket } = message as { readonly socket: Socket }
  open.add(socket)
  socket.on("error", () => {}).on("close", () => open.delete(socket))
})
diagnostics.subscribe("http.server.request.start", (message) => {
  const { request, response } = message as { readonly request: IncomingMessage; readonly response: ServerResponse }
  busy.set(response, request)
  response.on("close", () => busy.delete(response))
})

/** Node does not tell of every reset socket that it closed, when the client hung up at the same moment: what is destroyed is closed. */
const isAlive = (socket: Socket): boolean => !socket.destroyed

const waiting = (): ReadonlyArray<string> =>
  [...busy]
    .filter(([, { socket }]) => isAlive(socket))
    .map(([{ headersSent, writableFinished }, { headers }]) =>
      [headers["x-soak-call"], headers["x-emulator-fault"], headersSent, writableFinished].join(" ")
    )

const large = largeServer()
await new Promise<void>((resolve) => large.server.listen(0, "127.0.0.1", resolve))
const { port } = large.server.address() as AddressInfo

const serve = Effect.gen(function* () {
  const emulator = yield* Emulator.Emulator
  const prompts = Effect.map(emulator.ledger, (entries) => [...entries.map(({ prompt }) => prompt), ...large.ledger])
  process.on("message", (question: Question) => {
    const ledger = question === "everything" ? Effect.runSync(prompts) : []
    const requests = waiting()
    process.send?.({
      open: [...open].filter(isAlive).length,
      busy: requests.length,
      waiting: requests,
      ledger
    } satisfies Seen)
  })
  process.send?.({ small: emulator.baseUrl, large: `http://127.0.0.1:${port}/api/v1` } satisfies Addresses)
  return yield* Effect.never
})

process.on("disconnect", () => process.exit(0))
Effect.runFork(Effect.provide(serve, Emulator.layerServer()))
