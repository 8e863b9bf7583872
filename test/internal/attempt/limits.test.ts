import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { gzipSync } from "node:zlib"
import { FetchHttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Schema, Stream } from "effect"
import { Client, Errors, Images, Retry } from "effect-openrouter-images"
import { type Answer, json, noModels, picture, scripted } from "../../support/memoryHttp.js"

const request = { model: "author/slug", prompt: "a red panda" }
const apiKey = Redacted.make("sk-or-v1-0123456789")

/** How a call fails on an answer that is sent once. */
const failureOf = <E extends Errors.OpenRouterError>(
  program: Effect.Effect<unknown, E, Images.Images>,
  answer: Answer,
  options: Client.ClientOptions = {}
) => Effect.provide(Effect.flip(program), scripted([answer], { retry: Retry.none, ...options }).layer)

const pictures = (count: number) =>
  json(200, { created: 1, data: Array(count).fill({ b64_json: Buffer.alloc(600).toString("base64") }) })

describe("an answer that is larger than allowed", () => {
  it.effect("is a ResponseValidationError with the pictures that had arrived whole", () =>
    Effect.gen(function* () {
      const failure = yield* failureOf(Images.generate(request, { maxResponseBytes: 2000 }), pictures(10))
      expect(failure).toMatchObject({
        _tag: "ResponseValidationError",
        billing: "billed",
        issues: [{ path: [], message: "the body is larger than 2000 bytes (maxResponseBytes)" }]
      })
      expect(failure._tag === "ResponseValidationError" && failure.images.length).toBeGreaterThan(0)
    })
  )

  it.effect("costs nothing on discovery, and holds for a stream's JSON too", () =>
    Effect.gen(function* () {
      const models = yield* failureOf(Images.listModels({ maxResponseBytes: 5 }), noModels)
      expect(models).toMatchObject({ _tag: "ResponseValidationError", billing: "notBilled" })
      const stream = Stream.runDrain(Images.generateStream(request))
      const streamed = yield* failureOf(stream, pictures(10), { maxResponseBytes: 2000 })
      expect(streamed).toMatchObject({ _tag: "ResponseValidationError", billing: "billed" })
    })
  )

  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20))

  for (const [client, http] of Object.entries({ fetch: FetchHttpClient.layer, "node:http": NodeHttpClient.layer })) {
    it.scopedLive(`is seen by its size after decompression: a bomb of 64 MB over ${client}`, () =>
      Effect.gen(function* () {
        const baseUrl = yield* Effect.acquireRelease(
          Effect.async<readonly [string, () => void]>((resume) => {
            const server = createServer((_, response) => {
              response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(bomb)
            })
            server.listen(0, "127.0.0.1", () => {
              const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
              resume(Effect.succeed([origin, () => server.close(() => {})] as const))
            })
          }),
          ([, close]) => Effect.sync(close)
        )
        const options = { baseUrl: baseUrl[0], retry: Retry.none, maxResponseBytes: 1024 * 1024 }
        const images = Images.layer.pipe(Layer.provide(Client.layer(options)), Layer.provide(http))
        const failure = yield* Effect.flip(Images.listModels()).pipe(Effect.provide(images))
        expect(failure._tag).toBe("ResponseValidationError")
      })
    )
  }
})

describe("an answer of a hostile server", () => {
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`

  it.effect("may nest a hundred thousand deep: the error is made, shown and written all the same", () =>
    Effect.gen(function* () {
      const body = `{"error":{"code":502,"message":"deep","metadata":${deep(100_000)}}}`
      const answer: Answer = Effect.sync(() => new Response(body, { status: 502 }))
      const failure = yield* failureOf(Images.generate(request), answer)
      expect(failure).toMatchObject({ _tag: "BadGatewayResponseError", message: "deep" })
      const wire = JSON.stringify(Schema.encodeSync(Errors.OpenRouterError)(failure))
      expect(Schema.decodeUnknownSync(Errors.OpenRouterError)(JSON.parse(wire))).toMatchObject({ message: "deep" })
    })
  )

  it.effect("may nest within a stream's event", () =>
    Effect.gen(function* () {
      const event = `data: {"type":"novelty","b64_json":"UE5H","x":${deep(100_000)}}\n\n`
      const answer: Answer = Effect.sync(
        () => new Response(event, { headers: { "content-type": "text/event-stream" } })
      )
      const first = yield* Stream.runHead(Images.generateStream(request)).pipe(
        Effect.provide(scripted([answer], { retry: Retry.none }).layer)
      )
      expect(first).toMatchObject({ value: { _tag: "UnknownEvent", payload: { b64_json: "UE5H" } } })
    })
  )

  it.effect("cannot reach the prototype of anything", () =>
    Effect.gen(function* () {
      const polluted = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'
      const error = `{"error":{"code":502,"message":"m","metadata":${polluted}},"openrouter_metadata":${polluted}}`
      yield* failureOf(
        Images.generate(request),
        Effect.sync(() => new Response(error, { status: 502 }))
      )
      const usage = `{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2,"__proto__":{"polluted":true}}`
      const body = `{"created":1,"data":[{"b64_json":"UE5H"}],"usage":${usage}}`
      yield* Images.generate(request).pipe(
        Effect.provide(scripted([Effect.sync(() => new Response(body))], { retry: Retry.none }).layer)
      )
      expect(({} as { readonly polluted?: boolean }).polluted).toBeUndefined()
    })
  )
})

describe("a key", () => {
  const send = (options: Client.ClientOptions, call?: Client.RequestOptions) => {
    const { layer, received } = scripted([picture], options)
    return Images.generate(request, call).pipe(
      Effect.provide(layer),
      Effect.match({ onSuccess: () => "sent", onFailure: (error) => error.message }),
      Effect.map((outcome) => ({ outcome, sent: received.length }))
    )
  }

  it.effect.each([
    { apiKey, baseUrl: "http://openrouter.ai/api/v1" },
    { apiKey, baseUrl: "http://10.0.0.7:8080/v1" },
    { apiKey, baseUrl: "http://127.0.0.1.evil.com/v1" },
    { headers: { authorization: "Bearer sk-or-v1-0123456789" }, baseUrl: "http://proxy.internal/v1" }
  ])("is not sent in the clear: %j", (options) =>
    Effect.gen(function* () {
      const { outcome, sent } = yield* send(options)
      expect(sent).toBe(0)
      expect(outcome).toContain("baseUrl: must be https")
      expect(outcome).toContain("allowInsecure")
      expect(yield* send({ ...options, allowInsecure: true })).toEqual({ outcome: "sent", sent: 1 })
    })
  )

  it.effect("is not sent in the clear either where only the call says where to", () =>
    Effect.gen(function* () {
      expect((yield* send({ apiKey }, { baseUrl: "http://openrouter.ai/api/v1" })).sent).toBe(0)
    })
  )

  it.effect.each([
    { apiKey, baseUrl: "https://openrouter.ai/api/v1" },
    { apiKey, baseUrl: "http://localhost:3000/v1" },
    { apiKey, baseUrl: "http://127.8.9.10/v1" },
    { apiKey, baseUrl: "http://[::1]:3000/v1" },
    { apiKey, baseUrl: "http://openrouter.test/v1" },
    { baseUrl: "http://openrouter.ai/api/v1" }
  ])("may go where nobody is in between, and nothing is asked of those who have none: %j", (options) =>
    Effect.gen(function* () {
      expect(yield* send(options)).toEqual({ outcome: "sent", sent: 1 })
    })
  )
})
