import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber, TestClock } from "effect"
import { type Client, GeneratedImage, Images, type ImagesSchema, Retry } from "effect-openrouter-images"
import { type Answer, scripted } from "../../support/memoryHttp.js"
import { type End, inPieces } from "../../support/pieces.js"

const request = { model: "author/slug", prompt: "a red panda in the snow" }

const pictures = [300, 3000].map((width) =>
  GeneratedImage.make(new TextEncoder().encode(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="1"/>`))
)
const [one = "", two = ""] = pictures.map(({ b64Json }) => b64Json)

const data = (json: unknown): string => `data: ${JSON.stringify(json)}\n\n`
const completed = (b64_json: string, more: object = {}): string =>
  data({ type: "image_generation.completed", b64_json, media_type: "image/svg+xml", created: 1790983963, ...more })
const paid = { usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, cost: 0.04 } }
const failed = data({ type: "error", error: { message: "The provider failed", code: "server_error" } })
const done = "data: [DONE]\n\n"
const comment = ": OPENROUTER PROCESSING\n\n"

const headers = { "content-type": "text/event-stream", "x-generation-id": "gen-img-1790983956-A" }

/** A stream that comes in pieces and then ends, breaks, or falls silent. */
const stream = (text: string, end: End = "end", own: Readonly<Record<string, string>> = headers): Answer =>
  Effect.sync(() => new Response(inPieces(text, end), { headers: own }))

/** What a call that asks for events comes to, with so many pictures. */
const generate = (answer: Answer, n = 1, options: Client.RequestOptions = {}) =>
  Images.generate({ ...request, n }, { wire: "events", retry: Retry.none, ...options }).pipe(
    Effect.provide(scripted([answer]).layer)
  )

const failureOf = (answer: Answer, n?: number, options?: Client.RequestOptions) =>
  Effect.flip(generate(answer, n, options))

const bytesOf = (images: ReadonlyArray<GeneratedImage.GeneratedImage>) => images.map(({ b64Json }) => b64Json)
const sent = (response: ImagesSchema.ImageGenerationResponse) => bytesOf(response.data)
const kept = (failure: object) =>
  "images" in failure ? bytesOf(failure.images as ReadonlyArray<GeneratedImage.GeneratedImage>) : []

describe("pictures that came as events", () => {
  it.effect("are a response with all of them, and with what stands beside them", () =>
    Effect.gen(function* () {
      const response = yield* generate(stream(completed(one) + comment + completed(two, paid) + done), 2)
      expect(sent(response)).toEqual([one, two])
      expect(response).toMatchObject({
        created: 1790983963,
        usage: { cost: 0.04, totalTokens: 3 },
        generationId: "gen-img-1790983956-A"
      })
      expect(response.faults).toBeUndefined()
    })
  )

  it.effect("are all that is kept: no preview is, however it is written", () =>
    Effect.gen(function* () {
      const preview = { type: "image_generation.partial_image", partial_image_index: 0, b64_json: two }
      const { b64_json, ...rest } = preview
      const body = [
        data(preview),
        data({ b64_json, ...rest }),
        data({ ...preview, type: "image_edit.partial_image" }),
        data({ ...preview, b64_json: `data:image/png;base64,${two}` }),
        data({ ...preview, b64_json: 'a "quote" and a \\' }),
        data(preview).replaceAll(",", ",\ndata: "),
        completed(one),
        data(preview),
        done
      ]
      const response = yield* generate(stream(body.join(comment)))
      expect(sent(response)).toEqual([one])
      expect(response.faults).toBeUndefined()
      expect(yield* failureOf(stream(data(preview)))).toMatchObject({ billing: "unknown", images: [] })
    })
  )

  it.effect("are kept where they only look like a preview at first", () =>
    Effect.gen(function* () {
      const text = { note: { type: "image_generation.partial_image" }, type: "image_generation.completed" }
      expect(sent(yield* generate(stream(data({ ...text, b64_json: one }) + done)))).toEqual([one])
    })
  )

  it.effect("have the id that stands in an event, where the head has none", () =>
    Effect.gen(function* () {
      const body = completed(one, { generation_id: "gen-img-1790983956-B" }) + done
      const response = yield* generate(stream(body, "end", { "content-type": "text/event-stream" }))
      expect(response.generationId).toBe("gen-img-1790983956-B")
    })
  )

  it.effect("are named by their place where one cannot be read", () =>
    Effect.gen(function* () {
      const addresses = data({ type: "image_generation.completed", data: [{ url: "https://example.com/a.png" }] })
      const body = completed(one) + addresses + completed("not*base64") + completed("") + done
      const { faults, ...response } = yield* generate(stream(body), 4)
      expect(sent(response)).toEqual([one])
      expect(faults?.map(({ path }) => path)).toEqual([
        ["data", 1, "url"],
        ["data", 2, "b64_json"],
        ["data", 3, "b64_json"]
      ])
      expect(faults?.[1]?.message).toContain("is not base64")
      expect(faults?.[2]?.message).toBe("the picture is empty")
    })
  )

  it.effect("are all kept from places that nobody documents", () =>
    Effect.gen(function* () {
      const hidden = data({ type: "image_generation.completed", result: { b64_json: two } })
      expect(sent(yield* generate(stream(completed(one) + hidden + done), 2))).toEqual([one, two])
    })
  )
})

describe("a stream that is cut", () => {
  const unfinished = (b64_json: string) => completed(b64_json, paid).replace(/,"usage".*/s, "")

  it.effect("is a success once all pictures that were asked for have come", () =>
    Effect.gen(function* () {
      const response = yield* generate(stream(completed(one) + completed(two, paid) + comment, "break"), 2)
      expect(sent(response)).toEqual([one, two])
      expect(response.usage?.cost).toBe(0.04)
    })
  )

  it.effect("is a success without the blank line that ends its last event", () =>
    Effect.gen(function* () {
      expect(sent(yield* generate(stream(completed(one, paid).trimEnd(), "break")))).toEqual([one])
    })
  )

  it.effect("fails as JSON does where fewer have come, and keeps those", () =>
    Effect.gen(function* () {
      const failure = yield* failureOf(stream(completed(one) + comment, "break"), 2)
      expect(failure).toMatchObject({
        _tag: "ConnectionError",
        phase: "response",
        billing: "unknown",
        generationId: "gen-img-1790983956-A"
      })
      expect(kept(failure)).toEqual([one])
    })
  )

  it.effect("is a success with fewer where the server has said that nothing follows", () =>
    Effect.gen(function* () {
      expect(sent(yield* generate(stream(completed(one, paid) + done, "break"), 2))).toEqual([one])
      expect(sent(yield* generate(stream(completed(one, paid)), 2))).toEqual([one])
    })
  )

  it.effect("within an event keeps its whole picture, and those before it", () =>
    Effect.gen(function* () {
      const failure = yield* failureOf(stream(completed(one) + unfinished(two), "break"), 2)
      expect(failure).toMatchObject({ _tag: "ConnectionError", billing: "unknown" })
      expect(kept(failure)).toEqual([one, two])
    })
  )

  it.effect("within an event and ends all the same is billed, and keeps its whole picture", () =>
    Effect.gen(function* () {
      const failure = yield* failureOf(stream(unfinished(one)))
      expect(failure).toMatchObject({
        _tag: "ResponseValidationError",
        billing: "billed",
        generationId: "gen-img-1790983956-A"
      })
      expect(kept(failure)).toEqual([one])
    })
  )

  it.effect("by the timeout of the whole attempt keeps what has come, keep-alives or not", () =>
    Effect.gen(function* () {
      const waiting = yield* Effect.fork(
        failureOf(stream(completed(one) + comment, "silence"), 2, { timeout: "90 seconds" })
      )
      yield* TestClock.adjust("90 seconds")
      const failure = yield* Fiber.join(waiting)
      expect(failure).toMatchObject({ _tag: "RequestTimeoutError", billing: "unknown" })
      expect(kept(failure)).toEqual([one])
    })
  )

  it.effect("by its size keeps what has come", () =>
    Effect.gen(function* () {
      const body = completed(one) + comment.repeat(100) + completed(two, paid) + done
      const failure = yield* failureOf(stream(body), 2, { maxResponseBytes: 1000 })
      expect(failure).toMatchObject({
        _tag: "ResponseValidationError",
        billing: "billed",
        issues: [{ path: [], message: "the body is larger than 1000 bytes (maxResponseBytes)" }]
      })
      expect(kept(failure)).toEqual([one])
    })
  )
})

describe("a stream whose connection stays open after [DONE]", () => {
  it.effect("is not waited for", () =>
    Effect.gen(function* () {
      const waiting = yield* Effect.fork(Effect.exit(generate(stream(completed(one, paid) + done, "silence"))))
      yield* TestClock.adjust("2 seconds")
      const exit = yield* Fiber.poll(waiting)
      expect(exit).toMatchObject({ _tag: "Some" })
      expect(Exit.map(yield* Fiber.join(waiting), sent)).toEqual(Exit.succeed([one]))
    })
  )

  it.effect("without a picture is no answer, of unknown billing", () =>
    Effect.gen(function* () {
      const waiting = yield* Effect.fork(failureOf(stream(comment + done, "silence")))
      yield* TestClock.adjust("2 seconds")
      expect(yield* Fiber.join(waiting)).toMatchObject({ _tag: "ResponseValidationError", billing: "unknown" })
    })
  )
})

describe("a failure within a stream", () => {
  it.effect("is OpenRouter's own word that nothing was billed", () =>
    Effect.gen(function* () {
      const failure = yield* failureOf(stream(comment + failed))
      expect(failure).toMatchObject({
        _tag: "OpenRouterDefaultError",
        status: 200,
        code: "server_error",
        message: "The provider failed",
        billing: "notBilled",
        answeredBy: "openrouter",
        generationId: "gen-img-1790983956-A"
      })
      expect("body" in failure && JSON.parse(failure.body)).toEqual({
        type: "error",
        error: { message: "The provider failed", code: "server_error" }
      })
    })
  )

  const codes = [
    ["in the error, a number", { error: { message: "m", code: 524 } }, "EdgeNetworkTimeoutResponseError", 524],
    ["in the error, a text", { error: { message: "m", code: "504" } }, "OpenRouterDefaultError", 504],
    ["beside the error", { code: 504, error: { message: "m" } }, "OpenRouterDefaultError", 504],
    ["in a flat event", { message: "m", code: "524" }, "EdgeNetworkTimeoutResponseError", 524]
  ] as const

  for (const [where, event, tag, status] of codes) {
    it.effect(`of somebody who gave up waiting proves nothing: its code stands ${where}`, () =>
      Effect.gen(function* () {
        const failure = yield* failureOf(stream(comment + data({ type: "error", ...event })))
        expect(failure).toMatchObject({ _tag: tag, status, billing: "unknown", message: "m" })
      })
    )
  }

  it.effect("proves nothing where nobody asked for a stream", () =>
    Effect.gen(function* () {
      const failure = yield* failureOf(stream(failed), 1, { wire: "json" })
      expect(failure).toMatchObject({ status: 200, billing: "unknown", answeredBy: "intermediary" })
    })
  )

  it.effect("is billed where it names a cost", () =>
    Effect.gen(function* () {
      const event = data({ type: "error", error: { message: "m", code: 502 }, ...paid })
      expect(yield* failureOf(stream(event))).toMatchObject({ _tag: "BadGatewayResponseError", billing: "billed" })
    })
  )

  it.effect("is billed where an event before it names a cost", () =>
    Effect.gen(function* () {
      const usage = data({ type: "image_generation.usage", ...paid })
      expect(yield* failureOf(stream(usage + failed))).toMatchObject({ billing: "billed" })
    })
  )

  it.effect("proves nothing after a picture that cannot be read", () =>
    Effect.gen(function* () {
      const failure = yield* failureOf(stream(completed("not*base64") + failed))
      expect(failure).toMatchObject({ _tag: "ResponseValidationError", billing: "unknown" })
    })
  )

  it.effect("leaves the pictures before it what they are", () =>
    Effect.gen(function* () {
      expect(sent(yield* generate(stream(completed(one, paid) + failed)))).toEqual([one])
    })
  )

  it.effect("is one without a word, too", () =>
    Effect.gen(function* () {
      for (const event of ["event: error\ndata:\n\n", data({ type: "error", error: "" }), data({ type: "error" })]) {
        expect(yield* failureOf(stream(comment + event))).toMatchObject({
          _tag: "OpenRouterDefaultError",
          status: 200,
          billing: "notBilled"
        })
      }
    })
  )

  it.effect("tells what stands beside it", () =>
    Effect.gen(function* () {
      const event = data({ type: "error", error: { message: "m", code: 502 }, user_id: "user_1" })
      expect(yield* failureOf(stream(event))).toMatchObject({ _tag: "BadGatewayResponseError", userId: "user_1" })
    })
  )
})

describe("JSON behind comments", () => {
  it.effect("is no stream: what a gateway says in it proves nothing", () =>
    Effect.gen(function* () {
      const gateways = JSON.stringify({ error: { type: "upstream_error", message: "m" } })
      const failure = yield* failureOf(stream(comment + gateways))
      expect(failure).toMatchObject({ billing: "unknown", answeredBy: "intermediary" })
      expect(yield* failureOf(stream(comment + failed + gateways))).toMatchObject({ billing: "notBilled" })
    })
  )
})
