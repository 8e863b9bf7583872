// One program, two providers: which one draws is a layer, and what a failure cost stays known.
import { createServer } from "node:http"
import { NodeHttpServer } from "@effect/platform-node"
import { expect, expectTypeOf, it } from "@effect/vitest"
import { Effect, Layer, Option, Redacted, Schema, Stream } from "effect"
import { AiError, type Model } from "effect/ai"
import { FetchHttpClient, type HttpClient, HttpServer } from "effect/http"
import { Client, type Errors, GeneratedImage, Images, Retry } from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"
import { Emulator } from "effect-openrouter-images-emulator"
import * as ImageModel from "../src/image-model/ImageModel.js"
import * as OpenRouterImageModel from "../src/image-model/OpenRouterImageModel.js"
import { billingOf, causeOf } from "../src/image-model/openRouterErrors.js"
import { poster } from "../src/image-model/poster.js"
import * as SketchImageModel from "../src/image-model/SketchImageModel.js"
import { SketchServerLive } from "../src/image-model/sketchServer.js"

const boat = { prompt: "a paper boat" }

/** `Images` over the emulator on a port, as users reach OpenRouter. */
const ImagesOverHttp = Layer.unwrap(
  Effect.map(Emulator.Emulator, ({ baseUrl }) =>
    Images.layer.pipe(
      Layer.provide(Client.layer({ apiKey: Redacted.make("any-key"), baseUrl, retry: Retry.none })),
      Layer.provide(FetchHttpClient.layer)
    )
  )
).pipe(Layer.provideMerge(Emulator.layerServer()))

const openRouter = (model: string) => Layer.provideMerge(OpenRouterImageModel.model(model), ImagesOverHttp)

/** A service of sketches on a port; gives its layer. */
const sketches = Effect.gen(function* () {
  const server = SketchServerLive.pipe(
    Layer.provideMerge(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 }))
  )
  const context = yield* Layer.build(server)
  const address = yield* Effect.provide(HttpServer.addressFormattedWith(Effect.succeed), context)
  return Layer.provide(
    SketchImageModel.model({ baseUrl: address.replace("0.0.0.0", "127.0.0.1") }),
    FetchHttpClient.layer
  )
})

it.live("a program is drawn for by whichever provider its layers choose", () =>
  Effect.gen(function* () {
    const paid = yield* Effect.provide(poster("Paper Boats"), openRouter("bytedance-seed/seedream-4.0"))
    expect(paid).toMatchObject({ provider: "openrouter", costUsd: 0.03, images: [{ mediaType: "image/png" }] })
    const sketched = yield* Effect.provide(poster("Paper Boats"), yield* sketches)
    expect(sketched).toMatchObject({ provider: "sketch", costUsd: undefined, images: [{ mediaType: "image/svg+xml" }] })
    for (const { data } of [...paid.images, ...sketched.images])
      expect(GeneratedImage.make(data).dimensions).toEqual({ width: 1024, height: 1024 })
  }).pipe(Effect.scoped)
)

it.live("a stream shows previews, then the picture, then what it cost", () =>
  Effect.gen(function* () {
    const parts = yield* Stream.runCollect(ImageModel.stream(boat))
    expect(parts.map(({ type }) => type)).toEqual([
      ...["preview", "preview", "preview"],
      ...["file", "response-metadata", "finish"]
    ])
    const [generation] = yield* Effect.flatMap(Emulator.Emulator, ({ ledger }) => ledger)
    expect(parts.at(-2)).toMatchObject({ id: generation?.generationId, modelId: "openai/gpt-image-1" })
    expect(parts.at(-1)).toMatchObject({ metadata: { openrouterImages: { costUsd: generation?.costUsd } } })
  }).pipe(Effect.provide(openRouter("openai/gpt-image-1")))
)

const scripted = (answers: Testing.Answers) =>
  Layer.provideMerge(OpenRouterImageModel.layer({ model: "testing/model" }), Testing.layer(answers))

it.effect("a picture that a model made is a reference of the next", () =>
  Effect.gen(function* () {
    const { images } = yield* ImageModel.generate(boat)
    yield* ImageModel.generate({ ...boat, references: images })
    expect((yield* Testing.requests)[1]).toMatchObject({
      inputReferences: [{ imageUrl: { url: GeneratedImage.toDataUrl(Testing.image) } }]
    })
  }).pipe(Effect.provide(scripted({ generate: Testing.response({ data: [Testing.image] }) })))
)

/** The reason of each error, where it cost nothing and where that is not known. */
const reasons = {
  BadRequestResponseError: "InvalidRequestError",
  UnauthorizedResponseError: "AuthenticationError",
  PaymentRequiredResponseError: "QuotaExhaustedError",
  ForbiddenResponseError: "AuthenticationError",
  NotFoundResponseError: "InvalidRequestError",
  PayloadTooLargeResponseError: "InvalidRequestError",
  TooManyRequestsResponseError: "RateLimitError",
  InternalServerResponseError: "InternalProviderError",
  BadGatewayResponseError: "InternalProviderError",
  EdgeNetworkTimeoutResponseError: "UnknownError",
  ProviderOverloadedResponseError: "InternalProviderError",
  OpenRouterDefaultError: "UnknownError",
  ConnectionError: "NetworkError",
  RequestTimeoutError: "UnknownError",
  InvalidRequestError: "InvalidRequestError",
  ResponseValidationError: "InvalidResponseError",
  IncompleteStreamError: "InvalidResponseError",
  ImageStreamError: "UnknownError",
  BudgetExceededError: "UnknownError"
} as const satisfies Record<Testing.Tag, AiError.AiErrorReason["_tag"]>

const failure = (error: Errors.GenerateStreamError) =>
  Effect.flip(Stream.runDrain(ImageModel.stream(boat))).pipe(Effect.provide(scripted({ generateStream: error })))

it.effect.each(Object.keys(reasons) as Array<Testing.Tag>)("%s is the cause of an AiError", (tag) =>
  Effect.gen(function* () {
    const cause = Testing.error(tag)
    const error = yield* failure(cause)
    expect(error.reason._tag).toBe(reasons[tag])
    expect(Option.getOrThrow(causeOf(error))).toMatchObject({ _tag: tag, billing: cause.billing })
    expect(billingOf(error)).toBe(cause.billing)
    const elsewhere = Schema.decodeUnknownSync(AiError.AiError)(
      JSON.parse(JSON.stringify(Schema.encodeSync(AiError.AiError)(error)))
    )
    // What has crossed without its cause proves nothing.
    expect([elsewhere.reason._tag, billingOf(elsewhere)]).toEqual([reasons[tag], "unknown"])
  })
)

it.effect("no failure is retryable that may have been paid for", () =>
  Effect.gen(function* () {
    // A 429 is unknown where it comes with status 200, and not in OpenRouter's own words.
    for (const tag of ["TooManyRequestsResponseError", "BadGatewayResponseError", "ConnectionError"] as const) {
      expect((yield* failure(Testing.error(tag, { billing: "notBilled" }))).isRetryable).toBe(true)
      expect((yield* failure(Testing.error(tag, { billing: "unknown" }))).isRetryable).toBe(false)
    }
    for (const tag of Object.keys(reasons) as Array<Testing.Tag>) {
      const error = yield* failure(Testing.error(tag))
      expect(error.isRetryable && billingOf(error) !== "notBilled", tag).toBe(false)
    }
  })
)

it.live("a provider names each option that it cannot follow", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(Effect.provide(ImageModel.generate({ ...boat, n: 2 }), yield* sketches))
    expect(error.reason).toMatchObject({ _tag: "InvalidRequestError", description: "n must be 1, got 2" })
    const refused = yield* Effect.flip(Effect.provide(ImageModel.generate({ prompt: "" }), yield* sketches))
    expect([refused.reason._tag, billingOf(refused)]).toEqual(["InvalidRequestError", "unknown"])
  }).pipe(Effect.scoped)
)

it("the types say what each call needs and how it fails", () => {
  expectTypeOf(ImageModel.generate).returns.toEqualTypeOf<
    Effect.Effect<ImageModel.GenerateResponse, AiError.AiError, ImageModel.ImageModel>
  >()
  expectTypeOf(ImageModel.stream).returns.toEqualTypeOf<
    Stream.Stream<ImageModel.StreamPart, AiError.AiError, ImageModel.ImageModel>
  >()
  expectTypeOf(OpenRouterImageModel.model).returns.toEqualTypeOf<
    Model.Model<"openrouter", ImageModel.ImageModel, Images.Images>
  >()
  expectTypeOf(SketchImageModel.model).returns.toEqualTypeOf<
    Model.Model<"sketch", ImageModel.ImageModel, HttpClient.HttpClient>
  >()
})
