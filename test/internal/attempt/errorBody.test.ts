import { inspect } from "node:util"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Inspectable, Redacted, Stream } from "effect"
import { Errors, Images, Retry } from "effect-openrouter-images"
import { scripted } from "../../support/memoryHttp.js"

const key = "sk-or-v1-5ca1ab1e0ddba11cafe"
const request = { model: "author/slug", prompt: "a red panda in the snow" }

/** How a generation fails on an answer, with the key that the test looks for. */
const failureOf = (status: number, body: string, headers: Readonly<Record<string, string>> = {}) => {
  const options = { apiKey: Redacted.make(key), retry: Retry.none }
  const { layer } = scripted([Effect.sync(() => new Response(body, { status, headers }))], options)
  return Effect.provide(Effect.flip(Images.generate(request)), layer)
}

const utf8 = (text: string) => new TextEncoder().encode(text)

const bodyOf = (failure: Errors.OpenRouterError): string =>
  "body" in failure ? failure.body : expect.fail(`${failure._tag} has no body`)

describe("the body of an error", () => {
  const largest = 64 * 1024

  it.effect("is whole up to 64 KiB", () =>
    Effect.gen(function* () {
      for (const text of ["", "x".repeat(largest), "é".repeat(largest / 2), "熊".repeat(21_845)]) {
        expect(bodyOf(yield* failureOf(500, text))).toBe(text)
      }
    })
  )

  it.effect.each([
    ["of one byte", "", "x", largest],
    ["of two bytes", "x", "é", largest - 1],
    ["of three bytes", "", "熊", largest - 1],
    ["of three bytes", "xx", "熊", largest - 2],
    ["of four bytes", "", "🐼", largest],
    ["of four bytes", "x", "🐼", largest - 3]
  ] as const)("is cut at 64 KiB of bytes, on a character %s", ([, before, character, bytes]) =>
    Effect.gen(function* () {
      const body = bodyOf(yield* failureOf(500, before + character.repeat(largest)))
      expect(utf8(body).length).toBe(bytes)
      expect(body).toBe(before + character.repeat((bytes - before.length) / utf8(character).length))
    })
  )

  it.effect("is text, whatever the bytes are", () =>
    Effect.gen(function* () {
      const bytes = new Uint8Array([0x66, 0xff, 0xfe, 0x6f])
      const { layer } = scripted([Effect.sync(() => new Response(bytes, { status: 500 }))], { retry: Retry.none })
      const failure = yield* Effect.provide(Effect.flip(Images.generate(request)), layer)
      expect(bodyOf(failure)).toBe("f\uFFFD\uFFFDo")
    })
  )
})

/** Everything that a program could print of an error. */
const printed = (error: Errors.OpenRouterError): string =>
  [
    error.message,
    error.stack,
    String(error),
    JSON.stringify(error),
    inspect(error, { depth: 20 }),
    Inspectable.toStringUnknown(error),
    Errors.format(error)
  ].join("\n")

const envelope = (fields: object, beside: object = {}) => JSON.stringify({ error: fields, ...beside })

const echoes: ReadonlyArray<readonly [where: string, status: number, body: string, headers?: Record<string, string>]> =
  [
    ["the message", 401, envelope({ message: `no such key: ${key}` })],
    ["the code", 401, envelope({ message: "no", code: key })],
    ["the metadata", 401, envelope({ message: "no", metadata: { raw: { deep: [`Bearer ${key}`] }, [key]: 1 } })],
    ["the availability", 404, envelope({ message: "no", availability: { fallback_models: [key], excluded_by: key } })],
    ["fields beside the error", 401, envelope({ message: "no" }, { user_id: key, openrouter_metadata: { k: key } })],
    ["a header", 401, envelope({ message: "no" }), { "x-echo": `Bearer ${key}`, "x-generation-id": key }],
    ["a page's title", 502, `<html><title>502 for ${key}</title></html>`],
    ["a text", 502, `proxy: authorization: Bearer ${key}, again ${key}`],
    ["a text at the place of the cut", 502, `${"x".repeat(64 * 1024 - 10)}${key}`],
    ["an error within a 200", 200, envelope({ message: `no such key: ${key}`, code: 401 })],
    ["a body that is no JSON", 200, `debug: ${key}`],
    ["a field of a body that is not right", 200, JSON.stringify({ created: 1, key, data: [{}] })],
    ["a value of a wrong type", 200, JSON.stringify({ created: key, data: [] })],
    ["a picture that is none", 200, JSON.stringify({ created: 1, data: [{ b64_json: `${key} is no base64!` }] })],
    ["a header of a body that is not right", 200, "{}", { "x-echo": key, "x-generation-id": key }]
  ]

describe("the key", () => {
  it.effect.each(echoes)("is masked where a server echoes it in %s", ([, status, body, headers]) =>
    Effect.gen(function* () {
      const failure = yield* failureOf(status, body, headers)
      const text = printed(failure)
      expect(text).not.toContain(key)
      expect(text).not.toContain(key.slice(0, 12))
    })
  )

  it.effect("is masked by a word that says so, and the rest stays", () =>
    Effect.gen(function* () {
      const failure = yield* failureOf(401, envelope({ message: `key ${key} is revoked` }))
      expect(failure.message).toBe("key <redacted> is revoked")
      expect(bodyOf(failure)).toBe('{"error":{"message":"key <redacted> is revoked"}}')
    })
  )

  it.effect.each(["$&", "sk.or+v1(x)*[0]^$", "sk-or-$1-\\d"])("is masked whatever its characters are: %s", (odd) =>
    Effect.gen(function* () {
      const options = { apiKey: Redacted.make(`${odd}-0123`), retry: Retry.none }
      const body = envelope({ message: `[${odd}-0123]` })
      const { layer } = scripted([Effect.sync(() => new Response(body, { status: 401 }))], options)
      const failure = yield* Effect.provide(Effect.flip(Images.generate(request)), layer)
      expect(failure.message).toBe("[<redacted>]")
    })
  )

  it.effect("is masked in an error event of a stream", () =>
    Effect.gen(function* () {
      const event = { type: "error", error: { message: `no ${key}`, code: key, type: key, param: key } }
      const headers = { "content-type": "text/event-stream" }
      const answer = Effect.sync(() => new Response(`data: ${JSON.stringify(event)}\n\n`, { headers }))
      const { layer } = scripted([answer], { apiKey: Redacted.make(key), retry: Retry.none })
      const failure = yield* Effect.provide(Effect.flip(Stream.runDrain(Images.generateStream(request))), layer)
      expect(failure._tag).toBe("ImageStreamError")
      expect(printed(failure)).not.toContain(key)
    })
  )
})
