import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import * as EffectsUndici from "@effect/platform-node/Undici"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Schedule } from "effect"
import { Client, Errors, Images, Retry } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import * as Undici from "undici"
import { makeCertificate } from "../support/certificate.js"
import { clients } from "./support/calls.js"
import { cut, spoils, tlsBox } from "./support/tlsBox.js"

const request = { model: "openai/gpt-image-1-mini", prompt: "a red panda", size: "16x16" } as const

const certificate = makeCertificate()

/** Lets every certificate pass for as long as the scope lasts: Node looks at this for each connection. */
const trusting = Effect.acquireRelease(
  Effect.sync(() => {
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0"
  }),
  () =>
    Effect.sync(() => {
      delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"]
    })
)

const imagesAt = (port: number) =>
  Layer.provide(
    Images.layer,
    Client.layer({
      baseUrl: `https://127.0.0.1:${port}/api/v1`,
      apiKey: Redacted.make("any-key"),
      timeout: "20 seconds"
    })
  )

const failureAt = (port: number, options?: Images.RequestOptions) =>
  Effect.flip(Effect.provide(Images.generate(request, options), imagesAt(port)))

/** The default policy but for its delays. */
const soon = { retry: { ...Retry.safe, schedule: Schedule.recurs(2) } }

const emulatorPort = Effect.map(Emulator.Emulator, ({ baseUrl }) => Number(new URL(baseUrl).port))
const billed = Effect.flatMap(Emulator.Emulator, ({ ledger }) => Effect.map(ledger, ({ length }) => length))

for (const [name, client] of Object.entries(clients)) {
  describe(`TLS over ${name}`, () => {
    for (const [what, spoil] of Object.entries(spoils)) {
      it.scopedLive(`${what} after the request leaves open what it cost, and the request is sent once`, () =>
        Effect.gen(function* () {
          yield* trusting
          const { connections, port } = yield* tlsBox(certificate, yield* emulatorPort, "after the request", spoil)
          const error = yield* failureAt(port)
          expect(error).toMatchObject({ _tag: "ConnectionError", phase: "response", billing: "unknown" })
          expect(Retry.whenNotBilled(error)).toBe(false)
          expect([yield* billed, connections()]).toEqual([1, 1])
        }).pipe(Effect.provide([client, Emulator.layerServer()]))
      )

      it.scopedLive(`${what} in the handshake cannot be told from one after the request: it is not sent again`, () =>
        Effect.gen(function* () {
          yield* trusting
          const { connections, port } = yield* tlsBox(certificate, yield* emulatorPort, "in the handshake", spoil)
          const error = yield* failureAt(port)
          expect(error).toMatchObject({ _tag: "ConnectionError", phase: "response", billing: "unknown" })
          expect(Errors.advice(error)).toContain("speaks TLS")
          expect([yield* billed, connections()]).toEqual([0, 1])
        }).pipe(Effect.provide([client, Emulator.layerServer()]))
      )
    }

    it.scopedLive("a handshake that is cut cost nothing, and is tried again", () =>
      Effect.gen(function* () {
        const { connections, port } = yield* tlsBox(certificate, yield* emulatorPort, "in the handshake", cut)
        const error = yield* failureAt(port, soon)
        expect(error).toMatchObject({ _tag: "ConnectionError", phase: "connect", billing: "notBilled" })
        expect([yield* billed, connections()]).toEqual([0, 3])
      }).pipe(Effect.provide([client, Emulator.layerServer()]))
    )

    it.scopedLive.each([
      ["is self-signed", certificate, /SELF_SIGNED/],
      ["has expired", makeCertificate("IP:127.0.0.1", -1), /CERT_HAS_EXPIRED|SELF_SIGNED/]
    ] as const)("a certificate that %s cost nothing, and the advice is about it", ([, one, code]) =>
      Effect.gen(function* () {
        const { port } = yield* tlsBox(one, yield* emulatorPort, "after the request", cut)
        const error = yield* failureAt(port, soon)
        expect(error).toMatchObject({ _tag: "ConnectionError", phase: "connect", billing: "notBilled" })
        expect("code" in error && error.code).toMatch(code)
        expect(Errors.advice(error)).toContain("certificate authorities")
        expect(yield* billed).toBe(0)
      }).pipe(Effect.provide([client, Emulator.layerServer()]))
    )
  })
}

describe("a certificate of another host", () => {
  const elsewhere = makeCertificate("DNS:elsewhere.test")
  const ca = elsewhere.cert
  const trustingIt: Readonly<Record<string, Layer.Layer<HttpClient.HttpClient>>> = {
    fetch: Layer.merge(
      FetchHttpClient.layer,
      Layer.succeed(FetchHttpClient.RequestInit, { dispatcher: new Undici.Agent({ connect: { ca } }) } as RequestInit)
    ),
    undici: Layer.provide(
      NodeHttpClient.layerUndiciWithoutDispatcher,
      Layer.sync(NodeHttpClient.Dispatcher, () => new EffectsUndici.Agent({ connect: { ca } }))
    ),
    "node:http": Layer.provide(NodeHttpClient.layerWithoutAgent, NodeHttpClient.makeAgentLayer({ ca }))
  }
  for (const [name, client] of Object.entries(trustingIt)) {
    it.scopedLive(`cost nothing over ${name}, although its authority is trusted`, () =>
      Effect.gen(function* () {
        const { port } = yield* tlsBox(elsewhere, yield* emulatorPort, "after the request", cut)
        const error = yield* failureAt(port, soon)
        expect(error).toMatchObject({ phase: "connect", billing: "notBilled", code: "ERR_TLS_CERT_ALTNAME_INVALID" })
        expect(yield* billed).toBe(0)
      }).pipe(Effect.provide([client, Emulator.layerServer()]))
    )
  }
})
