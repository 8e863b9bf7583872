import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, FastCheck, Redacted, Schema, TestClock } from "effect"
import { type Client, Errors, Images, Retry } from "effect-openrouter-images"
import { scripted } from "../../support/memoryHttp.js"
import { effectProp } from "../../support/properties.js"

const key = "sk-or-v1-5ca1ab1e0ddba11cafe"
const request = { model: "author/slug", prompt: "a red panda in the snow" }
const said = "it did not work"

/** How a generation fails on an answer. */
const failureOf = (
  body: string,
  answer: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
  options: Client.ClientOptions = {}
) =>
  Effect.gen(function* () {
    const response = Effect.sync(() => new Response(body, { status: 429, ...answer }))
    const { layer } = scripted([response], { retry: Retry.none, ...options })
    const failure = yield* Effect.provide(Effect.flip(Images.generate(request)), layer)
    return Schema.is(Errors.ResponseError)(failure) ? failure : expect.fail(`${failure._tag}: ${failure.message}`)
  })

const envelope = (fields: object, beside: object = {}) =>
  JSON.stringify({ error: { code: 429, message: said, ...fields }, ...beside })

const optional = ["errorType", "metadata", "availability", "userId", "openrouterMetadata", "retryAfter"] as const

const absent = (failure: Errors.ResponseError) => optional.filter((name) => !(name in failure))

describe("the fields of an error", () => {
  it.effect("are what the server said, with its own JSON untouched", () =>
    Effect.gen(function* () {
      const metadata = { provider_name: "Seed", raw: { "some_key!": [1, null, { b_c: "d" }] }, reasons: ["violence"] }
      const trace = { "x-y": { snake_case: true } }
      const failure = yield* failureOf(
        envelope({ error_type: "rate_limited", metadata }, { user_id: "user_1", openrouter_metadata: trace }),
        { headers: { "X-Generation-Id": "gen-7", "X-Other": "1" } }
      )
      expect({ ...failure }).toMatchObject({
        operation: "generate",
        code: 429,
        errorType: "rate_limited",
        metadata,
        userId: "user_1",
        openrouterMetadata: trace,
        generationId: "gen-7",
        headers: { "x-generation-id": "gen-7", "x-other": "1" }
      })
      expect(failure.metadata).toEqual(metadata)
      expect(absent(failure)).toEqual(["availability", "retryAfter"])
    })
  )

  it.effect("are there as far as the server said them, though it says little of the error itself", () =>
    Effect.gen(function* () {
      for (const error of ["text", null, 7]) {
        const failure = yield* failureOf(JSON.stringify({ error, user_id: "u", openrouter_metadata: { a: 1 } }))
        expect({ ...failure }).toMatchObject({ userId: "u", openrouterMetadata: { a: 1 } })
      }
    })
  )

  it.effect("take the type of the error from the metadata where only that has it", () =>
    Effect.gen(function* () {
      expect((yield* failureOf(envelope({ metadata: { error_type: "moderation" } }))).errorType).toBe("moderation")
      const both = envelope({ error_type: "outer", metadata: { error_type: "inner" } })
      expect((yield* failureOf(both)).errorType).toBe("outer")
    })
  )

  it.effect("tell what could be used in place of what is not available", () =>
    Effect.gen(function* () {
      const availability = {
        code: "no_endpoints",
        retryable: true,
        retry_after: 12.5,
        requested_models: ["a/b"],
        fallback_models: ["c/d", "e/f"],
        affected_providers: ["Seed"],
        excluded_by: { data_policy: true },
        constraint: "zdr",
        docs_url: "https://openrouter.ai/docs",
        novelty: 1
      }
      const failure = yield* failureOf(envelope({ availability }))
      expect(failure.availability).toEqual({
        code: "no_endpoints",
        retryable: true,
        retryAfter: Duration.seconds(12.5),
        requestedModels: ["a/b"],
        fallbackModels: ["c/d", "e/f"],
        affectedProviders: ["Seed"],
        excludedBy: { data_policy: true },
        constraint: "zdr",
        docsUrl: "https://openrouter.ai/docs"
      })
      expect(failure.retryAfter).toEqual(Duration.seconds(12.5))
    })
  )

  it.effect.each([null, 7, true, "text", [], [1], {}])("are absent where they are of a wrong type: %j", (value) =>
    Effect.gen(function* () {
      const isObject = typeof value === "object" && value !== null && !Array.isArray(value)
      const wrong = typeof value === "string" ? 1 : value
      const object = isObject ? "text" : value
      const failure = yield* failureOf(
        envelope(
          { error_type: wrong, metadata: object, availability: object },
          { user_id: wrong, openrouter_metadata: object }
        )
      )
      expect(failure).toMatchObject({ _tag: "TooManyRequestsResponseError", message: said, billing: "notBilled" })
      expect(absent(failure)).toEqual([...optional])
    })
  )

  it.effect("of the availability are absent one by one, and those that are right stay", () =>
    Effect.gen(function* () {
      const wrong = { code: 1, retryable: "yes", retry_after: "soon", requested_models: "a/b", docs_url: null }
      const failure = yield* failureOf(
        envelope({ availability: { ...wrong, affected_providers: [1], fallback_models: ["c/d"], excluded_by: null } })
      )
      expect(failure.availability).toEqual({ fallbackModels: ["c/d"] })
      expect(failure).not.toHaveProperty("retryAfter")
    })
  )

  const json = FastCheck.jsonValue({ maxDepth: 3 })
  const fields = ["code", "error_type", "metadata", "availability"].map((name) => [name, json] as const)
  const inner = FastCheck.record(Object.fromEntries(fields), { requiredKeys: [] })
  const outer = FastCheck.record({ user_id: json, openrouter_metadata: json }, { requiredKeys: [] })

  effectProp(
    "never keep an error from being that error, nor from crossing as JSON",
    [inner, outer],
    ([fields, beside]) =>
      Effect.gen(function* () {
        const failure = yield* failureOf(envelope(fields, beside))
        expect([failure._tag, failure.message]).toEqual(["TooManyRequestsResponseError", said])
        const wire = JSON.stringify(Schema.encodeSync(Errors.OpenRouterError)(failure))
        const again = Schema.decodeUnknownSync(Errors.OpenRouterError)(JSON.parse(wire))
        expect(JSON.stringify(Schema.encodeSync(Errors.OpenRouterError)(again))).toBe(wire)
      }),
    { numRuns: 60 }
  )

  it.effect.each([
    ["code", envelope({}).replace("429", "1e999")],
    ["retry_after", envelope({ availability: { retry_after: 0 } }).replace('retry_after":0', 'retry_after":1e999')]
  ] as const)("survive a number that JSON can write and not hold, as %s", ([, body]) =>
    Effect.gen(function* () {
      const failure = yield* failureOf(body)
      expect(failure).toMatchObject({ _tag: "TooManyRequestsResponseError", message: said })
      const wire = JSON.stringify(Schema.encodeSync(Errors.OpenRouterError)(failure))
      expect(Schema.decodeUnknownSync(Errors.OpenRouterError)(JSON.parse(wire))).toMatchObject({ message: said })
    })
  )

  it.effect("survive JSON that is nested without end", () =>
    Effect.gen(function* () {
      const nested = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`
      for (const options of [{}, { apiKey: Redacted.make(key) }]) {
        const body = `{"error":{"message":"${said}","metadata":${nested}}}`
        const failure = yield* failureOf(body, {}, options)
        expect(failure).toMatchObject({ _tag: "TooManyRequestsResponseError", message: said })
      }
    })
  )
})

describe("retryAfter", () => {
  const now = Date.UTC(2026, 7, 1, 12, 0, 0)
  const of = (header: string | undefined, availability?: number) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const body = envelope(availability === undefined ? {} : { availability: { retry_after: availability } })
      const { retryAfter } = yield* failureOf(body, header === undefined ? {} : { headers: { "retry-after": header } })
      return retryAfter === undefined ? undefined : Duration.toMillis(retryAfter)
    })

  it.effect.each([
    ["7", 7000],
    ["0", 0],
    ["1.5", 1500],
    ["86400", 86_400_000],
    ["Sat, 01 Aug 2026 12:00:09 GMT", 9000],
    ["Saturday, 01-Aug-26 12:00:09 GMT", 9000],
    ["Sat Aug  1 12:00:09 2026", 9000],
    ["Sat, 01 Aug 2026 12:00:00 GMT", 0],
    ["Fri, 31 Jul 2026 23:59:59 GMT", 0],
    ["-5", undefined],
    ["-0", undefined],
    ["soon", undefined],
    ["", undefined],
    ["NaN", undefined],
    ["Infinity", undefined],
    ["0x10", undefined],
    ["7 seconds", undefined],
    ["2026-08-01T12:00:09Z", undefined],
    ["Sat, 99 Zzz 2026 12:00:09 GMT", undefined]
  ] as const)("of the header %j is %s ms", ([header, expected]) =>
    Effect.map(of(header), (millis) => expect(millis).toBe(expected))
  )

  it.effect.each(["99999999999999999999", "9".repeat(400), "Fri, 31 Dec 9999 23:59:59 GMT"])(
    "of the absurd header %s is longer than anyone waits, and crosses as JSON",
    (header) =>
      Effect.gen(function* () {
        const failure = yield* failureOf(envelope({}), { headers: { "retry-after": header } })
        const wire = JSON.stringify(Schema.encodeSync(Errors.OpenRouterError)(failure))
        const again = Schema.decodeUnknownSync(Errors.OpenRouterError)(JSON.parse(wire))
        for (const error of [failure, again]) {
          expect("retryAfter" in error && error.retryAfter && Duration.toDays(error.retryAfter)).toBeGreaterThan(365)
        }
      })
  )

  it.effect("is the header's before the availability's, even where the header says zero", () =>
    Effect.gen(function* () {
      expect(yield* of("7", 30)).toBe(7000)
      expect(yield* of("0", 30)).toBe(0)
      expect(yield* of("soon", 30)).toBe(30_000)
      expect(yield* of(undefined, 30)).toBe(30_000)
      expect(yield* of(undefined, 0)).toBe(0)
      expect(yield* of(undefined, -1)).toBeUndefined()
    })
  )
})
