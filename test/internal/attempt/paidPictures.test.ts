import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Schema, Stream, TestClock } from "effect"
import { type Client, Errors, GeneratedImage, Images, Retry } from "effect-openrouter-images"
import { scripted } from "../../support/memoryHttp.js"
import { type End, inPieces } from "../../support/pieces.js"

const request = { model: "author/slug", prompt: "a red panda in the snow" }

/** A provider that cannot stream answers both with the same JSON. */
const operations = {
  generate: Effect.asVoid(Images.generate(request)),
  generateStream: Stream.runDrain(Images.generateStream(request))
}
const names = ["generate", "generateStream"] as const
type Name = (typeof names)[number]

const pictures = [300, 3000, 30_000].map((width) =>
  GeneratedImage.make(new TextEncoder().encode(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="1"/>`))
)
const base64 = pictures.map(({ b64Json }) => b64Json)
const whole = JSON.stringify({
  created: 1,
  data: base64.map((b64_json) => ({ b64_json, media_type: "image/svg+xml" }))
})

/** How an operation fails on a body that comes in pieces and then ends, breaks, or falls silent. */
const failureOf = (name: Name, body: string, end: End, options: Client.ClientOptions = {}) => {
  const stream = inPieces(body, end)
  const headers = { "content-type": "application/json", "x-generation-id": "gen-1" }
  const { layer } = scripted([Effect.sync(() => new Response(stream, { headers }))], { retry: Retry.none, ...options })
  return Effect.provide(Effect.flip(operations[name]), layer)
}

const kept = (failure: Errors.OpenRouterError) =>
  "images" in failure ? failure.images.map(({ b64Json }) => b64Json) : expect.fail(`${failure._tag} has no images`)

const spoiled = whole.replace(base64[1] ?? "", (picture) => `${picture.slice(0, 20)}*${picture.slice(20)}`)

type Case = readonly [what: string, body: string, kept: ReadonlyArray<number>, path: ReadonlyArray<string | number>]

const odd: ReadonlyArray<Case> = [
  ["whose second picture is no base64", spoiled, [0, 2], ["data", 1, "b64_json"]],
  ["whose last picture lacks characters", whole.replace(`${base64[2]}"`, 'QUJDR"'), [0, 1], ["data", 2, "b64_json"]],
  ["whose second picture is empty", whole.replace(base64[1] ?? "", ""), [0, 2], ["data", 1, "b64_json"]],
  ["whose second picture is null", whole.replace(`"${base64[1]}"`, "null"), [0, 2], ["data", 1, "b64_json"]],
  ["whose second picture is missing", whole.replace(`"b64_json":"${base64[1]}",`, ""), [0, 2], ["data", 1, "b64_json"]],
  [
    "whose second item is null",
    whole.replace(/\{"b64_json":"[^"]*","media_type":"[^"]*"\},\{/, "null,{"),
    [1, 2],
    ["data", 0]
  ],
  [
    "whose second item is an error",
    whole.replace(`"b64_json":"${base64[1]}"`, '"error":{"message":"blocked"}'),
    [0, 2],
    ["data", 1]
  ],
  [
    "whose second item has an address",
    whole.replace(`"b64_json":"${base64[1]}"`, '"url":"https://example.com/a.png"'),
    [0, 2],
    ["data", 1, "url"]
  ]
]

const wrong: ReadonlyArray<Case> = [
  ["that is cut within its third picture", whole.slice(0, -40), [0, 1], []],
  ["that is followed by something else", `${whole}}`, [0, 1, 2], []]
]

describe("pictures that were paid for", () => {
  for (const name of names) {
    it.effect(`are kept by ${name} when the connection breaks after them`, () =>
      Effect.gen(function* () {
        const failure = yield* failureOf(name, whole.slice(0, -40), "break")
        expect(failure).toMatchObject({ _tag: "ConnectionError", phase: "response", billing: "unknown" })
        expect(kept(failure)).toEqual(base64.slice(0, 2))
        expect(failure.message).toContain("2 whole pictures")
      })
    )

    it.effect(`are kept by ${name} when the time is up after them`, () =>
      Effect.gen(function* () {
        const waiting = yield* Effect.fork(failureOf(name, whole.slice(0, -40), "silence"))
        yield* TestClock.adjust("5 minutes")
        const failure = yield* Fiber.join(waiting)
        expect(failure).toMatchObject({ _tag: "RequestTimeoutError", billing: "unknown" })
        expect(kept(failure)).toEqual(base64.slice(0, 2))
      })
    )

    for (const [what, body, indices, path] of wrong) {
      it.effect(`are kept by ${name} from a body ${what}, with the rest of its text`, () =>
        Effect.gen(function* () {
          const failure = yield* failureOf(name, body, "end")
          expect(failure).toMatchObject({
            _tag: "ResponseValidationError",
            billing: "billed",
            status: 200,
            generationId: "gen-1",
            issues: expect.arrayContaining([{ path, message: expect.stringMatching(/./) }])
          })
          expect(kept(failure)).toEqual(indices.map((index) => base64[index]))
          const rawBody = failure._tag === "ResponseValidationError" ? failure.rawBody : ""
          expect(rawBody).toContain('"data":[')
          expect(indices.filter((index) => rawBody.includes(base64[index] ?? ""))).toEqual([])
        })
      )
    }

    it.effect(`cross a process boundary within the error of ${name}`, () =>
      Effect.gen(function* () {
        const failure = yield* failureOf(name, whole.slice(0, -40), "end")
        const text = JSON.stringify(Schema.encodeSync(Errors.OpenRouterError)(failure))
        const again = Schema.decodeUnknownSync(Errors.OpenRouterError)(JSON.parse(text))
        expect(kept(again)).toEqual([base64[0], base64[1]])
      })
    )
  }

  for (const [what, body, indices, path] of odd) {
    it.effect(`are a success from a body ${what}, which is named`, () =>
      Effect.gen(function* () {
        const { layer } = scripted([Effect.sync(() => new Response(body))])
        const { data, faults } = yield* Effect.provide(Images.generate(request), layer)
        expect(data.map(({ b64Json }) => b64Json)).toEqual(indices.map((index) => base64[index]))
        expect(faults).toEqual([{ path, message: expect.stringMatching(/./) }])
        const events = yield* Effect.provide(Stream.runCollect(Images.generateStream(request)), layer)
        expect(Array.from(events, (event) => event._tag === "Completed" && event.image.b64Json)).toEqual(
          indices.map((index) => base64[index])
        )
      })
    )
  }

  it.effect("are whole pictures, with what their bytes tell", () =>
    Effect.gen(function* () {
      const failure = yield* failureOf("generate", whole.slice(0, -40), "end")
      const images = failure._tag === "ResponseValidationError" ? failure.images : []
      expect(images.map(({ dimensions, mediaType }) => [mediaType, dimensions?.width])).toEqual([
        ["image/svg+xml", 300],
        ["image/svg+xml", 3000]
      ])
    })
  )
})
