/** A TCP proxy on a free port of 127.0.0.1 that spoils what a server answers, byte by byte if need be. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { Effect, type Scope } from "effect"

export type Toxic =
  /** Nothing is spoilt. */
  | { readonly _tag: "Clean" }
  /** Every piece of the answer comes later. */
  | { readonly _tag: "Latency"; readonly millis: number }
  | { readonly _tag: "Bandwidth"; readonly bytesPerSecond: number }
  /** The answer comes in pieces of one byte. */
  | { readonly _tag: "Split" }
  /** A half-open connection: it is accepted, and then there is nobody. */
  | { readonly _tag: "Deaf" }
  /** After so many bytes of the answer: silence, a reset, or an end. */
  | { readonly _tag: "Stop" | "Reset" | "Fin"; readonly at: number }

export interface Proxy {
  readonly port: number
  /** How many connections were made to it. */
  readonly connections: () => number
}

const piece = { Bandwidth: 64, Split: 1 } as const

const piecesOf = (bytes: Buffer, size: number): ReadonlyArray<Buffer> =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))

/** What comes before is given turns of the event loop to arrive, so that the position of a cut is what it says. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn++) await sleep(5)
}

const write = (client: Socket, bytes: Buffer): Promise<void> =>
  new Promise((resolve) => {
    client.write(bytes, () => resolve())
  })

const delayOf = (toxic: Toxic, bytes: Buffer): number => {
  if (toxic._tag === "Latency") return toxic.millis
  return toxic._tag === "Bandwidth" ? (bytes.length / toxic.bytesPerSecond) * 1000 : 0
}

const cut = async (client: Socket, how: "Stop" | "Reset" | "Fin"): Promise<void> => {
  await settle()
  if (how === "Reset") client.resetAndDestroy()
  if (how === "Fin") client.end()
}

/** Takes the answer from the server to the client. */
const carry = async (server: Socket, client: Socket, toxic: Toxic): Promise<void> => {
  let left = "at" in toxic ? toxic.at : Number.POSITIVE_INFINITY
  const size = toxic._tag === "Bandwidth" || toxic._tag === "Split" ? piece[toxic._tag] : Number.POSITIVE_INFINITY
  for await (const chunk of server as AsyncIterable<Buffer>) {
    for (const part of Number.isFinite(size) ? piecesOf(chunk, size) : [chunk]) {
      const delay = delayOf(toxic, part)
      if (delay > 0) await sleep(delay)
      const bytes = part.subarray(0, left)
      if (bytes.length > 0) await write(client, bytes)
      left -= bytes.length
      if (left === 0 && "at" in toxic) return await cut(client, toxic._tag)
    }
  }
  client.end()
}

const serve = (target: number, toxic: Toxic, sockets: Set<Socket>): Server => {
  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    return socket
      .setNoDelay(true)
      .on("error", () => {})
      .on("close", () => sockets.delete(socket))
  }
  return createServer((client) => {
    keep(client)
    if (toxic._tag === "Deaf") return
    const server = keep(connect(target, "127.0.0.1"))
    client.pipe(server)
    client.on("close", () => server.destroy())
    // A connection that breaks ends the loop, and the other side with it.
    carry(server, client, toxic).catch(() => client.destroy())
  })
}

/** Listens for as long as the scope lasts, and closes every connection with it. */
export const toxicProxy = (target: number, toxic: Toxic): Effect.Effect<Proxy, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.async<{ readonly listener: Server; readonly sockets: Set<Socket>; readonly count: { made: number } }>(
        (resume) => {
          const sockets = new Set<Socket>()
          const count = { made: 0 }
          const listener = serve(target, toxic, sockets).on("connection", () => {
            count.made++
          })
          listener.listen(0, "127.0.0.1", () => resume(Effect.succeed({ listener, sockets, count })))
        }
      ),
      ({ listener, sockets }) =>
        Effect.sync(() => {
          listener.close()
          for (const socket of sockets) socket.destroy()
        })
    ),
    ({ count, listener }) => ({ port: (listener.address() as AddressInfo).port, connections: () => count.made })
  )
