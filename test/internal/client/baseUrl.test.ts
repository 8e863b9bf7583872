import { HttpClient, HttpClientResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Stream } from "effect"
import { Client, Errors, Images, Retry } from "effect-openrouter-images"

const key = "sk-or-v1-5ca1ab1e0ddba11cafe"
const request = { model: "author/slug", prompt: "a red panda" }

const operations = {
  generate: () => Effect.asVoid(Images.generate(request)),
  generateStream: () => Stream.runDrain(Images.generateStream(request)),
  listModels: () => Effect.asVoid(Images.listModels()),
  listModelEndpoints: () => Effect.asVoid(Images.listModelEndpoints("author/slug"))
}

/** A server that gives every request the same answer, and the addresses that were asked for. */
const answering = (answer: () => Response, options: Client.ClientOptions) => {
  const asked: Array<string> = []
  const http = HttpClient.make((request, url) =>
    Effect.sync(() => {
      asked.push(url.href)
      return HttpClientResponse.fromWeb(request, answer())
    })
  )
  const client = Client.layer({ apiKey: Redacted.make(key), retry: Retry.none, ...options })
  return {
    asked,
    layer: Images.layer.pipe(Layer.provide(client), Layer.provide(Layer.succeed(HttpClient.HttpClient, http)))
  }
}

const page = "<!DOCTYPE html>\n<html><head><title>OpenRouter</title></head><body></body></html>"
const html = (status: number) => () => new Response(page, { status, headers: { "content-type": "text/html" } })

/** What the servers of an app, or of a site, say of a path that is none of theirs. */
const strangers: Readonly<Record<string, () => Response>> = {
  "200 with a page": html(200),
  "404 with a page": html(404),
  "404 with nothing": () => new Response(null, { status: 404 }),
  "404 with a text": () => new Response("404 page not found", { status: 404 }),
  "404 with JSON": () => Response.json({ detail: "Not Found" }, { status: 404 }),
  "405 with a page": html(405),
  "405 with nothing": () => new Response(null, { status: 405 }),
  "405 with JSON": () => Response.json({ detail: "Method Not Allowed" }, { status: 405 })
}

describe("a base URL where the API is not", () => {
  for (const [name, run] of Object.entries(operations)) {
    it.effect.each(Object.entries(strangers))(`is what ${name} advises to look at, after %s`, ([, answer]) =>
      Effect.gen(function* () {
        const { layer } = answering(answer, { baseUrl: "https://proxy.example" })
        const error = yield* Effect.flip(run()).pipe(Effect.provide(layer))
        expect(Errors.advice(error)).toContain("should end in /api/v1")
      })
    )
  }

  it.effect("is not blamed for a model that OpenRouter does not know", () =>
    Effect.gen(function* () {
      const answer = () => Response.json({ error: { code: 404, message: "No endpoints found" } }, { status: 404 })
      const { layer } = answering(answer, {})
      const error = yield* Effect.flip(operations.generate()).pipe(Effect.provide(layer))
      expect(Errors.advice(error)).not.toContain("/api/v1")
    })
  )
})

describe("a base URL of OpenRouter itself", () => {
  for (const [name, run] of Object.entries(operations)) {
    it.effect.each([
      "https://openrouter.ai",
      "https://openrouter.ai/",
      "https://openrouter.ai/api",
      "https://openrouter.ai/api/",
      "https://openrouter.ai/v1",
      "https://openrouter.ai/api/v1/images",
      "https://OpenRouter.ai/docs",
      "https://eu.openrouter.ai"
    ])(`is refused by ${name} before anything is sent, where it is not the API's: %s`, (baseUrl) =>
      Effect.gen(function* () {
        const { asked, layer } = answering(html(200), { baseUrl })
        const error = yield* Effect.flip(run()).pipe(Effect.provide(layer))
        expect(error).toMatchObject({ _tag: "InvalidRequestError", billing: "notBilled" })
        expect(error.message).toContain(`baseUrl: must end in /api/v1, got "${baseUrl}"`)
        expect(asked).toEqual([])
      })
    )
  }

  it.effect.each([
    ["https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1/images"],
    ["https://openrouter.ai/api/v1/", "https://openrouter.ai/api/v1/images"],
    ["https://eu.openrouter.ai/api/v1", "https://eu.openrouter.ai/api/v1/images"],
    ["https://openrouter.ai/api/alpha", "https://openrouter.ai/api/alpha/images"],
    ["https://gateway.example", "https://gateway.example/images"],
    ["https://gateway.example/openrouter.ai", "https://gateway.example/openrouter.ai/images"],
    ["https://notopenrouter.ai/v2", "https://notopenrouter.ai/v2/images"]
  ])("and of whoever has the API elsewhere is taken as it is: %s", ([baseUrl, address]) =>
    Effect.gen(function* () {
      const { asked, layer } = answering(html(200), { baseUrl })
      yield* Effect.flip(operations.generate()).pipe(Effect.provide(layer))
      expect(asked).toEqual([address])
    })
  )
})
