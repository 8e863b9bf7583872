import * as HttpClient from "@effect/platform/HttpClient"
import { afterAll, describe, expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Client, Errors, ImageStream, Images, ImagesSchema, Retry } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { failuresOf } from "../support/fibers.js"
import { samplesOf } from "../support/samples.js"
import { holds } from "./support/runs.js"
import { key, serving, whole } from "./support/served.js"

const { ImageGenerationRequest } = ImagesSchema
type Request = ImagesSchema.ImageGenerationRequest

/** Text with everything that text can have: every plane, half characters, controls, other directions. */
const anyText = FastCheck.array(
  FastCheck.oneof(
    FastCheck.string({ unit: "binary", minLength: 1, maxLength: 6 }),
    FastCheck.constantFrom(
      "\ud800",
      "\udfff",
      "\u0000",
      "\u202e",
      "שלום",
      "नमस्ते",
      "漢字",
      "🐼",
      "👩‍👩‍👧",
      "\r\n",
      "</svg>",
      "&",
      "]]>"
    )
  ),
  { minLength: 1, maxLength: 6 }
).map((parts) => parts.join(""))

/** A key `__proto__` is left out: `Schema.Record` assigns its keys, and this one would set the prototype. */
const anyRequest: FastCheck.Arbitrary<Request> = FastCheck.tuple(
  samplesOf(ImageGenerationRequest),
  FastCheck.option(anyText, { nil: undefined })
)
  .map(([request, prompt]) => ({ ...request, ...(prompt === undefined ? {} : { prompt }) }))
  .filter((request) => !JSON.stringify(request).includes("__proto__"))

/** Fields that this version does not know. */
const strangeFields = FastCheck.dictionary(
  FastCheck.string({ maxLength: 8 }).map((name) => `never documented ${name}`),
  FastCheck.jsonValue(),
  { maxKeys: 2 }
)

const viaJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe("a request that the Schema accepts", () => {
  const picture = whole('{"created":7,"data":[{"b64_json":"UE5H"}]}', "application/json")
  const sent =
    (call: (request: Request) => Effect.Effect<unknown, Errors.OpenRouterError, Images.Images>) =>
    ([request, strange]: readonly [Request, Readonly<Record<string, unknown>>]) => {
      const { calls, layer } = serving(picture)
      const known = viaJson(Schema.encodeSync(ImageGenerationRequest)(request)) as object
      return call({ ...strange, ...request }).pipe(
        Effect.provide(layer),
        Effect.map(() => {
          expect(calls).toHaveLength(1)
          expect(JSON.parse(calls[0] ?? "")).toMatchObject(known)
          return calls[0] ?? ""
        })
      )
    }

  holds(
    "is sent by generate, as the Schema writes it",
    FastCheck.tuple(anyRequest, strangeFields),
    (input) =>
      Effect.map(sent(Images.generate)(input), (body) => expect(JSON.parse(body)).not.toHaveProperty("stream")),
    0.4
  )

  holds(
    "is sent by generateStream, as the Schema writes it",
    FastCheck.tuple(anyRequest, strangeFields),
    (input) =>
      Effect.map(sent((request) => ImageStream.runFinal(Images.generateStream(request)))(input), (body) =>
        expect(JSON.parse(body)).toHaveProperty("stream", true)
      ),
    0.4
  )
})

describe("what is no request at all", () => {
  const nearly = FastCheck.tuple(
    anyRequest,
    FastCheck.dictionary(
      FastCheck.constantFrom(
        ...Object.keys({
          model: 1,
          prompt: 1,
          n: 1,
          size: 1,
          seed: 1,
          provider: 1,
          trace: 1,
          inputReferences: 1,
          sessionId: 1
        })
      ),
      FastCheck.anything({
        withBigInt: true,
        withMap: true,
        withNullPrototype: true,
        withSparseArray: true
      })
    )
  ).map(([request, odd]): unknown => ({ ...request, ...odd }))

  holds(
    "is an InvalidRequestError or is sent as JSON, never a defect",
    FastCheck.oneof(FastCheck.anything(), nearly),
    (input) => {
      const { calls, layer } = serving(whole('{"created":7,"data":[{"b64_json":"UE5H"}]}', "application/json"))
      return Effect.exit(Images.generate(input as Request)).pipe(
        Effect.provide(layer),
        Effect.flatMap((exit) =>
          Effect.sync(() => {
            if (Exit.isSuccess(exit)) {
              const body: unknown = JSON.parse(calls[0] ?? "")
              expect(Schema.decodeUnknownSync(ImageGenerationRequest)(body)).toBeDefined()
            } else {
              expect(calls).toEqual([])
              expect(failuresOf(exit)).toMatchObject([{ _tag: "InvalidRequestError", billing: "notBilled" }])
            }
          })
        )
      )
    }
  )
})

describe("the emulator", () => {
  const statuses: Array<number> = []
  const runtime = ManagedRuntime.make(
    Images.layer.pipe(
      Layer.provide(
        Client.layer({
          apiKey: Redacted.make(key),
          retry: Retry.none,
          transformClient: HttpClient.tap(({ status }) => Effect.sync(() => statuses.push(status)))
        })
      ),
      Layer.provideMerge(Emulator.layerClient)
    )
  )
  afterAll(() => runtime.dispose())

  const models = [
    "bytedance-seed/seedream-5-lite",
    "openai/gpt-image-1-mini",
    "black-forest-labs/flux.2-klein-4b",
    "recraft/recraft-v4",
    "recraft/recraft-v4-svg"
  ]

  /** Requests of which many are served, with a small picture. */
  const likely: FastCheck.Arbitrary<Request> = FastCheck.record(
    {
      model: FastCheck.constantFrom(...models),
      prompt: anyText,
      size: FastCheck.constantFrom("16x16", "24x16", "16x40", "64x64"),
      n: FastCheck.constantFrom(1, 2),
      seed: FastCheck.integer(),
      outputFormat: FastCheck.constantFrom("png", "jpeg", "webp", "svg"),
      outputCompression: FastCheck.nat({ max: 100 }),
      background: FastCheck.constantFrom("auto", "transparent", "opaque"),
      user: anyText
    },
    { requiredKeys: ["model", "prompt", "size"] }
  )

  /** Requests of any kind, for a model that there is. */
  const wild = FastCheck.tuple(anyRequest, likely).map(([request, { model, size }]) => ({
    ...request,
    model,
    size: request.size ?? size
  }))

  const isRefusal = Schema.is(
    Schema.Union(Errors.BadRequestResponseError, Errors.NotFoundResponseError, Errors.PayloadTooLargeResponseError)
  )

  const answers =
    (
      call: (
        request: Request
      ) => Effect.Effect<ImagesSchema.ImageGenerationResponse, Errors.OpenRouterError, Images.Images>
    ) =>
    (request: Request) =>
      Effect.promise(() =>
        runtime.runPromise(
          Effect.gen(function* () {
            const emulator = yield* Emulator.Emulator
            yield* emulator.reset
            statuses.length = 0
            const outcome = yield* Effect.either(call(request))
            const ledger = yield* emulator.ledger
            expect(statuses).toHaveLength(1)
            if (Either.isRight(outcome)) {
              expect(outcome.right.data).toHaveLength(request.n ?? 1)
              expect(ledger.map(({ prompt }) => prompt)).toEqual([request.prompt])
            } else {
              expect(isRefusal(outcome.left), `${outcome.left._tag}: ${outcome.left.message}`).toBe(true)
              expect([outcome.left.billing, ledger]).toEqual(["notBilled", []])
            }
          })
        )
      )

  holds("draws or refuses every request of a likely kind", likely, answers(Images.generate), 0.2)
  holds("draws or refuses every request that the Schema accepts", wild, answers(Images.generate), 0.5)
  holds(
    "streams or refuses every request of a likely kind",
    likely,
    answers((request) => ImageStream.runFinal(Images.generateStream(request))),
    0.1
  )
})
