import { FetchHttpClient, HttpBody, HttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { describe, expect, it, layer } from "@effect/vitest"
import { Context, Effect, Layer, Redacted } from "effect"
import { Client, type Errors, Images, Retry } from "effect-openrouter-images"
import { Catalogue, Emulator, Fault } from "effect-openrouter-images-emulator"

const model = "bytedance-seed/seedream-4.5"
const request = { model, prompt: "a red panda", resolution: "1K" } as const

/** Images over an emulator: every call goes to where that emulator listens. */
const ImagesOf = Layer.unwrapEffect(
  Effect.map(Emulator.Emulator, ({ baseUrl }) =>
    Layer.provide(
      Images.layer,
      Client.layer({ baseUrl, apiKey: Redacted.make("sk-or-emulated"), retry: Retry.none, timeout: "20 seconds" })
    )
  )
)

const environments = {
  "in memory": ImagesOf.pipe(Layer.provideMerge(Emulator.layerClient)),
  "over HTTP with fetch": ImagesOf.pipe(Layer.provideMerge(Layer.merge(FetchHttpClient.layer, Emulator.layerServer()))),
  "over HTTP with undici": ImagesOf.pipe(
    Layer.provideMerge(Layer.merge(NodeHttpClient.layerUndici, Emulator.layerServer()))
  ),
  "over HTTP with node:http": ImagesOf.pipe(
    Layer.provideMerge(Layer.merge(NodeHttpClient.layer, Emulator.layerServer()))
  )
}

const faults: ReadonlyArray<readonly [name: string, fault: Fault.Fault, tag: string, billing: Errors.Billing]> = [
  ["429 in the envelope", { _tag: "Status", status: 429 }, "TooManyRequestsResponseError", "notBilled"],
  ["502 in the envelope", { _tag: "Status", status: 502 }, "BadGatewayResponseError", "notBilled"],
  ["502 from a box in between", { _tag: "Status", status: 502, body: "html" }, "BadGatewayResponseError", "unknown"],
  ["500 without a body", { _tag: "Status", status: 500, body: "empty" }, "InternalServerResponseError", "unknown"],
  ["500 whose envelope is cut", { _tag: "Status", status: 500, body: "cut" }, "InternalServerResponseError", "unknown"],
  ["418", { _tag: "Status", status: 418 }, "OpenRouterDefaultError", "notBilled"],
  ["402 within a 200", { _tag: "Status", status: 402, httpStatus: 200 }, "PaymentRequiredResponseError", "notBilled"],
  ["a reset before the head", { _tag: "Reset", at: "head" }, "ConnectionError", "unknown"],
  ["a reset within the body", { _tag: "Reset", at: "body" }, "ConnectionError", "unknown"],
  ["silence", { _tag: "Stall", at: "head", afterCompletion: true }, "RequestTimeoutError", "unknown"],
  ["silence within the body", { _tag: "Stall", at: "body" }, "RequestTimeoutError", "unknown"],
  ["a body that is no JSON", { _tag: "Corrupt", how: "notJson" }, "ResponseValidationError", "unknown"],
  ["JSON that breaks off", { _tag: "Corrupt", how: "cutJson" }, "ResponseValidationError", "unknown"],
  ["base64 that is none", { _tag: "Corrupt", how: "badBase64" }, "ResponseValidationError", "billed"],
  ["no body at all", { _tag: "Corrupt", how: "empty" }, "ResponseValidationError", "unknown"]
]

for (const [name, environment] of Object.entries(environments)) {
  describe(name, () => {
    layer(environment, { excludeTestServices: true })((it) => {
      it.effect("lists the models and the endpoints of each", () =>
        Effect.gen(function* () {
          const { data } = yield* Images.listModels()
          expect(data.length).toBeGreaterThanOrEqual(25)
          const unserved: Array<string> = []
          for (const { id, supportedParameters } of data) {
            const { endpoints } = yield* Images.listModelEndpoints(id)
            if (endpoints.length === 0) unserved.push(`${id} ${Object.keys(supportedParameters).length}`)
          }
          expect(unserved).toEqual(["meta/muse-image 0"])
        })
      )

      it.effect("makes a picture and writes it into the ledger once", () =>
        Effect.gen(function* () {
          const emulator = yield* Emulator.Emulator
          yield* emulator.reset
          const response = yield* Images.generate({ ...request, n: 2, seed: 7 })
          const [entry, ...others] = yield* emulator.ledger
          expect(response.data.map(({ dimensions }) => dimensions)).toEqual([
            { width: 1024, height: 1024 },
            { width: 1024, height: 1024 }
          ])
          expect(others).toEqual([])
          expect(entry).toMatchObject({ generationId: response.generationId, pictures: 2, costUsd: 0.08 })
          expect(response.usage?.cost).toBe(0.08)
        })
      )

      it.effect("remembers requests without their key", () =>
        Effect.gen(function* () {
          const emulator = yield* Emulator.Emulator
          yield* emulator.reset
          yield* Images.listModels()
          const requests = yield* emulator.requests
          expect(requests.map(({ headers }) => headers["authorization"])).toEqual(["<redacted>"])
          expect(JSON.stringify(requests)).not.toContain("sk-or-emulated")
        })
      )

      for (const [what, fault, tag, billing] of faults) {
        it.effect(`answers with ${what} when the script says so: ${tag}, ${billing}`, () =>
          Effect.gen(function* () {
            const emulator = yield* Emulator.Emulator
            yield* emulator.reset
            yield* emulator.script([fault])
            const timeout = fault._tag === "Stall" ? "1 second" : "20 seconds"
            const error = yield* Effect.flip(Images.generate(request, { timeout }))
            const ledger = yield* emulator.ledger
            expect([error._tag, error.billing]).toEqual([tag, billing])
            // Where the client says that nothing was billed, nothing was; where it says billed, it was.
            if (billing === "notBilled") expect(ledger).toEqual([])
            if (billing === "billed") expect(ledger).toHaveLength(1)
          })
        )
      }

      it.effect("takes a fault from the header of a request", () =>
        Effect.gen(function* () {
          const headers = { [Fault.header]: JSON.stringify({ _tag: "Status", status: 529 }) }
          const error = yield* Effect.flip(Images.generate(request, { headers }))
          expect(error._tag).toBe("ProviderOverloadedResponseError")
        })
      )

      it.effect("sends a slow answer whole, keep-alive spaces and all", () =>
        Effect.gen(function* () {
          const emulator = yield* Emulator.Emulator
          yield* emulator.script([{ _tag: "Pace", keepAlives: 20, chunkBytes: 50_000, everyMillis: 1 }])
          const { data } = yield* Images.generate({ ...request, seed: 3 })
          const [same] = (yield* Images.generate({ ...request, seed: 3 })).data
          expect(data[0]?.bytes).toEqual(same?.bytes)
        })
      )
    })
  })
}

/** What another part of a program sends its requests with. */
class Other extends Context.Tag("Other")<Other, HttpClient.HttpClient>() {}

const otherwhere = Layer.succeed(FetchHttpClient.Fetch, () => Promise.resolve(new Response("another server")))
const OtherLive = Layer.effect(Other, HttpClient.HttpClient).pipe(
  Layer.provide(FetchHttpClient.layer),
  Layer.provide(otherwhere)
)

describe("in memory, beside a client of the real fetch", () => {
  for (const [order, environment] of Object.entries({
    before: Layer.mergeAll(Emulator.layerClient, OtherLive),
    behind: Layer.mergeAll(OtherLive, Emulator.layerClient)
  })) {
    it.effect(`keeps its own requests and no others, when it is built ${order}`, () =>
      Effect.gen(function* () {
        const { baseUrl } = yield* Emulator.Emulator
        const textFrom = (client: HttpClient.HttpClient) =>
          Effect.flatMap(client.get(`${baseUrl}/images/models`), ({ text }) => text)
        expect(yield* textFrom(yield* Other)).toBe("another server")
        expect(yield* textFrom(yield* HttpClient.HttpClient)).toMatch(/^\{"data":\[/)
      }).pipe(Effect.provide(environment))
    )
  }
})

describe("the formats", () => {
  layer(environments["in memory"], { excludeTestServices: true })((it) => {
    for (const [format, mediaType] of [
      ["png", "image/png"],
      ["jpeg", "image/jpeg"],
      ["webp", "image/webp"]
    ] as const) {
      it.effect(`draws ${format} of the asked size`, () =>
        Effect.gen(function* () {
          const request = { model: "bytedance-seed/seedream-5-lite", prompt: "x", size: "640x360" }
          const { data } = yield* Images.generate({ ...request, outputFormat: format })
          expect(data[0]?.mediaType).toBe(mediaType)
          expect(data[0]?.dimensions).toEqual({ width: 640, height: 360 })
        })
      )
    }

    it.effect("is the model's own choice where none is asked for", () =>
      Effect.gen(function* () {
        const mediaTypes = yield* Effect.forEach(
          ["black-forest-labs/flux.2-pro", "openai/gpt-image-1", "recraft/recraft-v4.1-vector"],
          (model) => Effect.map(Images.generate({ model, prompt: "x" }), ({ data }) => data[0]?.mediaType)
        )
        expect(mediaTypes).toEqual(["image/jpeg", "image/png", "image/svg+xml"])
      })
    )

    it.effect("draws SVG for a model of vectors", () =>
      Effect.gen(function* () {
        const { data } = yield* Images.generate({ model: "recraft/recraft-v4-svg", prompt: "x", aspectRatio: "16:9" })
        expect(data[0]?.extension).toBe("svg")
        expect(data[0]?.dimensions).toEqual({ width: 1368, height: 768 })
      })
    )

    it.effect("draws the same picture for the same seed, another for another", () =>
      Effect.gen(function* () {
        const draw = (seed: number) => Effect.map(Images.generate({ ...request, seed }), ({ data }) => data[0]?.b64Json)
        const [one, same, other] = yield* Effect.all([draw(1), draw(1), draw(2)])
        expect(one).toBe(same)
        expect(one).not.toBe(other)
      })
    )
  })
})

const refused: ReadonlyArray<readonly [what: string, body: object, status: number, message: RegExp]> = [
  ["a model it does not have", { model: "no/such", prompt: "x" }, 404, /no\/such/],
  ["an empty prompt", { model, prompt: "" }, 400, /prompt/],
  ["no prompt", { model }, 400, /prompt/],
  ["too many pictures", { model, prompt: "x", n: 11 }, 400, /n/],
  ["a parameter the model lacks", { model: "openai/gpt-image-1", prompt: "x", seed: 1 }, 400, /seed/],
  ["a value the model lacks", { model, prompt: "x", resolution: "8K" }, 400, /resolution "8K".*1K, 2K, 4K/],
  [
    "pixels against the ratio",
    { model: "krea/krea-2", prompt: "x", size: "2048x2048", aspect_ratio: "16:9" },
    400,
    /contradicts/
  ],
  ["pixels against the tier", { model, prompt: "x", size: "512x512", resolution: "4K" }, 400, /contradicts/],
  [
    "transparency in a format without it",
    { model: "openai/gpt-image-1-mini", prompt: "x", background: "transparent", output_format: "jpeg" },
    400,
    /png or webp/
  ],
  ["a stream that is neither asked for nor not", { model, prompt: "x", stream: "yes" }, 400, /stream.*"yes"/],
  ["providers that leave no endpoint", { model, prompt: "x", provider: { only: ["nobody"] } }, 404, /provider/],
  [
    "too few references",
    { model: "sourceful/riverflow-v2", prompt: "x", input_references: [] },
    400,
    /input_references/
  ]
]

describe("the checks", () => {
  layer(environments["in memory"], { excludeTestServices: true })((it) => {
    const post = (body: string, headers: Record<string, string> = { authorization: "Bearer key" }) =>
      Effect.gen(function* () {
        const { baseUrl } = yield* Emulator.Emulator
        const client = yield* HttpClient.HttpClient
        const response = yield* client.post(`${baseUrl}/images`, {
          headers,
          body: HttpBody.text(body, "application/json")
        })
        return { status: response.status, body: yield* response.text }
      })

    for (const [what, body, status, message] of refused) {
      it.effect(`refuses ${what} and bills nothing`, () =>
        Effect.gen(function* () {
          const emulator = yield* Emulator.Emulator
          yield* emulator.reset
          const answer = yield* post(JSON.stringify(body))
          expect(answer.status).toBe(status)
          expect(JSON.parse(answer.body)).toMatchObject({
            error: { code: status, message: expect.stringMatching(message) }
          })
          expect(yield* emulator.ledger).toEqual([])
        })
      )
    }

    it.effect("refuses a request without a key, and a body that is no JSON", () =>
      Effect.gen(function* () {
        expect((yield* post("{}", {})).status).toBe(401)
        expect((yield* post("{")).status).toBe(400)
      })
    )

    it.effect("names models to use in place of one that it lacks", () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Images.generate({ model: "openai/none", prompt: "x" }))
        const fallbacks = error._tag === "NotFoundResponseError" ? error.availability?.fallbackModels : undefined
        expect(fallbacks).toEqual(["openai/gpt-image-2", "openai/gpt-image-1", "openai/gpt-image-1-mini"])
      })
    )

    it.effect("prices by image, megapixel, token and request, by the resolution's own line where there is one", () =>
      Effect.gen(function* () {
        const costs = yield* Effect.forEach(
          [
            { model: "google/gemini-3-pro-image", prompt: "x", resolution: "4K", aspectRatio: "1:1" },
            { model: "black-forest-labs/flux.2-flex", prompt: "x", resolution: "512" },
            { model: "openai/gpt-image-1", prompt: "one two three" },
            { model: "krea/krea-2", prompt: "x", n: 3, resolution: "512" }
          ] as const,
          (request) => Effect.map(Images.generate(request), ({ usage }) => usage?.cost)
        )
        expect(costs).toEqual([0.24, 0.01572864, 4 * 0.000005 + 4096 * 0.00004, 0.01])
      })
    )
  })

  it("describes every model of the catalogue with an address of its own", () => {
    const ids = Catalogue.catalogue.map(({ model }) => model.id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { model, endpoints } of Catalogue.catalogue) {
      expect(model.endpoints).toBe(`/api/v1/images/models/${model.id}/endpoints`)
      for (const { pricing } of endpoints) expect(pricing.length).toBeGreaterThan(0)
    }
  })
})
