import { describe, expect, it } from "@effect/vitest"
import { Duration, Option } from "effect"
import type { ImagesSchema } from "effect-openrouter-images"
import { headFacts } from "../../../src/internal/attempt/headFacts.js"
import type { Ending } from "../../../src/internal/attempt/outcome.js"
import { makeRedactor } from "../../../src/internal/client/redaction.js"
import { EventReader } from "../../../src/internal/response/eventReader.js"

const headers = { "x-generation-id": "gen-7", "content-type": "text/event-stream" }
const origin = {
  operation: "generateStream",
  status: 200,
  headers,
  facts: headFacts(headers),
  receivedAt: 9000,
  redact: makeRedactor([])
} as const

const whole: Ending = { _tag: "Whole" }
const timedOut: Ending = { _tag: "TimedOut", timeout: Duration.seconds(9) }
const reset: Ending = {
  _tag: "Broken",
  broken: { phase: "response", code: "ECONNRESET", description: "read ECONNRESET" }
}

const line = (json: object | string): string => `data: ${typeof json === "string" ? json : JSON.stringify(json)}`
const event = (json: object | string): string => `${line(json)}\n\n`

/** "UE5H" is the three bytes of "PNG". */
const completed = { type: "image_generation.completed", b64_json: "UE5H", media_type: "image/png", created: 7 }
const preview = { type: "image_generation.partial_image", partial_image_index: 0, b64_json: "UE5H" }
const text = { type: "image_generation.text_chunk", text: "<svg", phase: "content" }
const failure = {
  type: "error",
  error: { message: "fell over", code: "server_error", type: "api", param: "prompt" }
}

const shown = (event: ImagesSchema.ImageStreamEvent): unknown =>
  "image" in event ? { ...event, image: [event.image.mediaType, ...event.image.bytes] } : { ...event }

/** What a reader makes of the bytes, and of their end where there is one; how it closed is left out while it is open. */
const read = (bytes: string, ending?: Ending, maxEventBytes = 1024) => {
  const reader = new EventReader(origin, maxEventBytes)
  const events = [...reader.read(new TextEncoder().encode(bytes))]
  if (ending !== undefined) events.push(...reader.end(ending))
  const { closed } = reader
  return { events: events.map(shown), ...(closed === undefined ? {} : { closed: Option.getOrNull(closed) }) }
}

const png = ["image/png", 80, 78, 71]
const sniffed = ["application/octet-stream", 80, 78, 71]

describe("EventReader", () => {
  it("stays open after a finished picture, since another may come", () => {
    expect(read(event(completed))).toEqual({
      events: [{ _tag: "Completed", image: png, created: 7, generationId: "gen-7" }]
    })
  })

  it("closes without a failure at [DONE] after a finished picture, and takes nothing that follows", () => {
    expect(read(event(completed) + event(" [DONE] ") + event(completed))).toMatchObject({
      events: [{ _tag: "Completed" }],
      closed: null
    })
  })

  it("closes with IncompleteStreamError at [DONE] without one", () => {
    expect(read(event(preview) + event("[DONE]"))).toMatchObject({
      events: [{ _tag: "PartialImage", partialImageIndex: 0, image: sniffed }],
      closed: { _tag: "IncompleteStreamError", billing: "unknown", generationId: "gen-7", images: [] }
    })
  })

  it("gives pieces of text, and what it does not know as it came, its picture put back", () => {
    expect(read(event(text) + event({ type: "novelty", b64_json: "UE5H" }) + event("no json"))).toEqual({
      events: [
        { _tag: "TextChunk", text: "<svg", phase: "content" },
        { _tag: "UnknownEvent", type: "novelty", payload: { type: "novelty", b64_json: "UE5H" } },
        { _tag: "UnknownEvent", type: "message", payload: "no json" }
      ]
    })
  })

  it.each([
    ["a preview whose picture is not base64", { ...preview, b64_json: "UE5H*" }, "image_generation.partial_image"],
    ["a piece of text without its phase", { type: text.type, text: "<svg" }, "image_generation.text_chunk"],
    ["text in an event that is none", { type: "novelty", text: "<svg", phase: "content" }, "novelty"]
  ])("takes %s for an event it does not know", (_, json, type) => {
    expect(read(event(json))).toMatchObject({ events: [{ _tag: "UnknownEvent", type }] })
  })

  it("closes with what an error event says, whole", () => {
    expect(read(event(preview) + event(failure) + event(completed))).toMatchObject({
      events: [{ _tag: "PartialImage" }],
      closed: {
        _tag: "ImageStreamError",
        billing: "notBilled",
        message: "fell over",
        code: "server_error",
        type: "api",
        param: "prompt",
        generationId: "gen-7"
      }
    })
  })

  it.each([
    [
      "says nothing",
      { type: "error", error: { code: "no_luck" } },
      "The server reported an error (no_luck)",
      "no_luck"
    ],
    ["is a text", { type: "error", error: "fell over" }, "fell over", undefined],
    ["is flat", { type: "error", message: "fell over", code: "no_luck" }, "fell over", "no_luck"],
    ["has no type", { error: { message: "fell over", code: 502 } }, "fell over", "502"],
    ["is of another type", { ...failure, type: "novelty" }, "fell over", "server_error"],
    [
      "comes within a chat chunk",
      { id: "gen-1", choices: [], error: { message: "fell over" } },
      "fell over",
      undefined
    ],
    ["is a failed image", { type: "image_generation.failed", error: { message: "fell over" } }, "fell over", undefined],
    [
      "is a failed response",
      { type: "response.failed", response: { error: { message: "fell over", code: "no_luck" } } },
      "fell over",
      "no_luck"
    ]
  ])("closes with the words of an error that %s", (_, json, message, code) => {
    expect(read(event(json)).closed).toMatchObject({
      _tag: "ImageStreamError",
      billing: "notBilled",
      message,
      ...(code === undefined ? {} : { code })
    })
  })

  it.each([
    ["under the event's name", "event: error\ndata: fell over\n\n"],
    ["in a bare line of JSON", '{"error":{"message":"fell over"}}\n'],
    ["in bare lines of JSON", '{\n  "error": {\n    "message": "fell over"\n  }\n}\n\n']
  ])("closes with the words of an error %s", (_, bytes) => {
    expect(read(event(preview) + bytes, whole)).toMatchObject({
      events: [{ _tag: "PartialImage" }],
      closed: { _tag: "ImageStreamError", message: "fell over" }
    })
  })

  it("takes a number for a code, and says that a finished picture before an error event was billed", () => {
    const { closed } = read(
      event(completed) + event({ type: "error", error: { message: "no", code: 500, param: null } })
    )
    expect(closed).toMatchObject({ _tag: "ImageStreamError", billing: "billed", code: "500" })
    expect(closed).not.toHaveProperty("param")
  })

  it.each([408, "504", 524])("leaves open what it cost when somebody gave up waiting: code %j", (code) => {
    const { closed } = read(event({ type: "error", error: { message: "too slow", code } }))
    expect(closed).toMatchObject({ _tag: "ImageStreamError", billing: "unknown", code: String(code) })
  })

  it.each([
    ["whose picture is not base64", { ...completed, b64_json: "UE5H*" }, "unknown"],
    ["without a picture", { ...completed, b64_json: undefined }, "unknown"],
    ["without a picture, which tells its cost", { ...completed, b64_json: null, usage: { cost: 0.04 } }, "billed"]
  ])("fails at a finished picture %s", (_, json, billing) => {
    expect(read(event(json))).toMatchObject({
      events: [],
      closed: { _tag: "ResponseValidationError", billing, generationId: "gen-7" }
    })
  })

  it.each([
    ["without a time", { ...completed, created: undefined }, 9],
    ["of the time 0", { ...completed, created: 0 }, 9],
    ["in OpenAI's shape", { ...completed, created: undefined, created_at: 8, usage: { input_tokens: 1 } }, 8],
    ["of an edit", { ...completed, type: "image_edit.completed" }, 7],
    ["within a whole response", { created: 7, data: [{ b64_json: "UE5H", media_type: "image/png" }] }, 7]
  ])("gives a finished picture %s", (_, json, created) => {
    expect(read(event(json))).toMatchObject({ events: [{ _tag: "Completed", image: png, created }] })
  })

  it("fails at an event beyond the limit, naming the limit", () => {
    expect(read(event(completed), undefined, 16)).toEqual({
      events: [],
      closed: expect.objectContaining({
        _tag: "ResponseValidationError",
        billing: "unknown",
        status: 200,
        issues: [{ path: [], message: "an event is larger than 16 bytes (maxEventBytes)" }],
        rawBody: "",
        headers,
        generationId: "gen-7"
      })
    })
  })

  it("counts comments as signs of life, and nothing else", () => {
    const reader = new EventReader(origin, 1024)
    reader.read(new TextEncoder().encode(`: wait\n\n: wait\n\n${event(preview)}`))
    expect(reader.keepAlives).toBe(2)
  })
})

describe("EventReader at the end of the answer", () => {
  it.each([
    ["a clean one", whole, { _tag: "IncompleteStreamError", billing: "unknown", images: [] }],
    ["a reset", reset, { _tag: "ConnectionError", phase: "response", billing: "unknown", images: [] }],
    ["a silence", timedOut, { _tag: "RequestTimeoutError", billing: "unknown", images: [] }]
  ])("before a picture, %s, fails", (_, ending, closed) => {
    expect(read(event(preview), ending)).toMatchObject({ events: [{ _tag: "PartialImage" }], closed })
    expect(read("", ending)).toMatchObject({ events: [], closed })
    expect(read("data", ending)).toMatchObject({ events: [], closed })
  })

  it.each([whole, reset, timedOut])("after a picture ends well, however it ends (%#)", (ending) => {
    expect(read(event(completed), ending)).toMatchObject({ events: [{ _tag: "Completed" }], closed: null })
  })

  it("counts a last event that lacks only its blank line", () => {
    expect(read(line(completed), whole)).toMatchObject({ events: [{ _tag: "Completed", image: png }], closed: null })
    expect(read(event(completed) + line(" [DONE] "), reset)).toMatchObject({
      events: [{ _tag: "Completed" }],
      closed: null
    })
    expect(read(line(" [DONE] "), reset)).toMatchObject({ closed: { _tag: "IncompleteStreamError" } })
    expect(read(event(completed) + line(text), whole).events).toMatchObject([
      { _tag: "Completed" },
      { _tag: "TextChunk" }
    ])
    expect(read(event(completed) + line(completed), whole).events).toMatchObject([
      { _tag: "Completed", created: 7 },
      { _tag: "Completed", created: 7 }
    ])
  })

  it("keeps a finished picture that is whole in an event that is not", () => {
    const broken = line(completed).slice(0, -3)
    const images = [expect.objectContaining({ bytes: Uint8Array.of(80, 78, 71) })]
    expect(read(broken, whole)).toEqual({
      events: [],
      closed: expect.objectContaining({ _tag: "IncompleteStreamError", images })
    })
    expect(read(broken, reset).closed).toMatchObject({ _tag: "ConnectionError", images })
    expect(read(event(completed) + broken, whole)).toEqual({
      events: [
        { _tag: "Completed", image: png, created: 7, generationId: "gen-7" },
        { _tag: "Completed", image: sniffed, created: 7, generationId: "gen-7" }
      ],
      closed: null
    })
  })

  it("takes no preview that broke off for a finished picture", () => {
    const broken = line(preview).slice(0, -1)
    expect(read(broken, whole)).toMatchObject({ events: [], closed: { _tag: "IncompleteStreamError", images: [] } })
    expect(read(event(completed) + broken, whole).events).toHaveLength(1)
  })

  it("adds nothing to a failure that has closed it", () => {
    expect(read(event(failure), whole)).toMatchObject({ closed: { _tag: "ImageStreamError" } })
    expect(read(event(failure) + line(completed), whole).events).toEqual([])
  })
})
