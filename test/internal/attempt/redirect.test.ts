import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import * as Undici from "@effect/platform-node/Undici"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Stream } from "effect"
import { Client, Errors, Images } from "effect-openrouter-images"

const key = "sk-or-v1-5ca1ab1e0ddba11cafe"
const request = { model: "author/slug", prompt: "a red panda" }

const clients: Readonly<Record<string, Layer.Layer<HttpClient.HttpClient>>> = {
  fetch: FetchHttpClient.layer,
  undici: NodeHttpClient.layerUndici,
  "undici's global dispatcher": Layer.provide(
    NodeHttpClient.layerUndiciWithoutDispatcher,
    Layer.sync(NodeHttpClient.Dispatcher, () => Undici.getGlobalDispatcher())
  ),
  "node:http": NodeHttpClient.layer
}

const operations = {
  generate: (options?: Images.RequestOptions) => Effect.asVoid(Images.generate(request, options)),
  generateStream: (options?: Images.RequestOptions) => Stream.runDrain(Images.generateStream(request, options))
}

/** Sends everything elsewhere, and writes down what came. */
const redirecting = (status: number, location: string | undefined) =>
  Effect.acquireRelease(
    Effect.async<{ readonly port: number; readonly came: ReadonlyArray<string>; readonly close: () => void }>(
      (resume) => {
        const came: Array<string> = []
        const server = createServer((incoming: IncomingMessage, response) => {
          came.push(`${incoming.method} ${incoming.url}`)
          response.writeHead(status, location === undefined ? {} : { location }).end()
        }).listen(0, "127.0.0.1", () => {
          const close = () => {
            server.close()
            server.closeAllConnections()
          }
          resume(Effect.succeed({ port: (server.address() as AddressInfo).port, came, close }))
        })
      }
    ),
    ({ close }) => Effect.sync(close)
  )

const seen = (error: Errors.OpenRouterError) => ({
  tag: error._tag,
  billing: error.billing,
  ...("status" in error ? { status: error.status } : {})
})

const imagesAt = (port: number) =>
  Layer.provide(
    Images.layer,
    Client.layer({ baseUrl: `http://127.0.0.1:${port}/api/v1`, apiKey: Redacted.make(key), timeout: "20 seconds" })
  )

for (const [client, http] of Object.entries(clients)) {
  describe(`a redirect over ${client}`, () => {
    for (const [name, run] of Object.entries(operations)) {
      it.scopedLive.each([301, 302, 303, 307, 308])(
        `with status %i is not followed by ${name}, cost nothing, and says where to`,
        (status) =>
          Effect.gen(function* () {
            const location = "/elsewhere/api/v1/images"
            const { came, port } = yield* redirecting(status, location)
            const error = yield* Effect.flip(Effect.provide(run(), imagesAt(port)))
            expect(came).toEqual(["POST /api/v1/images"])
            expect(seen(error)).toEqual({ tag: "OpenRouterDefaultError", status, billing: "notBilled" })
            expect(Errors.format(error)).toContain(location)
            expect(Errors.format(error)).not.toContain(key)
          }).pipe(Effect.provide(http))
      )
    }

    it.scopedLive("that does not say where to cost nothing", () =>
      Effect.gen(function* () {
        const { came, port } = yield* redirecting(307, undefined)
        const error = yield* Effect.flip(Effect.provide(operations.generate(), imagesAt(port)))
        expect([came.length, error.billing]).toEqual([1, "notBilled"])
      }).pipe(Effect.provide(http))
    )
  })
}

describe("a redirect over fetch", () => {
  it.scopedLive("that the caller's own options call an error leaves open what it cost", () =>
    Effect.gen(function* () {
      const { came, port } = yield* redirecting(307, "/api/v1/images")
      const fetchOptions: RequestInit = { redirect: "error" }
      const error = yield* Effect.flip(Effect.provide(operations.generate({ fetchOptions }), imagesAt(port)))
      // An answer that `fetch` throws away leaves open what became of the request.
      expect([came.length, error._tag, error.billing]).toEqual([1, "ConnectionError", "unknown"])
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )
})

describe("a redirect in a browser", () => {
  it.effect.each(Object.entries(operations))("is an answer without a status, which cost nothing: %s", ([, run]) =>
    Effect.gen(function* () {
      const opaque = Object.defineProperties(new Response(null), {
        status: { value: 0 },
        type: { value: "opaqueredirect" }
      })
      const http = Layer.provide(
        FetchHttpClient.layer,
        Layer.succeed(FetchHttpClient.Fetch, () => Promise.resolve(opaque))
      )
      const error = yield* Effect.flip(run()).pipe(Effect.provide(Layer.provide(imagesAt(1024), http)))
      expect(seen(error)).toEqual({ tag: "OpenRouterDefaultError", status: 0, billing: "notBilled" })
      expect(Errors.format(error)).toMatch(/redirect/i)
    })
  )
})
