import { inspect } from "node:util"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Redacted, Stream } from "effect"
import { type Client, Images, Retry } from "effect-openrouter-images"
import { type Answer, json, refusal, scripted } from "../../support/memoryHttp.js"

const key = "sk-or-v1-0123456789abcdef"
const request = { model: "author/slug", prompt: "a red panda" }

const operations = {
  generate: (options?: Client.RequestOptions) => Effect.asVoid(Images.generate(request, options)),
  generateStream: (options?: Client.RequestOptions) => Stream.runDrain(Images.generateStream(request, options)),
  listModels: (options?: Client.RequestOptions) => Effect.asVoid(Images.listModels(options)),
  listModelEndpoints: (options?: Client.RequestOptions) => Effect.asVoid(Images.listModelEndpoints("a/b", options))
}
const names = ["generate", "generateStream", "listModels", "listModelEndpoints"] as const

/** Everything of a failure that anybody could write down. */
const shown = (cause: Cause.Cause<unknown>): string =>
  [
    Cause.pretty(cause),
    JSON.stringify(cause),
    inspect(cause, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
    ...[...Cause.failures(cause)].map((error) => JSON.stringify(error))
  ].join("\n")

const failing = (
  name: (typeof names)[number],
  answer: Answer,
  options: Client.ClientOptions,
  call?: Client.RequestOptions
) =>
  Effect.gen(function* () {
    const { layer } = scripted([answer], { retry: Retry.none, ...options })
    return yield* operations[name](call).pipe(Effect.provide(layer), Effect.sandbox, Effect.flip)
  })

const events = (...all: ReadonlyArray<string>): Answer =>
  Effect.sync(
    () =>
      new Response(all.map((data) => `data: ${data}\n\n`).join(""), {
        headers: { "content-type": "text/event-stream", "x-generation-id": `gen-${key}`, "x-echo": key }
      })
  )

/** Answers that say the key back, each for one way to fail. */
const echoes: Readonly<Record<string, Answer>> = {
  "an error envelope": json(
    401,
    { error: { code: 401, message: `bad key ${key}`, metadata: { [key]: [key] } }, user_id: key },
    { "x-generation-id": `gen-${key}`, "x-echo": key }
  ),
  "an answer that cannot be read": json(200, { no: key }, { "x-generation-id": `gen-${key}`, "x-echo": key }),
  "a stream's error event": events(
    JSON.stringify({ type: "error", error: { message: `no ${key}`, code: key, param: key } })
  ),
  "a stream that ends early": events("[DONE]"),
  "a stream's picture that cannot be read": events(
    JSON.stringify({ type: "image_generation.completed", b64_json: "****", created: key })
  )
}

describe("the key", () => {
  for (const name of names) {
    for (const [what, answer] of Object.entries(echoes)) {
      it.effect(`is nowhere in the failure of ${name}, though the server says it back in ${what}`, () =>
        Effect.gen(function* () {
          const cause = yield* failing(name, answer, { apiKey: Redacted.make(key) })
          expect(Cause.isFailure(cause)).toBe(true)
          expect(shown(cause)).not.toContain(key)
        })
      )
    }

    it.effect(`is nowhere in the failure of ${name} when it came as a header of the caller's own`, () =>
      Effect.gen(function* () {
        const headers = { Authorization: `Bearer ${key}` }
        const answer = echoes["an error envelope"] ?? expect.fail()
        expect(shown(yield* failing(name, answer, { headers }))).not.toContain(key)
        expect(shown(yield* failing(name, answer, {}, { headers }))).not.toContain(key)
      })
    )
  }

  it.effect("is nowhere in the id of a generation that went well", () =>
    Effect.gen(function* () {
      const answer = json(200, { created: 1, data: [{ b64_json: "UE5H" }] }, { "x-generation-id": `gen-${key}` })
      const { layer } = scripted([answer], { apiKey: Redacted.make(key) })
      const { generationId } = yield* Images.generate(request).pipe(Effect.provide(layer))
      expect(generationId).toBe("gen-<redacted>")
    })
  )

  it.effect.each([
    ["the slash", "sk-or-v1/0123456789", (text: string) => text.replaceAll("/", "\\/")],
    ["the hyphens", key, (text: string) => text.replaceAll("-", "\\u002d")],
    ["the hyphens in capitals", key, (text: string) => text.replaceAll("-", "\\u002D")],
    ["a quotation mark", 'sk-or-v1-"0123456789', (text: string) => text.replaceAll('"', '\\"')],
    ["a backslash", "sk-or-v1-\\0123456789", (text: string) => text.replaceAll("\\", "\\\\")],
    ["everything", key, (text: string) => Array.from(text, (c) => `\\u00${c.charCodeAt(0).toString(16)}`).join("")],
    ["JSON within JSON", key, (text: string) => text.replaceAll("-", "\\\\u002d")]
  ] as const)("is nowhere in a body in which JSON escapes %s", ([, apiKey, spell]) =>
    Effect.gen(function* () {
      for (const [status, body] of [
        [401, `{"error":{"message":"bad key ${spell(apiKey)}","metadata":{"raw":"${spell(apiKey)}"}}}`],
        [502, `bad key ${spell(apiKey)}`],
        [200, `{"created":1,"data":[],"echo":"${spell(apiKey)}"}`]
      ] as const) {
        const answer = Effect.sync(() => new Response(body, { status }))
        const { layer } = scripted([answer], { retry: Retry.none, apiKey: Redacted.make(apiKey) })
        const error = yield* Effect.flip(Images.generate(request)).pipe(Effect.provide(layer))
        const kept = "body" in error ? error.body : "rawBody" in error ? error.rawBody : expect.fail(error._tag)
        expect(kept).toContain("<redacted>")
        for (const text of [kept, error.message]) {
          expect(text).not.toContain(apiKey)
          expect(text).not.toContain(spell(apiKey))
        }
      }
    })
  )

  it.effect("is nowhere in what is told of a picture that is none", () =>
    Effect.gen(function* () {
      const answer = json(200, { data: [{ b64_json: "UE5H" }, { error: { message: `bad key ${key}` } }] })
      const { layer } = scripted([answer], { apiKey: Redacted.make(key) })
      const { faults } = yield* Images.generate(request).pipe(Effect.provide(layer))
      expect(faults).toEqual([{ path: ["data", 1], message: "bad key <redacted>" }])
    })
  )

  it.effect("is masked within other words too, unless it is a word itself", () =>
    Effect.gen(function* () {
      const said = (apiKey: string, message: string) =>
        Effect.map(
          failing("generate", refusal(401).pipe(Effect.zipRight(json(401, { error: { code: 401, message } }))), {
            apiKey: Redacted.make(apiKey)
          }),
          (cause) => [...Cause.failures(cause)].map((error) => error.message)
        )
      expect(yield* said("testkey", "raw_testkey_")).toEqual(["raw_<redacted>_"])
      expect(yield* said("key", "a key is in keyboard")).toEqual(["a <redacted> is in keyboard"])
    })
  )
})
