import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { FetchHttpClient, HttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { Client, Images, Retry } from "effect-openrouter-images"

const request = { model: "author/slug", prompt: "a red panda in the snow" }

const operations = {
  generate: (options?: Client.RequestOptions) => Effect.asVoid(Images.generate(request, options)),
  generateStream: (options?: Client.RequestOptions) => Stream.runDrain(Images.generateStream(request, options)),
  listModels: (options?: Client.RequestOptions) => Effect.asVoid(Images.listModels(options))
}
const names = ["generate", "generateStream", "listModels"] as const
const paid = ["generate", "generateStream"] as const

/** A `fetch` that answers everything and keeps the options that it was given. */
const recordingFetch = () => {
  const inits: Array<RequestInit> = []
  const fetch: typeof globalThis.fetch = async (_, init = {}) => {
    inits.push(init)
    return Response.json({ created: 1, data: init.method === "POST" ? [{ b64_json: "iVBORw0KGgo=" }] : [] })
  }
  return { inits, layer: Layer.succeed(FetchHttpClient.Fetch, fetch) }
}

interface Given {
  /** Where the HttpClient is made. */
  readonly layer?: RequestInit
  /** Around the call. */
  readonly context?: RequestInit
  readonly call?: RequestInit
}

/** The options with which one call reaches `fetch`. */
const initOf = (name: (typeof names)[number], { call, context, layer }: Given) =>
  Effect.gen(function* () {
    const fetch = recordingFetch()
    const http = Layer.provide(
      FetchHttpClient.layer,
      layer === undefined ? fetch.layer : Layer.merge(fetch.layer, Layer.succeed(FetchHttpClient.RequestInit, layer))
    )
    const images = Images.layer.pipe(Layer.provide(Client.layer()), Layer.provide(http))
    const effect = operations[name](call === undefined ? {} : { fetchOptions: call })
    yield* (context === undefined ? effect : Effect.provideService(effect, FetchHttpClient.RequestInit, context)).pipe(
      Effect.provide(images)
    )
    expect(fetch.inits).toHaveLength(1)
    return fetch.inits[0] ?? expect.fail("fetch was not called")
  })

describe("fetchOptions", () => {
  it.effect.each(names)("of a call of %s reach fetch", (name) =>
    Effect.gen(function* () {
      const init = yield* initOf(name, { call: { cache: "no-store", credentials: "include" } })
      expect(init).toMatchObject({ cache: "no-store", credentials: "include" })
    })
  )

  it.effect.each(names)("of a call of %s are merged with a RequestInit in the context, and win", (name) =>
    Effect.gen(function* () {
      const context = { cache: "reload", mode: "cors" } as const
      const init = yield* initOf(name, { context, call: { cache: "no-store", credentials: "include" } })
      expect(init).toMatchObject({ cache: "no-store", credentials: "include", mode: "cors" })
    })
  )

  it.effect("do not displace the RequestInit that the HttpClient was made with", () =>
    Effect.gen(function* () {
      const layer = { mode: "cors", cache: "reload" } as const
      const without = yield* initOf("generate", { layer })
      const init = yield* initOf("generate", { layer, call: { cache: "no-store" } })
      expect([without.mode, without.cache]).toEqual(["cors", "reload"])
      expect([init.mode, init.cache]).toEqual(["cors", "no-store"])
    })
  )

  it.effect("change neither the method nor the body, and do not take a header away", () =>
    Effect.gen(function* () {
      const call = { method: "DELETE", body: "nothing", headers: { accept: "text/html", "x-extra": "1" } }
      const init = yield* initOf("generate", { call })
      expect(init.method).toBe("POST")
      expect(new TextDecoder().decode(init.body as Uint8Array)).toBe(JSON.stringify(request))
      expect(init.headers).toMatchObject({ accept: "application/json", "x-extra": "1" })
    })
  )
})

describe("making a client", () => {
  it.effect("asks the HttpClient for nothing, and a call asks it once", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const fetch = recordingFetch()
      const watched = Layer.effect(
        HttpClient.HttpClient,
        Effect.map(
          HttpClient.HttpClient,
          HttpClient.tapRequest(({ url }) => Effect.sync(() => seen.push(url)))
        )
      ).pipe(Layer.provide(FetchHttpClient.layer), Layer.provide(fetch.layer))
      const client = Client.layer({ baseUrl: "http://127.0.0.1:9/api/v1" }).pipe(Layer.provide(watched))
      const context = yield* Layer.build(Layer.provide(Images.layer, client))
      expect(seen).toEqual([])
      yield* Images.generate(request).pipe(Effect.provide(context))
      expect(seen).toEqual(["http://127.0.0.1:9/api/v1/images"])
    }).pipe(Effect.scoped)
  )
})

describe("a redirect", () => {
  it.effect.each(paid)("of %s is not left to fetch, unless the caller says so", (name) =>
    Effect.gen(function* () {
      expect((yield* initOf(name, {})).redirect).toBe("manual")
      expect((yield* initOf(name, { context: { cache: "reload" } })).redirect).toBe("manual")
      expect((yield* initOf(name, { context: { redirect: "error" } })).redirect).toBe("error")
      expect((yield* initOf(name, { call: { redirect: "follow" } })).redirect).toBe("follow")
    })
  )

  it.effect("of discovery is fetch's own business", () =>
    Effect.gen(function* () {
      expect((yield* initOf("listModels", {})).redirect).toBeUndefined()
    })
  )

  /** Sends every request elsewhere on the same port, and keeps where they came. */
  const redirecting = Effect.acquireRelease(
    Effect.async<{ readonly baseUrl: string; readonly paths: Array<string>; readonly close: () => void }>((resume) => {
      const paths: Array<string> = []
      const server = createServer((request, response) => {
        paths.push(`${request.method} ${request.url}`)
        response.writeHead(307, { location: "/elsewhere" }).end()
      })
      server.listen(0, "127.0.0.1", () => {
        const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`
        const close = () => {
          server.close()
          server.closeAllConnections()
        }
        resume(Effect.succeed({ baseUrl, paths, close }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

  for (const [client, http] of Object.entries({
    fetch: FetchHttpClient.layer,
    undici: NodeHttpClient.layerUndici,
    "node:http": NodeHttpClient.layer
  })) {
    for (const name of paid) {
      it.scopedLive(`is not followed by ${name} over ${client}: the key and the prompt go nowhere else`, () =>
        Effect.gen(function* () {
          const { baseUrl, paths } = yield* redirecting
          const images = Images.layer.pipe(
            Layer.provide(Client.layer({ baseUrl, retry: Retry.eager, timeout: "10 seconds" })),
            Layer.provide(http)
          )
          const error = yield* Effect.flip(Effect.provide(operations[name](), images))
          expect(error).toMatchObject({
            _tag: "OpenRouterDefaultError",
            status: 307,
            httpStatus: 307,
            headers: { location: "/elsewhere" }
          })
          expect(error.message).toContain("307")
          expect(paths).toEqual(["POST /api/v1/images"])
        })
      )
    }
  }
})
