import { HttpBody, HttpClient } from "@effect/platform"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Option } from "effect"
import { GeneratedImage, Provenance } from "effect-openrouter-images"
import { Emulator, Fault } from "effect-openrouter-images-emulator"
import sharp from "sharp"

const generationId = /^gen-img-\d+-[A-Za-z0-9]{20}$/

/** A call as any client makes it, with a fault of its own. */
const post = (body: object, fault?: Fault.Fault) =>
  Effect.gen(function* () {
    const { baseUrl } = yield* Emulator.Emulator
    const client = yield* HttpClient.HttpClient
    const { headers, status, text } = yield* client.post(`${baseUrl}/images`, {
      headers: {
        authorization: "Bearer key",
        origin: "https://example.com",
        ...(fault === undefined ? {} : { [Fault.header]: JSON.stringify(fault) })
      },
      body: HttpBody.text(JSON.stringify({ prompt: "a boat", ...body }), "application/json")
    })
    return { headers, status, text: yield* text }
  })

const get = (path: string) =>
  Effect.gen(function* () {
    const { baseUrl } = yield* Emulator.Emulator
    const response = yield* Effect.flatMap(HttpClient.HttpClient, (client) =>
      client.get(baseUrl.replace("/api/v1", path))
    )
    return { status: response.status, type: response.headers["content-type"], text: yield* response.text }
  })

const mini = { model: "openai/gpt-image-1-mini", size: "16x16" }
const flux = { model: "black-forest-labs/flux.2-pro" }

describe("an answer as it was recorded", () => {
  layer(Emulator.layerClient, { excludeTestServices: true })((it) => {
    it.effect("has the id and the provider in its head, and shows a page no more than the API does", () =>
      Effect.gen(function* () {
        const { headers } = yield* post(mini)
        expect(headers).toMatchObject({
          "x-generation-id": expect.stringMatching(generationId),
          "x-provider-name": "OpenAI",
          "access-control-expose-headers": "X-Generation-Id,X-Provider-Name,request-id,cf-ray"
        })
        const again = yield* post(mini)
        expect(again.headers["x-generation-id"]).not.toBe(headers["x-generation-id"])
      })
    )

    it.effect("has them on an error and a broken stream as well, which is no proof that anything was billed", () =>
      Effect.gen(function* () {
        const emulator = yield* Emulator.Emulator
        yield* emulator.reset
        const failures = yield* Effect.all([
          post(mini, { _tag: "Status", status: 502 }),
          post(mini, { _tag: "Recorded", as: "upstreamRateLimit" }),
          post({ ...mini, stream: true }, { _tag: "Stream", how: "error" })
        ])
        for (const { headers } of failures) {
          expect(headers["x-generation-id"]).toMatch(generationId)
          expect(headers["x-provider-name"]).toBe("OpenAI")
        }
        expect(yield* emulator.ledger).toEqual([])
        const refused = yield* post({ ...mini, aspect_ratio: "21:9" })
        expect(refused.headers).not.toHaveProperty("x-generation-id")
        const page = yield* post(mini, { _tag: "Status", status: 502, body: "html" })
        expect(page.headers).not.toHaveProperty("x-generation-id")
      })
    )

    it.effect("has no date where FLUX makes it, and its usage in the recorded order", () =>
      Effect.gen(function* () {
        const { text } = yield* post(flux)
        const { created, data, usage } = JSON.parse(text)
        expect(created).toBe(0)
        expect(data[0].media_type).toBe("image/jpeg")
        expect(Object.keys(usage)).toEqual([
          ...["prompt_tokens", "completion_tokens", "total_tokens", "cost", "is_byok", "prompt_tokens_details"],
          ...["cost_details", "completion_tokens_details"]
        ])
        expect(usage).toMatchObject({
          completion_tokens: 4096,
          cost: 0.03145728,
          cost_details: { upstream_inference_prompt_cost: 0, upstream_inference_completions_cost: 0.03145728 }
        })
        expect(JSON.parse((yield* post(mini)).text).created).toBeGreaterThan(1_700_000_000)
      })
    )

    it.effect("streams seven empty comments before each event, and the time on the picture", () =>
      Effect.gen(function* () {
        const { headers, text } = yield* post({ ...mini, stream: true })
        expect(headers).toMatchObject({ "content-type": "text/event-stream", "cache-control": "no-cache" })
        const frames = text.split("\n\n")
        expect(frames.slice(0, 7)).toEqual(Array.from({ length: 7 }, () => ": "))
        expect(frames[7]).toMatch(/^data: \{"type":"image_generation\.partial_image","partial_image_index":0,/)
        const completed = frames.find((frame) => frame.includes("image_generation.completed"))
        expect(JSON.parse(completed?.slice(6) ?? "").created).toBeGreaterThan(1_700_000_000)
        expect(text).toMatch(/\n\ndata: \[DONE\]\n\n$/)
      })
    )

    for (const [what, body, fault, signed] of [
      ["as FLUX signs it", flux, undefined, true],
      ["as OpenAI signs it", { model: "openai/gpt-image-1" }, undefined, true],
      ["unsigned, when the script says so", flux, { _tag: "Edit", how: "unsigned" }, false],
      ["signed, when the script says so", mini, { _tag: "Edit", how: "signed" }, true],
      ["unsigned, as most models give it", mini, undefined, false]
    ] as const) {
      it.effect(`has its picture ${what}, and it is read by an image library`, () =>
        Effect.gen(function* () {
          const { data } = JSON.parse((yield* post(body, fault)).text)
          const bytes = new Uint8Array(Buffer.from(data[0].b64_json, "base64"))
          const { format } = yield* Effect.promise(() => sharp(bytes).metadata())
          expect(`image/${format}`).toBe(data[0].media_type)
          yield* Effect.promise(() => sharp(bytes).raw().toBuffer())
          const latin1 = Buffer.from(bytes).toString("latin1")
          expect(latin1.includes("jumbc2pa") || latin1.includes("jumb\0\0\0")).toBe(signed)
          // The library writes nothing into a signed picture.
          const image = GeneratedImage.make(bytes)
          const provenance = Provenance.of({ prompt: "a boat", ...body }, { created: 1, data: [image] })
          const written = Provenance.write(image, provenance)
          expect(Option.isSome(Provenance.read(written.bytes))).toBe(!signed)
        })
      )
    }

    it.effect("is a website's page outside of the API, and the API's envelope within", () =>
      Effect.gen(function* () {
        expect(yield* get("/images/models")).toMatchObject({ status: 200, type: expect.stringContaining("text/html") })
        const long = `/api/v1/images/models/${"a".repeat(200)}/b/endpoints`
        for (const path of ["/api/v1/nothing", "/api/v1/images/models/%E0%A4%A/b/endpoints", long]) {
          const { status, text } = yield* get(path)
          expect([status, JSON.parse(text)]).toEqual([404, { error: { message: "Not Found", code: 404 } }])
        }
      })
    )
  })
})
