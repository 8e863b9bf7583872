/** A server that speaks TLS, and a box before it that spoils what goes by beneath: in the handshake, or once the answer begins. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net"
import { createServer as createTlsServer } from "node:tls"
import { Effect, type Scope } from "effect"
import type { Certificate } from "../../support/certificate.js"

/** What the box makes of the first bytes that it spoils; after them it ends the connection. */
export type Spoil = (bytes: Buffer) => Buffer

export const spoils = {
  "a record whose contents were changed": (bytes) => {
    const changed = Buffer.from(bytes)
    // In the first record: others behind it may be of no consequence.
    changed[20] = (changed[20] as number) ^ 0xff
    return changed
  },
  "plain HTTP in place of a record": () => Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"),
  "a record that is longer than any may be": () => Buffer.from([0x17, 3, 3, 0xff, 0xff, 1, 2, 3, 4]),
  "an alert": () => Buffer.from([0x15, 3, 3, 0, 2, 2, 40])
} satisfies Record<string, Spoil>

/** An end without a word. */
export const cut: Spoil = () => Buffer.alloc(0)

export interface Box {
  readonly port: number
  /** How many connections were made to it. */
  readonly connections: () => number
}

const listen = (server: Server): Effect.Effect<number, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.async<number>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed((server.address() as AddressInfo).port)))
    }),
    () => Effect.sync(() => server.close())
  )

/** Sockets break in these tests; they are closed with the scope. */
const keeper = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => new Set<Socket>()),
    (sockets) => Effect.sync(() => sockets.forEach((socket) => void socket.destroy()))
  ),
  (sockets) =>
    <S extends Socket>(socket: S): S => {
      sockets.add(socket)
      return socket.on("error", () => {}).on("close", () => sockets.delete(socket))
    }
)

/** TLS before a port of this machine; `answering` runs before each piece of its answers. */
const terminator = (certificate: Certificate, target: number, answering: () => void) =>
  Effect.flatMap(keeper, (keep) =>
    listen(
      createTlsServer(certificate, (client) => {
        const server = keep(connect(target, "127.0.0.1"))
        keep(client).pipe(server)
        server.on("data", (bytes) => {
          answering()
          client.write(bytes)
        })
        client.on("close", () => server.destroy())
        server.on("close", () => client.end())
      }).on("tlsClientError", () => {})
    )
  )

/** The box, with TLS and then the port behind it. `when`: from the first bytes of the handshake on, or of the answer. */
export const tlsBox = (
  certificate: Certificate,
  target: number,
  when: "in the handshake" | "after the request",
  spoil: Spoil
): Effect.Effect<Box, never, Scope.Scope> =>
  Effect.gen(function* () {
    const keep = yield* keeper
    let connections = 0
    let spoiling = when === "in the handshake"
    const behind = yield* terminator(certificate, target, () => {
      spoiling = true
    })
    const port = yield* listen(
      createServer((client) => {
        connections++
        const server = keep(connect(behind, "127.0.0.1"))
        keep(client).pipe(server)
        client.on("close", () => server.destroy())
        server.on("data", (bytes: Buffer) => {
          if (!spoiling) return client.write(bytes)
          server.removeAllListeners("data").resume()
          return client.end(spoil(bytes))
        })
      })
    )
    return { port, connections: () => connections }
  })
