import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Images, ImagesSchema } from "effect-openrouter-images"
import { expectDocumented, operations, picturesOf } from "./support/outcome.js"
import { serving, whole } from "./support/served.js"

const completed = (base64: string) => `data: {"type":"image_generation.completed","b64_json":"${base64}","created":7}`

// What random inputs have found, each as small as it gets.
describe("found by random inputs", () => {
  it.each(["\n", "\r", "\r\n"])(
    "a finished picture is delivered also when the stream ends with one line end: %j",
    async (end) => {
      const { layer } = serving(whole(completed("UE5H") + end, "text/event-stream"))
      const outcome = await Effect.runPromise(Effect.provide(operations.generateStream.run, layer))
      expect(picturesOf(outcome).map(({ b64Json }) => b64Json)).toEqual(["UE5H"])
    }
  )

  it("a whole picture is kept also when the stream breaks off behind it, after another was delivered", async () => {
    const body = `${completed("UE5H")}\n\n${completed("QUJD").slice(0, -4)}`
    const { layer } = serving({ ...whole(body, "text/event-stream"), ending: "tear" })
    const outcome = await Effect.runPromise(Effect.provide(operations.generateStream.run, layer))
    expect(picturesOf(outcome).map(({ b64Json }) => b64Json)).toEqual(["UE5H", "QUJD"])
  })

  it.each(["", `${completed("UE5H")}\n\n`])(
    "a whole picture is kept also when its event breaks off and a blank line ends it, after %j",
    async (before) => {
      const { layer } = serving(whole(`${before}${completed("QUJD").slice(0, -4)}\n\n`, "text/event-stream"))
      const outcome = await Effect.runPromise(Effect.provide(operations.generateStream.run, layer))
      expect(picturesOf(outcome).map(({ b64Json }) => b64Json)).toEqual([...(before ? ["UE5H"] : []), "QUJD"])
      expect(Effect.runSync(Effect.flip(outcome.exit))).toMatchObject({
        _tag: "ResponseValidationError",
        billing: "billed"
      })
    }
  )

  it("a wait of an availability is the same after it has gone through JSON", () => {
    const schema = ImagesSchema.Availability
    const wait = { retryAfter: Duration.millis(2007) }
    expect(Schema.decodeSync(schema)(Schema.encodeSync(schema)(wait))).toEqual(wait)
  })

  it("a trace that JSON would write as a text is refused: it must be an object", async () => {
    const { calls, layer } = serving(whole('{"created":7,"data":[{"b64_json":"UE5H"}]}', "application/json"))
    const request = {
      model: "author/slug",
      prompt: "a red panda",
      trace: new Date(0) as unknown as Record<string, unknown>
    }
    await Effect.runPromise(Effect.exit(Images.generate(request)).pipe(Effect.provide(layer)))
    expect(calls).toEqual([])
  })

  it("a code that cannot be made into text is no defect", async () => {
    const reason = new TypeError("fetch failed", { cause: { code: Object.create(null) } })
    const { calls, layer } = serving(whole("", "text/html"), { reason })
    const outcome = await Effect.runPromise(Effect.provide(operations.generate.run, layer))
    expectDocumented("generate", outcome, calls.length)
  })

  it("a field b64_json within usage stays as the server sent it", async () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, preview: { b64_json: "QUJD" } }
    const body = JSON.stringify({ created: 7, data: [{ b64_json: "UE5H" }], usage })
    const { layer } = serving(whole(body, "application/json"))
    const response = await Effect.runPromise(Images.generate({ model: "m", prompt: "p" }).pipe(Effect.provide(layer)))
    expect(response.usage?.additionalProperties).toEqual({ preview: { b64_json: "QUJD" } })
  })
})
