import { HttpClient, HttpClientRequest, HttpClientResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { Client, Images, Retry } from "effect-openrouter-images"
import { fetchBodyOf } from "../../../src/internal/attempt/fetchBody.js"

const models = { data: [] }
const request = HttpClientRequest.get("http://localhost")

/** A body that never ends, and whether somebody cancelled it. */
const endless = () => {
  const seen = { cancelled: false }
  const piece = new TextEncoder().encode(" ".repeat(1024 * 1024))
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(piece),
    cancel: () => {
      seen.cancelled = true
    }
  })
  return { body, seen }
}

/** Lists the models from an answer, which `change` may replace. */
const listed = (
  response: Response,
  change: (answer: HttpClientResponse.HttpClientResponse) => HttpClientResponse.HttpClientResponse = (answer) => answer,
  options?: Client.ClientOptions
) => {
  const http = HttpClient.make((request) => Effect.sync(() => change(HttpClientResponse.fromWeb(request, response))))
  const live = Images.layer.pipe(
    Layer.provide(Client.layer({ retry: Retry.none, ...options })),
    Layer.provide(Layer.succeed(HttpClient.HttpClient, http))
  )
  return Effect.provide(Images.listModels(), live)
}

describe("the body of an answer that came from fetch", () => {
  it("is found in the answer of an HttpClient", () => {
    const response = Response.json(models)
    expect(fetchBodyOf(HttpClientResponse.fromWeb(request, response))).toBe(response)
    expect(fetchBodyOf(HttpClientResponse.fromWeb(request, new Response(null)))).toBeUndefined()
  })

  it.effect("is not read where another stream stands in its place", () =>
    Effect.gen(function* () {
      const stream = Stream.make(new TextEncoder().encode(JSON.stringify(models)))
      const replaced = (answer: HttpClientResponse.HttpClientResponse) =>
        Object.create(answer, { stream: { value: stream } }) as HttpClientResponse.HttpClientResponse
      const changed = (answer: HttpClientResponse.HttpClientResponse) =>
        Object.defineProperty(answer, "stream", { value: stream })
      expect(yield* listed(new Response("no JSON"), replaced)).toEqual(models)
      expect(yield* listed(new Response("no JSON"), changed)).toEqual(models)
      expect(yield* Effect.flip(listed(new Response("no JSON")))).toMatchObject({ _tag: "ResponseValidationError" })
    })
  )

  it.effect("is cancelled when it is longer than an answer may be, whatever its status", () =>
    Effect.gen(function* () {
      for (const status of [200, 500]) {
        const { body, seen } = endless()
        yield* Effect.flip(listed(new Response(body, { status }), undefined, { maxResponseBytes: 8 * 1024 * 1024 }))
        expect(seen.cancelled).toBe(true)
      }
    })
  )
})
