import { createServer } from "node:http"
import { FetchHttpClient, HttpApiClient, HttpServer } from "@effect/platform"
import { NodeHttpServer } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Logger, LogLevel, ManagedRuntime } from "effect"
import { Budget, Catalog, Errors, GeneratedImage, type Images } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { makeApp } from "effect-openrouter-images-examples/dist/hono/app.js"
import { PictureFailed, PicturesApi } from "effect-openrouter-images-examples/dist/http-api/api.js"
import { ServerLive } from "effect-openrouter-images-examples/dist/http-api/server.js"
import { emulated } from "../support/emulated.js"
import { silentOpenRouter } from "../support/silentOpenRouter.js"

const emulator = emulated()

const quiet = Logger.minimumLogLevel(LogLevel.None)

/** The example's server on a free port, over these Images; gives its address. */
const served = <E>(images: Layer.Layer<Images.Images, E>) =>
  ServerLive.pipe(
    Layer.provide([images, quiet]),
    Layer.provideMerge(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 })),
    Layer.build,
    Effect.flatMap((context) => Effect.provide(HttpServer.addressFormattedWith(Effect.succeed), context)),
    Effect.map((address) => address.replace("0.0.0.0", "127.0.0.1"))
  )

const emulatedServer = Effect.gen(function* () {
  const context = yield* Layer.build(emulator)
  const origin = yield* served(Layer.succeedContext(context))
  const client = yield* HttpApiClient.make(PicturesApi, { baseUrl: origin }).pipe(Effect.provide(FetchHttpClient.layer))
  return { client, origin, emulator: yield* Effect.provide(Emulator.Emulator, context) }
})

/** The events of an answer, each with its data; a line of its own (an id, a comment) is an event without a name. */
const eventsOf = (text: string) =>
  text
    .split("\n\n")
    .filter((block) => block !== "")
    .map((block) => ({
      event: /^event: (.*)$/m.exec(block)?.[1] ?? block,
      data: /^data: (.*)$/m.exec(block)?.[1] ?? ""
    }))

const pictureOf = (url = ""): GeneratedImage.GeneratedImage =>
  GeneratedImage.make(Buffer.from(url.slice(url.indexOf(",") + 1), "base64"))

const get = (url: string, init?: RequestInit) => Effect.promise(() => fetch(url, init))
const textOf = (response: Response) => Effect.promise(() => response.text())

/** Reads an answer as far as its first preview. */
const firstPreview = (response: Response) =>
  Effect.promise(async () => {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ""
    while (reader !== undefined && !/event: preview\ndata: .*\n\n/.test(text)) {
      const { done, value } = await reader.read()
      if (done) throw new Error(`the answer ended without a preview: ${text}`)
      text += value
    }
    return { events: eventsOf(text), cancel: Effect.promise(async () => reader?.cancel()) }
  })

const draw = "/pictures/stream?prompt=a+paper+boat"

describe("the HttpApi", () => {
  it.scopedLive("gives a client pictures as bytes, with what they cost", () =>
    Effect.gen(function* () {
      const { client } = yield* emulatedServer
      const { data, usage } = yield* client.draw({ payload: { prompt: "a paper boat", aspectRatio: "3:2" } })
      expect(data[0]?.dimensions).toEqual({ width: 1256, height: 840 })
      expect(usage?.cost).toBeGreaterThan(0)
    })
  )

  it.scopedLive("lets declared errors cross as themselves, with their status", () =>
    Effect.gen(function* () {
      const { client, emulator, origin } = yield* emulatedServer
      const invalid = yield* Effect.flip(client.draw({ payload: { prompt: "" } }))
      expect(invalid).toBeInstanceOf(Errors.InvalidRequestError)
      expect(invalid).toMatchObject({ issues: [{ path: ["prompt"] }] })
      yield* emulator.script([{ _tag: "Status", status: 429, headers: { "retry-after": "7" } }])
      const busy = yield* Effect.flip(client.draw({ payload: { prompt: "a paper boat" } }))
      expect(busy).toBeInstanceOf(Errors.TooManyRequestsResponseError)
      expect(Errors.format(busy as Errors.TooManyRequestsResponseError)).toMatch(/Nothing was billed/)
      const headers = { "content-type": "application/json" }
      const answer = yield* get(`${origin}/pictures`, { method: "POST", headers, body: '{"prompt":""}' })
      expect(answer.status).toBe(400)
      expect(yield* emulator.ledger).toHaveLength(0)
    })
  )

  it.scopedLive("answers 402 when its budget is used up, and asks nobody", () =>
    Effect.gen(function* () {
      const context = yield* Layer.build(
        Budget.layer({ limitUsd: 0.001 }).pipe(Layer.provide(Catalog.layer()), Layer.provideMerge(emulator))
      )
      const origin = yield* served(Layer.succeedContext(context))
      const headers = { "content-type": "application/json" }
      const answer = yield* get(`${origin}/pictures`, { method: "POST", headers, body: '{"prompt":"a boat"}' })
      expect(answer.status).toBe(402)
      expect(yield* Effect.promise(() => answer.json())).toMatchObject({
        _tag: "BudgetExceededError",
        limitUsd: 0.001,
        billing: "notBilled"
      })
      const { requests } = yield* Effect.provide(Emulator.Emulator, context)
      expect((yield* requests).filter(({ method }) => method === "POST")).toEqual([])
    })
  )

  it.scopedLive("tells of any other failure what it cost, and nothing of the account", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* emulatedServer
      yield* emulator.script([
        { _tag: "Status", status: 401 },
        { _tag: "Reset", at: "head", afterCompletion: true }
      ])
      const refused = yield* Effect.flip(client.draw({ payload: { prompt: "a boat" } }))
      expect(refused).toEqual(new PictureFailed({ billing: "notBilled" }))
      const lost = yield* Effect.flip(client.draw({ payload: { prompt: "a boat" } }))
      expect(lost).toEqual(new PictureFailed({ billing: "unknown" }))
    })
  )

  it.scopedLive("has a page that listens to the events which the stream has", () =>
    Effect.gen(function* () {
      const { origin } = yield* emulatedServer
      const page = yield* get(`${origin}/`)
      expect(page.headers.get("content-type")).toMatch(/^text\/html/)
      const heard = [...(yield* textOf(page)).matchAll(/on\("(\w+)"/g)].map(([, name]) => name)
      expect(heard).toEqual(["preview", "picture", "failed"])
    })
  )

  it.scopedLive("streams previews and then the picture as data URLs", () =>
    Effect.gen(function* () {
      const { origin } = yield* emulatedServer
      const answer = yield* get(`${origin}${draw}`)
      expect(answer.headers.get("content-type")).toBe("text/event-stream")
      expect(answer.headers.get("cache-control")).toBe("no-store")
      const events = eventsOf(yield* textOf(answer)).filter(({ event }) => !event.startsWith(":"))
      expect(events.map(({ event }) => event).join(" ")).toMatch(/^id: started (preview )*picture$/)
      expect(pictureOf(events.at(-1)?.data).dimensions).toEqual({ width: 1024, height: 1024 })
    })
  )

  it.scopedLive("sends a failure as an event that says what it cost", () =>
    Effect.gen(function* () {
      const { emulator, origin } = yield* emulatedServer
      yield* emulator.script([{ _tag: "Stream", how: "error" }])
      const events = eventsOf(yield* textOf(yield* get(`${origin}${draw}`)))
      expect(events.at(-1)?.event).toBe("failed")
      expect(JSON.parse(events.at(-1)?.data ?? "")).toMatchObject({ error: "ImageStreamError", billing: "notBilled" })
    })
  )

  it.scopedLive("does not draw again for a browser that comes again by itself", () =>
    Effect.gen(function* () {
      const { emulator, origin } = yield* emulatedServer
      const again = yield* get(`${origin}${draw}`, { headers: { "last-event-id": "started" } })
      expect(again.status).toBe(204)
      expect(yield* emulator.requests).toEqual([])
    })
  )

  it.scopedLive("closes the socket to OpenRouter when the browser goes away", () =>
    Effect.gen(function* () {
      const { images, left } = yield* silentOpenRouter
      const origin = yield* served(images)
      const browser = new AbortController()
      const { events } = yield* firstPreview(yield* get(`${origin}${draw}`, { signal: browser.signal }))
      expect(events.map(({ event }) => event)).toEqual(["id: started", "preview"])
      expect(pictureOf(events[1]?.data).dimensions).toEqual({ width: 8, height: 8 })
      browser.abort()
      yield* left
    })
  )
})

/** The example's Hono app over these Images. */
const appOver = <E>(images: Layer.Layer<Images.Images, E>) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => ManagedRuntime.make(Layer.merge(Layer.orDie(images), quiet))),
      (runtime) => runtime.disposeEffect
    ),
    (runtime) => {
      const app = makeApp(runtime)
      return (path: string, init?: RequestInit) => Effect.promise(async () => app.request(path, init))
    }
  )

const emulatedApp = Effect.gen(function* () {
  const context = yield* Layer.build(emulator)
  const request = yield* appOver(Layer.succeedContext(context))
  return { request, emulator: yield* Effect.provide(Emulator.Emulator, context) }
})

describe("the Hono app", () => {
  it.scopedLive("streams the same events", () =>
    Effect.gen(function* () {
      const { request } = yield* emulatedApp
      const answer = yield* request(draw)
      expect(answer.headers.get("content-type")).toBe("text/event-stream")
      const events = eventsOf(yield* textOf(answer)).filter(({ event }) => !event.startsWith(":"))
      expect(events.map(({ event }) => event).join(" ")).toMatch(/^id: started (preview )*picture$/)
      const again = yield* request(draw, { headers: { "last-event-id": "started" } })
      expect(again.status).toBe(204)
    })
  )

  it.scopedLive("answers with a picture's bytes, or with its error", () =>
    Effect.gen(function* () {
      const { emulator, request } = yield* emulatedApp
      const picture = yield* request("/picture?prompt=a+paper+boat")
      expect(picture.headers.get("content-type")).toBe("image/png")
      const bytes = new Uint8Array(yield* Effect.promise(() => picture.arrayBuffer()))
      expect(GeneratedImage.make(bytes).dimensions).toEqual({ width: 1024, height: 1024 })
      const invalid = yield* request("/picture")
      expect(invalid.status).toBe(400)
      yield* emulator.script([{ _tag: "Status", status: 403 }])
      const refused = yield* request("/picture?prompt=a+paper+boat")
      expect(refused.status).toBe(502)
      expect(yield* Effect.promise(() => refused.json())).toEqual({
        error: "ForbiddenResponseError",
        billing: "notBilled"
      })
    })
  )

  it.scopedLive("closes the socket to OpenRouter when the body is cancelled", () =>
    Effect.gen(function* () {
      const { images, left } = yield* silentOpenRouter
      const request = yield* appOver(images)
      const { cancel } = yield* firstPreview(yield* request(draw))
      yield* cancel
      yield* left
    })
  )

  it.scopedLive("closes the socket to OpenRouter when the request is aborted", () =>
    Effect.gen(function* () {
      const { images, left } = yield* silentOpenRouter
      const request = yield* appOver(images)
      const browser = new AbortController()
      yield* firstPreview(yield* request(draw, { signal: browser.signal }))
      browser.abort()
      yield* left
    })
  )
})
