/** The ways in which no server is reached: each is an address, or a proxy on the way to a good one. */
import { createServer as createHttpServer } from "node:http"
import { type AddressInfo, createServer, type Server } from "node:net"
import { createServer as createTlsServer } from "node:tls"
import { Effect, type Scope } from "effect"
import * as Undici from "undici"
import { makeCertificate } from "../support/certificate.js"
import type { PolicyName } from "./oracle.js"
import type { Unreachable } from "./table.js"

/** The options of a call that lead there. */
export interface Destination {
  readonly baseUrl: string
  readonly fetchOptions?: RequestInit
}

/** Where a call goes, by the emulator's own address. */
export type Nowhere = Readonly<Record<Unreachable["_tag"], (emulated: string, policy: PolicyName) => Destination>>

const listening = (server: Server): Effect.Effect<number, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.async<number>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed((server.address() as AddressInfo).port)))
    }),
    () => Effect.sync(() => server.close())
  )

/** A port where nobody listens any more. */
const closedPort = Effect.scoped(listening(createServer()))

/** A port that hangs up as soon as anything is said. */
const hangingUp = listening(
  createServer((socket) => {
    socket.on("error", () => {}).once("data", () => socket.end())
  })
)

/** A port whose certificate nobody trusts. */
const untrusted = Effect.suspend(() => listening(createTlsServer(makeCertificate()).on("tlsClientError", () => {})))

/** A proxy that asks for credentials, as `fetch` takes it. */
const refusingProxy = Effect.map(
  listening(
    createHttpServer().on("connect", (_, socket) => {
      socket.on("error", () => {}).end("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
    })
  ),
  (port) => ({ dispatcher: new Undici.ProxyAgent(`http://127.0.0.1:${port}`) }) as RequestInit
)

/** No name server can be asked for this name, so that none is kept busy; each call asks for the other one once. */
const unspeakable = `${"n".repeat(64)}.invalid`

const at = (authority: string): Destination => ({ baseUrl: `${authority}/api/v1` })

export const makeNowhere: Effect.Effect<Nowhere, never, Scope.Scope> = Effect.map(
  Effect.all([closedPort, hangingUp, untrusted, refusingProxy]),
  ([closed, cut, stranger, fetchOptions]) => ({
    Refused: () => at(`http://127.0.0.1:${closed}`),
    NoSuchHost: (_, policy) => at(`http://${policy === "none" ? "does-not-exist.invalid" : unspeakable}`),
    NoTunnel: (baseUrl) => ({ baseUrl, fetchOptions }),
    Untrusted: () => at(`https://127.0.0.1:${stranger}`),
    HandshakeCut: () => at(`https://127.0.0.1:${cut}`),
    PlainHttp: (emulated) => ({ baseUrl: emulated.replace("http:", "https:") })
  })
)
