import { HttpClient, type HttpClientResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream, TestClock } from "effect"
import { type Client, Errors, ImageStream, Images, Retry } from "effect-openrouter-images"
import { encodeBase64 } from "../../../src/internal/decoding/base64.js"
import { type Answer, scripted } from "../../support/memoryHttp.js"

const request = { model: "author/slug", prompt: "a red panda" }

const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46)
const b64_json = encodeBase64(jpeg)
const head = { "x-generation-id": "gen-img-1790983552-TOdyb7qrp6185EBMwzAV", "x-provider-name": "Black Forest Labs" }

const answer = (body: string, headers: Readonly<Record<string, string>> = head, status = 200): Answer =>
  Effect.sync(() => new Response(body, { status, headers }))

const generating = (body: string, headers?: Readonly<Record<string, string>>, status?: number) =>
  Images.generate(request, { retry: Retry.none }).pipe(Effect.provide(scripted([answer(body, headers, status)]).layer))

const streaming = (body: string, headers?: Readonly<Record<string, string>>) =>
  Images.generateStream(request, { retry: Retry.none }).pipe(
    ImageStream.runFinal,
    Effect.provide(scripted([answer(body, headers)]).layer)
  )

const both = [
  ["generate", generating],
  ["generateStream", streaming]
] as const

const response = (fields: object = {}): string => JSON.stringify({ created: 1, data: [{ b64_json }], ...fields })
const event = (json: object): string => `data: ${JSON.stringify(json)}\n\n`

const times: ReadonlyArray<readonly [created: unknown, headers: Readonly<Record<string, string>>, expected: number]> = [
  [1748372400, head, 1748372400],
  ["1748372400", head, 1748372400],
  [0, head, 1790983552],
  [null, head, 1790983552],
  ["today", head, 1790983552],
  [1748372400000, head, 1790983552],
  [0, { "x-generation-id": "gen-1790981403-wrnRYGs8VBhCEKopNY1F" }, 1790981403],
  [0.5, head, 1790983552],
  [undefined, {}, 86_400],
  [-1, { "x-generation-id": "gen-7" }, 86_400]
]

describe("a whole picture", () => {
  for (const [name, run] of both) {
    it.effect.each([
      [
        "usage in OpenAI's names",
        { usage: { input_tokens: 3, output_tokens: 5, total_tokens: 8 } },
        { promptTokens: 3 }
      ],
      ["counts that are null or missing", { usage: { prompt_tokens: null, cost: 0.04 } }, { cost: 0.04 }],
      ["a cost that is a text", { usage: { cost: "0.04" } }, { cost: 0.04 }],
      ["a cost that is an object", { usage: { cost: { usd: 1 } } }, { additionalProperties: { cost: { usd: 1 } } }],
      ["a cost that is negative", { usage: { cost: -5 } }, { additionalProperties: { cost: -5 } }]
    ] as const)(`is a success of ${name} beside %s`, ([, fields, usage]) =>
      Effect.gen(function* () {
        const { data, usage: found } = yield* run(response(fields))
        expect(data[0]?.bytes).toEqual(jpeg)
        expect(found).toMatchObject(usage)
      })
    )

    it.effect.each([[{ usage: "free" }], [{ usage: null }], [{ usage: [] }], [{}]])(
      `is a success of ${name} without a usage that can be read: %j`,
      ([fields]) =>
        Effect.map(run(response(fields)), (found) => {
          expect(found.data).toHaveLength(1)
          expect(found).not.toHaveProperty("usage")
        })
    )

    it.effect.each(times)(`of ${name} has a real time: %j`, ([created, headers, expected]) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(86_400_000)
        expect((yield* run(response({ created }), headers)).created).toBe(expected)
      })
    )

    it.effect.each([["image/png"], ["application/octet-stream"], ["png"], [null], [7]])(
      `of ${name} is what its bytes say, although it is declared %j`,
      ([media_type]) =>
        Effect.map(run(response({ data: [{ b64_json, media_type }] })), ({ data }) =>
          expect(data[0]?.mediaType).toBe("image/jpeg")
        )
    )

    it.effect(`of ${name} comes with the generation and the provider that the head names`, () =>
      Effect.map(run(response()), (found) =>
        expect(found).toMatchObject({ generationId: head["x-generation-id"], providerName: "Black Forest Labs" })
      )
    )

    const completed = { type: "image_generation.completed", b64_json, created: 7, usage: { cost: 0.04 } }
    const lines = JSON.stringify({ created: 7, data: [{ b64_json }], usage: { cost: 0.04 } }, null, 2)
    it.effect.each([
      ["a stream", event(completed)],
      ["a stream that begins with comments", `: \n\n: \n\n${event(completed)}data: [DONE]\n\n`],
      ["a stream with previews", event({ ...completed, type: "image_generation.partial_image" }) + event(completed)],
      ["a stream of an edit", event({ ...completed, type: "image_edit.completed" })],
      ["a stream in OpenAI's shape", event({ ...completed, created: undefined, created_at: 7, output_format: "png" })],
      ["JSON behind comments", `: OPENROUTER PROCESSING\n\n: \n\n${response({ created: 7, usage: { cost: 0.04 } })}`],
      ["JSON behind comments and white space", `: life\n\n \r\n  ${response({ created: 7, usage: { cost: 0.04 } })}\n`],
      ["unindented lines behind comments", `: life\n\n${lines.replace(/\n +/g, "\n")}`],
      ["an event whose type is one word", event({ ...completed, type: "completed" })],
      ["an event of no type that tells a cost", event({ ...completed, type: undefined })],
      ["a whole response within an event of any type", event({ type: "result", ...JSON.parse(lines) })],
      ["JSON behind white space", `  \r\n\n${response({ created: 7, usage: { cost: 0.04 } })}`],
      ["a whole response within an event", `data: ${response({ created: 7, usage: { cost: 0.04 } })}\n\n`]
    ] as const)(`is read by ${name} from %s, whatever its label`, ([, body]) =>
      Effect.gen(function* () {
        for (const type of ["application/json", "text/event-stream", "text/plain"]) {
          const { created, data, usage } = yield* run(body, { ...head, "content-type": type })
          expect(data.map(({ bytes }) => bytes)).toEqual([jpeg])
          expect([created, usage?.cost]).toEqual([7, 0.04])
        }
      })
    )

    it.effect.each([
      ["a data URL", `data:image/png;base64,${b64_json}`],
      ["a data URL behind white space", `\n data:image/png;base64,\n${b64_json}`],
      ["lines", b64_json.replace(/(.{4})/g, "$1\n")],
      ["lines of CRLF", b64_json.replace(/(.{4})/g, "$1\r\n")]
    ])(`is read by ${name} from base64 as %s`, ([, text]) =>
      Effect.gen(function* () {
        expect((yield* run(response({ data: [{ b64_json: text }] }))).data[0]?.bytes).toEqual(jpeg)
        expect((yield* run(event({ ...completed, b64_json: text }))).data[0]?.bytes).toEqual(jpeg)
      })
    )
  }
})

describe("a success without a picture", () => {
  const cases: ReadonlyArray<readonly [body: string, words: string]> = [
    ["<html><title>Please wait</title></html>", "not JSON"],
    ["", "empty"],
    ["   \n ", "empty"],
    ["upstream said nothing", "not JSON"],
    ['{"error": "out of luck"}', "out of luck"],
    ['{"code": 502, "message": "out of luck"}', "out of luck"],
    ['{"data": [], "error": "out of luck"}', "out of luck"],
    ['{"detail": [{"loc": ["body", "n"], "msg": "out of luck"}]}', "n: out of luck"],
    ['{"error": {"type": "upstream_error", "message": "out of luck"}}', "out of luck"],
    ["<html><title>Please wait</title></html>", "Please wait"],
    ["upstream said nothing", "upstream said nothing"],
    ['"out of luck"', "out of luck"],
    ['[{"error": {"message": "out of luck", "code": 429}}]', "out of luck"],
    ['{"data": [], "errors": [{"message": "out of luck"}]}', "out of luck"],
    ['{"success": false, "msg": "out of luck"}', "out of luck"],
    ['{"status": "failed", "reason": "out of luck"}', "out of luck"],
    ['{"created": 1, "data": []}', "holds no picture"],
    ["null", "holds no picture"],
    ["[]", "holds no picture"]
  ]
  for (const [name, run] of both) {
    it.effect.each(cases)(`fails in ${name}, and may have been billed: %j`, ([body, words]) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(run(body))
        expect([error.billing, error.message]).toEqual(["unknown", expect.stringContaining(words)])
        expect("generationId" in error && error.generationId).toBe(head["x-generation-id"])
      })
    )

    it.effect(`is a preview that is all that came to ${name}`, () =>
      Effect.gen(function* () {
        const preview = { type: "image_generation.partial_image", partial_image_index: 0, b64_json }
        for (const body of [JSON.stringify(preview), event(preview)]) {
          expect(["ResponseValidationError", "IncompleteStreamError"]).toContain((yield* Effect.flip(run(body)))._tag)
        }
      })
    )

    it.effect(`of ${name} was billed where it tells its cost`, () =>
      Effect.gen(function* () {
        const empty = yield* Effect.flip(run('{"created":1,"data":[],"usage":{"cost":0.04}}'))
        expect([empty._tag, empty.billing]).toEqual(["ResponseValidationError", "billed"])
        const upstream = '{"data":[],"usage":{"cost":0,"cost_details":{"upstream_inference_cost":0.036}}}'
        expect((yield* Effect.flip(run(upstream))).billing).toBe("billed")
        expect((yield* Effect.flip(run('{"data":[],"usage":{"cost":0}}'))).billing).toBe("unknown")
      })
    )
  }

  it.effect("that is a job says so", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(generating('{"id":"job-7","status":"queued"}', head, 202))
      expect(error.billing).toBe("unknown")
      expect(Errors.advice(error)).toMatch(/job/)
    })
  )

  it.effect("that names an address says where to fetch the picture", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(generating('{"data":[{"url":"https://example.com/a.png"}]}'))
      expect(error.message).toContain("https://example.com/a.png")
      expect(Errors.advice(error)).toMatch(/fetch the picture/i)
    })
  )
})

describe("a stream that generate is answered with", () => {
  it.effect("fails with the words of its error, where no picture came", () =>
    Effect.gen(function* () {
      const failed = event({ type: "error", error: { code: 502, message: "fell over" } })
      expect(yield* Effect.flip(generating(`: \n\n${failed}`))).toMatchObject({
        _tag: "BadGatewayResponseError",
        message: "fell over",
        billing: "notBilled"
      })
      const flat = event({ type: "error", message: "fell over" })
      expect((yield* Effect.flip(generating(flat))).message).toContain("fell over")
    })
  )

  it.effect("gives every finished picture, and names what failed besides", () =>
    Effect.gen(function* () {
      const one = event({ type: "image_generation.completed", b64_json })
      const spoiled = event({ type: "image_generation.completed", b64_json: "*" })
      const { data, faults } = yield* generating(one + spoiled + one)
      expect(data).toHaveLength(2)
      expect(faults).toEqual([{ path: ["data", 1, "b64_json"], message: 'character "*" is not base64' }])
    })
  )
})

describe("a stream of several pictures", () => {
  it.effect("gives each of a whole response within an event, and the usage with the last", () =>
    Effect.gen(function* () {
      const body = `data: ${response({ data: [{ b64_json }, null, { b64_json }], usage: { cost: 0.08 } })}\n\n`
      const events = yield* Images.generateStream(request).pipe(
        Stream.runCollect,
        Effect.provide(scripted([answer(body, { "content-type": "text/event-stream" })]).layer)
      )
      expect([...events]).toMatchObject([{ _tag: "Completed" }, { usage: { cost: 0.08 } }])
    })
  )
})

describe("a body that the client was made to look at", () => {
  const looking = (look: (response: HttpClientResponse.HttpClientResponse) => Effect.Effect<unknown, unknown>) =>
    HttpClient.tap((response) => Effect.ignore(look(response)))
  const run = (transformClient: Client.ClientOptions["transformClient"], body: string, status = 200) => {
    const { layer } = scripted([answer(body, head, status)], { retry: Retry.none, transformClient })
    const streamed = ImageStream.runFinal(Images.generateStream(request))
    return [Images.generate(request), streamed].map((each) => Effect.provide(each, layer))
  }

  it.effect("is read all the same, as text", () =>
    Effect.gen(function* () {
      const asText = looking(({ text }) => text)
      for (const each of run(asText, response())) expect((yield* each).data[0]?.bytes).toEqual(jpeg)
      const failed = JSON.stringify({ error: { code: 502, message: "fell over" } })
      for (const each of run(asText, failed, 502)) expect((yield* Effect.flip(each)).message).toBe("fell over")
    })
  )

  it.effect("is a ConnectionError where nothing of it is left", () =>
    Effect.gen(function* () {
      const drained = looking(({ stream }) => Stream.runDrain(stream))
      for (const each of run(drained, response())) {
        expect(yield* Effect.flip(each)).toMatchObject({
          _tag: "ConnectionError",
          billing: "unknown",
          generationId: head["x-generation-id"]
        })
      }
    })
  )
})
