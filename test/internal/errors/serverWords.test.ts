import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, FastCheck } from "effect"
import { Errors, Images, Retry } from "effect-openrouter-images"
import { json, scripted } from "../../support/memoryHttp.js"
import { effectProp } from "../../support/properties.js"

const request = { model: "author/slug", prompt: "a red panda" }

/** How a generation fails on an answer. */
const failureOf = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) => {
  const text = typeof body === "string" ? body : JSON.stringify(body)
  const answer = Effect.sync(() => new Response(text, { status, headers }))
  return Effect.flip(Images.generate(request, { retry: Retry.none })).pipe(Effect.provide(scripted([answer]).layer))
}

const provider = { message: "Provider returned error", code: 429 }
const long = "x".repeat(5000)

describe("the message of an error", () => {
  it.effect.each<[unknown, string]>([
    [{ error: "out of luck" }, "out of luck"],
    [{ detail: "out of luck" }, "out of luck"],
    [{ message: "out of luck" }, "out of luck"],
    [{ msg: "out of luck" }, "out of luck"],
    [{ code: 17, message: "out of luck" }, "out of luck"],
    [{ error: "Bad Request", message: ["out of luck", "and of time"] }, "Bad Request: out of luck; and of time"],
    [{ detail: [{ loc: ["body", "n"], msg: "out of luck" }] }, "n: out of luck"],
    [{ errors: [{ field: "n", message: "out of luck" }] }, "n: out of luck"],
    [{ error: { error: { message: "out of luck" } } }, "out of luck"],
    [{ error: { type: "upstream_error", message: "out of luck" } }, "out of luck"],
    [[{ error: { message: "out of luck" } }], "out of luck"],
    ["out of luck", "out of luck"],
    ['upstream: {"error":{"message":"out of luck"}}', "out of luck"],
    ["<html><head><title>out of\n luck</title></head></html>", "out of luck"],
    [
      { success: false, error: { name: "ZodError", message: '[{"path":["input"],"message":"out of luck"}]' } },
      "input: out of luck"
    ]
  ])("shows the words of a body that is no envelope: %j", ([body, words]) =>
    Effect.gen(function* () {
      for (const status of [400, 418, 502]) {
        const error = yield* failureOf(status, body)
        expect(error.message).toContain(words)
        expect(error).toMatchObject({ answeredBy: "intermediary" })
      }
    })
  )

  it.effect.each<[unknown]>([
    ["out of luck"],
    ['{"error":{"code":429,"message":"out of luck"}}'],
    [`${long}{"error":{"message":"out of luck"}}`],
    [`{"type":"${long}","error":{"message":"out of luck"}}`],
    ['[{"error":{"code":429,"message":"{\\n \\"error\\": {\\"message\\": \\"out of luck\\"}}"}}]'],
    [{ error: { message: "out of luck" } }],
    ["<!DOCTYPE html><title>out of luck</title>"]
  ])("shows the innermost words of the provider behind it: %j", ([raw]) =>
    Effect.gen(function* () {
      const error = yield* failureOf(429, { error: { ...provider, metadata: { raw } } })
      expect(error.message).toBe("Provider returned error: out of luck")
      expect(Errors.format(error)).toContain("out of luck")
    })
  )

  it.effect("is OpenRouter's own where the provider says nothing more", () =>
    Effect.gen(function* () {
      for (const raw of ["", null, 7, {}, "returned error"]) {
        expect((yield* failureOf(429, { error: { ...provider, metadata: { raw } } })).message).toBe(provider.message)
      }
    })
  )

  effectProp("is made of any JSON", [FastCheck.jsonValue({ maxDepth: 12 })], ([body]) =>
    Effect.gen(function* () {
      for (const each of [
        body,
        { error: body },
        { error: { message: "no", metadata: { raw: body } } },
        { detail: body }
      ]) {
        const { message } = yield* failureOf(500, each)
        expect(message.length).toBeGreaterThan(0)
        expect(message.length).toBeLessThan(2200)
      }
    })
  )
})

describe("who answered", () => {
  it.effect.each<[object, string]>([
    [{ error: { message: "no", code: 502 } }, "openrouter"],
    [{ error: { message: "no" }, user_id: "user_1" }, "openrouter"],
    [{ error: { message: "no" }, openrouter_metadata: {} }, "openrouter"],
    [{ error: { message: "no", metadata: { error_type: "server" } } }, "openrouter"],
    [{ error: { message: "no", metadata: { limit_source: "x" } } }, "openrouter"],
    [{ error: { message: "no", metadata: { provider_name: "x" } } }, "openrouter"],
    [{ error: { message: "no", metadata: { previous_errors: [] } } }, "openrouter"],
    [{ error: { message: "no", metadata: { routing_funnel: [] } } }, "openrouter"],
    [{ error: { message: "no", metadata: { provider_name: null } }, user_id: null }, "intermediary"],
    [{ error: { message: "no", metadata: { raw: "no" } } }, "intermediary"],
    [{ error: { message: "no", code: 500 } }, "intermediary"],
    [{ error: { message: "no", code: "502" } }, "intermediary"],
    [{ error: { message: "no", type: "upstream_error" } }, "intermediary"],
    [{ error: { code: 502 }, user_id: "user_1" }, "intermediary"],
    [{ error: "no", user_id: "user_1" }, "intermediary"],
    [{ message: "no", code: 502 }, "intermediary"]
  ])("decides whether a 502 is proof that nothing was billed: %j", ([body, by]) =>
    Effect.gen(function* () {
      const { layer, received } = scripted([json(502, body)])
      const error = yield* Effect.flip(Images.generate(request, { retry: Retry.make({ initialInterval: 0 }) })).pipe(
        Effect.provide(layer)
      )
      expect(error).toMatchObject({ answeredBy: by, billing: by === "openrouter" ? "notBilled" : "unknown" })
      expect(received).toHaveLength(by === "openrouter" ? 5 : 1)
    })
  )

  it.effect("makes no difference to a refusal, nor to who gave up waiting", () =>
    Effect.gen(function* () {
      for (const body of [{ error: { message: "no" } }, { error: { message: "no" }, user_id: "user_1" }]) {
        expect((yield* failureOf(403, body)).billing).toBe("notBilled")
        for (const status of [408, 504, 524]) expect((yield* failureOf(status, body)).billing).toBe("unknown")
      }
    })
  )

  it.effect("makes no difference where the body tells a cost", () =>
    Effect.gen(function* () {
      const body = { error: { message: "no", code: 502 }, usage: { cost: 0.04 } }
      expect((yield* failureOf(502, body)).billing).toBe("billed")
    })
  )
})

describe("what an answer tells of its failure", () => {
  it.effect("is on the error: whose limit it was, what to do, by whom, for which generation", () =>
    Effect.gen(function* () {
      const metadata = {
        limit_source: "openrouter_key_limit",
        remedy_hint: "Raise this key's limit",
        provider_name: "A"
      }
      const body = { error: { message: "no", code: 402, metadata } }
      expect(yield* failureOf(402, body, { "x-generation-id": "gen-1", "x-provider-name": "B" })).toMatchObject({
        limitSource: "openrouter_key_limit",
        remedyHint: "Raise this key's limit",
        providerName: "B",
        generationId: "gen-1"
      })
      expect(yield* failureOf(402, body)).toMatchObject({ providerName: "A" })
      expect(Errors.advice(yield* failureOf(402, body))).toBe("Raise this key's limit.")
    })
  )

  it.effect("has the faults field by field, under our names", () =>
    Effect.gen(function* () {
      const message =
        'No provider for a/b supports the requested parameter(s): aspect_ratio "21:9". Provider rejections: ' +
        "OpenAI: aspect_ratio: not supported. Accepted: 1:1, 3:2, 2:3, auto; Black Forest Labs: n: must be exactly 1"
      expect(yield* failureOf(400, { error: { message, code: 400 } })).toMatchObject({
        issues: [
          { path: ["aspectRatio"], message: "OpenAI: not supported. Accepted: 1:1, 3:2, 2:3, auto" },
          { path: ["n"], message: "Black Forest Labs: must be exactly 1" }
        ]
      })
      const three = "Z.AI: size: too large. Accepted: 1K, 2K. Google AI Studio: n: one, no more\n- fal.ai: seed: no"
      expect(yield* failureOf(400, { error: { message: `Provider rejections: ${three}`, code: 400 } })).toMatchObject({
        issues: [
          { path: ["size"], message: "Z.AI: too large. Accepted: 1K, 2K" },
          { path: ["n"], message: "Google AI Studio: one, no more" },
          { path: ["seed"], message: "fal.ai: no" }
        ]
      })
      const zod = [{ code: "invalid_type", path: ["input_references", 0], message: "Required" }]
      expect(yield* failureOf(400, { error: { name: "ZodError", message: JSON.stringify(zod) } })).toMatchObject({
        issues: [{ path: ["inputReferences", 0], message: "Required" }]
      })
      expect(yield* failureOf(422, { detail: [{ loc: ["body", "n"], msg: "too many" }] })).toMatchObject({
        issues: [{ path: ["n"], message: "too many" }]
      })
      expect(yield* failureOf(400, { error: { message: "no: n: good", code: 400 } })).not.toHaveProperty("issues")
    })
  )
})

describe("the wait that a server asks for", () => {
  const waitOf = (status: number, metadata: object, headers: Readonly<Record<string, string>> = {}) =>
    Effect.map(failureOf(status, { error: { message: "no", code: status, metadata } }, headers), (error) =>
      "retryAfter" in error && error.retryAfter !== undefined ? Duration.toSeconds(error.retryAfter) : undefined
    )

  it.effect.each<[object, Readonly<Record<string, string>>, number | undefined]>([
    [{ retry_after_seconds: 3 }, { "retry-after": "2" }, 2],
    [{ retry_after_seconds: 3 }, { "retry-after": "soon" }, 3],
    [{ retry_after_seconds: 3 }, { "retry-after": "-1" }, 3],
    [{}, { "retry-after-ms": "1500" }, 1.5],
    [{}, { "retry-after": "2", "retry-after-ms": "1500" }, 2],
    [{ retry_after_seconds: "4" }, {}, 4],
    [{ retry_after_seconds: 0 }, {}, 0],
    [{ retry_after_seconds: -1, headers: { "Retry-After": "5" } }, {}, 5],
    [{ headers: { "retry-after": 6 } }, {}, 6],
    [{ headers: { "Retry-After": "Thu, 01 Jan 1970 00:00:09 GMT" } }, {}, 9],
    [{ headers: { "X-RateLimit-Reset": "1790983552000" } }, {}, 1790983552],
    [{ "X-RateLimit-Reset": 1790983552 }, {}, 1790983552],
    [{}, { "x-ratelimit-reset": "20" }, 20],
    [{ retry_after_seconds: "1e400" }, {}, undefined],
    [{ headers: "soon" }, {}, undefined],
    [{}, {}, undefined]
  ])("is found wherever it stands: %j %j", ([metadata, headers, seconds]) =>
    Effect.map(waitOf(429, metadata, headers), (found) => expect(found).toBe(seconds))
  )

  it.effect("is no limit's end where no limit was reached", () =>
    Effect.map(waitOf(500, {}, { "x-ratelimit-reset": "1790983552000" }), (found) => expect(found).toBeUndefined())
  )
})

describe("a body that is made to be slow, or to break whoever reads it,", () => {
  const many = 400_000
  const rejections = (text: string) =>
    JSON.stringify({ error: { code: 400, message: `Provider rejections: a: b: ${text}x` } })

  it.effect.each<[string, string]>([
    ["line feeds", rejections("\n".repeat(many))],
    ["full stops", rejections(". ".repeat(many))],
    ["spaces", rejections(`.${" ".repeat(many)}`)],
    ["comments", ":\n".repeat(5 * many)],
    ["brackets", "[".repeat(many)],
    ["nested lists", `{"data":${"[".repeat(many)}${"]".repeat(many)}}`]
  ])("is told all the same: %s", ([, text]) =>
    Effect.gen(function* () {
      expect((yield* failureOf(400, text))._tag).toBe("BadRequestResponseError")
      const answer = Effect.sync(() => new Response(text))
      const models = Images.listModels({ retry: Retry.none }).pipe(Effect.provide(scripted([answer]).layer))
      expect((yield* Effect.exit(models)).toString()).not.toContain("Die")
    })
  )
})
