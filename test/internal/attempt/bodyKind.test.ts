import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { Images, type ImagesSchema, Retry } from "effect-openrouter-images"
import { type Answer, scripted } from "../../support/memoryHttp.js"

const request = { model: "author/slug", prompt: "a red panda" }

/** The tags of the events, and the failure after them, of an answer with this body. */
const run = (body: string, contentType = "text/event-stream") =>
  Effect.gen(function* () {
    const answer: Answer = Effect.sync(() => new Response(body, { headers: { "content-type": contentType } }))
    const { layer } = scripted([answer], { retry: Retry.none })
    const events: Array<ImagesSchema.ImageStreamEvent> = []
    const failure = yield* Stream.runForEach(Images.generateStream(request), (event) =>
      Effect.sync(() => events.push(event))
    ).pipe(Effect.match({ onSuccess: () => undefined, onFailure: (error) => error }), Effect.provide(layer))
    return { tags: events.map(({ _tag }) => _tag), failure }
  })

const data = (json: object): string => `data: ${JSON.stringify(json)}\n\n`
const completed = data({ type: "image_generation.completed", b64_json: "UE5H", media_type: "image/png", created: 7 })
const failed = data({ type: "error", error: { message: "the provider fell over", code: "server_error" } })
const response = JSON.stringify({ created: 7, data: [{ b64_json: "UE5H" }, { b64_json: "UE5H" }] })

describe("an answer that is JSON although its head says event stream", () => {
  it.effect("gives its pictures", () =>
    Effect.gen(function* () {
      expect(yield* run(response)).toEqual({ tags: ["Completed", "Completed"], failure: undefined })
      expect((yield* run(`\uFEFF \n\n ${response}`)).tags).toEqual(["Completed", "Completed"])
    })
  )

  it.effect("is the error that it says", () =>
    Effect.gen(function* () {
      const { failure } = yield* run(JSON.stringify({ error: { code: 402, message: "no credits" } }))
      expect(failure).toMatchObject({
        _tag: "PaymentRequiredResponseError",
        message: "no credits",
        billing: "notBilled"
      })
    })
  )

  it.effect("keeps what arrived of it when it breaks off", () =>
    Effect.gen(function* () {
      const { failure } = yield* run(response.slice(0, -3))
      expect(failure).toMatchObject({ _tag: "ResponseValidationError", images: [{}, {}] })
    })
  )
})

describe("a stream without anything in it", () => {
  it.effect.each(["", "\n\n\n", ": OPENROUTER PROCESSING\n\n"])("is incomplete: %j", (body) =>
    Effect.gen(function* () {
      const { failure, tags } = yield* run(body)
      expect([tags, failure?._tag, failure?.billing]).toEqual([[], "IncompleteStreamError", "unknown"])
    })
  )
})

describe("an error event", () => {
  it.effect("before any picture cost nothing, after one it was billed", () =>
    Effect.gen(function* () {
      const before = yield* run(failed)
      expect([before.tags, before.failure?._tag, before.failure?.billing]).toEqual([
        [],
        "ImageStreamError",
        "notBilled"
      ])
      const after = yield* run(completed + failed)
      expect([after.tags, after.failure?._tag, after.failure?.billing]).toEqual([
        ["Completed"],
        "ImageStreamError",
        "billed"
      ])
    })
  )
})

describe("a failure within a stream", () => {
  it.effect.each([
    ["a chunk's choice", { choices: [{ delta: {}, error: { code: 502, message: "fell over" } }] }],
    ["a list of errors", { errors: [{ message: "fell over" }] }],
    ["a list", [{ error: { message: "fell over" } }]],
    ["flat fields without a type", { code: "server_error", message: "fell over" }],
    ["a type that ends in error", { type: "image_generation.error", message: "fell over" }]
  ] as const)("is told in its words from %s", ([, json]) =>
    Effect.gen(function* () {
      const { failure } = yield* run(`: \n\n${data(json)}`)
      expect([failure?._tag, failure?.message, failure?.billing]).toEqual([
        "ImageStreamError",
        "fell over",
        "notBilled"
      ])
    })
  )

  it.effect.each([{ error: [] }, { errors: [] }, { message: "still drawing" }, { choices: [{ error: null }] }])(
    "is none in %j",
    (json) =>
      Effect.gen(function* () {
        const { failure } = yield* run(data(json))
        expect(failure?._tag).toBe("IncompleteStreamError")
      })
  )
})
