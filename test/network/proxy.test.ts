import { createServer } from "node:http"
import { type AddressInfo, connect } from "node:net"
import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import * as EffectsUndici from "@effect/platform-node/Undici"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Schedule, Stream } from "effect"
import { Client, Errors, Images, Retry } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import * as Undici from "undici"

const request = { model: "openai/gpt-image-1-mini", prompt: "a red panda", size: "16x16" } as const

/** A proxy that answers CONNECT with a status, and with 200 opens the tunnel. */
const proxy = (status: number) =>
  Effect.acquireRelease(
    Effect.async<{ readonly url: string; readonly asked: () => number; readonly close: () => void }>((resume) => {
      let asked = 0
      const server = createServer()
      server.on("connect", ({ url = "" }, socket) => {
        asked++
        socket.on("error", () => {})
        if (status !== 200) return socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`)
        const target = connect(Number(url.split(":").at(-1)), "127.0.0.1", () => {
          socket.write("HTTP/1.1 200 OK\r\n\r\n")
          target.pipe(socket).pipe(target)
        }).on("error", () => {})
        return socket
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        const close = () => {
          server.close()
          server.closeAllConnections()
        }
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, asked: () => asked, close }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

const kinds = ["ProxyAgent", "EnvHttpProxyAgent"] as const
type Kind = (typeof kinds)[number]

/** Every request goes through a tunnel: undici 8 asks a proxy for a plain address itself unless it is told. */
const proxyTunnel = true
const everything = (url: string) => ({ httpProxy: url, httpsProxy: url, noProxy: "", proxyTunnel })

/** For `fetch`: Node's own takes the dispatchers of an undici that is not much newer. */
const dispatcherOf = (kind: Kind, url: string): Undici.Dispatcher =>
  kind === "ProxyAgent"
    ? new Undici.ProxyAgent({ uri: url, proxyTunnel })
    : new Undici.EnvHttpProxyAgent(everything(url))

/** For the client over undici, whose undici is Effect's. */
const effectsDispatcherOf = (kind: Kind, url: string): EffectsUndici.Dispatcher =>
  kind === "ProxyAgent"
    ? new EffectsUndici.ProxyAgent({ uri: url, proxyTunnel })
    : new EffectsUndici.EnvHttpProxyAgent(everything(url))

interface Way {
  readonly http: Layer.Layer<HttpClient.HttpClient>
  readonly options: Images.RequestOptions
}

/** The ways in which a dispatcher gets into a call. */
const ways: Readonly<Record<string, (kind: Kind, url: string) => Way>> = {
  "fetchOptions of the call": (kind, url) => ({
    http: FetchHttpClient.layer,
    options: { fetchOptions: { dispatcher: dispatcherOf(kind, url) } as RequestInit }
  }),
  "FetchHttpClient.RequestInit": (kind, url) => ({
    http: Layer.provideMerge(
      FetchHttpClient.layer,
      Layer.succeed(FetchHttpClient.RequestInit, { dispatcher: dispatcherOf(kind, url) } as RequestInit)
    ),
    options: {}
  }),
  "undici's own dispatcher": (kind, url) => ({
    http: Layer.provide(
      NodeHttpClient.layerUndiciWithoutDispatcher,
      Layer.succeed(NodeHttpClient.Dispatcher, effectsDispatcherOf(kind, url))
    ),
    options: {}
  })
}

const operations = {
  generate: (options: Images.RequestOptions) => Effect.asVoid(Images.generate(request, options)),
  generateStream: (options: Images.RequestOptions) => Stream.runDrain(Images.generateStream(request, options))
}

const imagesAt = (baseUrl: string) =>
  Layer.provide(
    Images.layer,
    Client.layer({
      baseUrl,
      apiKey: Redacted.make("any-key"),
      timeout: "20 seconds",
      retry: { ...Retry.safe, schedule: Schedule.recurs(2) }
    })
  )

for (const kind of kinds) {
  for (const [way, clientOf] of Object.entries(ways)) {
    describe(`a ${kind} by ${way}`, () => {
      for (const [name, run] of Object.entries(operations)) {
        it.scopedLive.each([407, 403, 502])(`whose proxy answers CONNECT with %i: ${name} sent nothing`, (status) =>
          Effect.gen(function* () {
            const { asked, url } = yield* proxy(status)
            const { http, options } = clientOf(kind, url)
            const { baseUrl, requests } = yield* Emulator.Emulator
            const images = Layer.provide(imagesAt(baseUrl), http)
            const error = yield* Effect.flip(Effect.provide(run(options), images))
            const code = "ERR_PROXY_TUNNEL"
            expect(error).toMatchObject({ _tag: "ConnectionError", phase: "connect", billing: "notBilled", code })
            expect(error.message).toContain(String(status))
            expect(Errors.advice(error)).toMatch(/^Check the proxy/)
            // Undici may ask the proxy more often than we try.
            expect(asked()).toBeGreaterThanOrEqual(3)
            expect(yield* requests).toEqual([])
          }).pipe(Effect.provide(Emulator.layerServer()))
        )
      }

      it.scopedLive("whose proxy opens the tunnel gets its picture", () =>
        Effect.gen(function* () {
          const { asked, url } = yield* proxy(200)
          const { http, options } = clientOf(kind, url)
          const { baseUrl } = yield* Emulator.Emulator
          const images = Layer.provide(imagesAt(baseUrl), http)
          const { data } = yield* Effect.provide(Images.generate(request, options), images)
          expect([data.length, asked()]).toEqual([1, 1])
        }).pipe(Effect.provide(Emulator.layerServer()))
      )
    })
  }
}
