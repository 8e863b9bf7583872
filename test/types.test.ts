import type { HttpClient } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import type { FileSystem } from "@effect/platform/FileSystem"
import type { Path } from "@effect/platform/Path"
import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Stream from "effect/Stream"
import {
  Client,
  Errors,
  GeneratedImage,
  type Generations,
  Images,
  type ImagesSchema,
  InputReference,
  type Key,
  Retry
} from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"
import { tagsOf } from "./support/errorTags.js"
import { refusal, scripted } from "./support/memoryHttp.js"
import { variables } from "./support/variables.js"

type ErrorOf<F extends (...args: never) => Effect.Effect<unknown, unknown, unknown>> = Effect.Effect.Error<
  ReturnType<F>
>
type ContextOf<F extends (...args: never) => Effect.Effect<unknown, unknown, unknown>> = Effect.Effect.Context<
  ReturnType<F>
>
type ClientSide =
  | Errors.ConnectionError
  | Errors.RequestTimeoutError
  | Errors.InvalidRequestError
  | Errors.ResponseValidationError

type OfListModels = Errors.InternalServerResponseError | Errors.OpenRouterDefaultError | ClientSide

type OfGenerate =
  | Errors.BadRequestResponseError
  | Errors.UnauthorizedResponseError
  | Errors.PaymentRequiredResponseError
  | Errors.ForbiddenResponseError
  | Errors.NotFoundResponseError
  | Errors.PayloadTooLargeResponseError
  | Errors.TooManyRequestsResponseError
  | Errors.InternalServerResponseError
  | Errors.BadGatewayResponseError
  | Errors.EdgeNetworkTimeoutResponseError
  | Errors.ProviderOverloadedResponseError
  | Errors.OpenRouterDefaultError
  | Errors.BudgetExceededError
  | ClientSide

const request = { model: "author/slug", prompt: "a red panda" }

describe("the errors", () => {
  it("of generate are exactly the documented ones", () => {
    expectTypeOf<Errors.GenerateError>().toEqualTypeOf<OfGenerate>()
    expectTypeOf<ErrorOf<typeof Images.generate>>().toEqualTypeOf<OfGenerate>()
    expectTypeOf<ErrorOf<Images.Service["generate"]>>().toEqualTypeOf<OfGenerate>()
    expect(tagsOf(Errors.GenerateError)).toHaveLength(17)
  })

  it("of generateStream are those and the stream's own two", () => {
    type OfStream = OfGenerate | Errors.ImageStreamError | Errors.IncompleteStreamError
    expectTypeOf<Errors.GenerateStreamError>().toEqualTypeOf<OfStream>()
    expectTypeOf<Stream.Stream.Error<ReturnType<typeof Images.generateStream>>>().toEqualTypeOf<OfStream>()
    expectTypeOf<Stream.Stream.Error<ReturnType<Images.Service["generateStream"]>>>().toEqualTypeOf<OfStream>()
    expectTypeOf<Errors.OpenRouterError>().toEqualTypeOf<OfStream>()
    expect(tagsOf(Errors.OpenRouterError)).toHaveLength(19)
  })

  it("of discovery are exactly the documented ones", () => {
    expectTypeOf<Errors.ListModelsError>().toEqualTypeOf<OfListModels>()
    expectTypeOf<ErrorOf<typeof Images.listModels>>().toEqualTypeOf<OfListModels>()
    expectTypeOf<Errors.ListModelEndpointsError>().toEqualTypeOf<OfListModels | Errors.NotFoundResponseError>()
    expectTypeOf<ErrorOf<typeof Images.listModelEndpoints>>().toEqualTypeOf<
      OfListModels | Errors.NotFoundResponseError
    >()
    expectTypeOf<Errors.ClientSideError>().toEqualTypeOf<ClientSide>()
    expect(tagsOf(Errors.ListModelEndpointsError)).toEqual(
      [...tagsOf(Errors.ListModelsError), "NotFoundResponseError"].sort()
    )
  })

  it("of the questions about an account are exactly the documented ones", () => {
    type OfGetKey =
      | Errors.UnauthorizedResponseError
      | Errors.TooManyRequestsResponseError
      | Errors.InternalServerResponseError
      | Errors.OpenRouterDefaultError
      | ClientSide
    type OfGetGeneration =
      | OfGetKey
      | Errors.PaymentRequiredResponseError
      | Errors.ForbiddenResponseError
      | Errors.NotFoundResponseError
      | Errors.BadGatewayResponseError
      | Errors.EdgeNetworkTimeoutResponseError
      | Errors.ProviderOverloadedResponseError
    expectTypeOf<Errors.GetGenerationError>().toEqualTypeOf<OfGetGeneration>()
    expectTypeOf<ErrorOf<typeof Generations.get>>().toEqualTypeOf<OfGetGeneration>()
    expectTypeOf<ErrorOf<typeof Generations.settle>>().toEqualTypeOf<OfGetGeneration>()
    expectTypeOf<Errors.GetKeyError>().toEqualTypeOf<OfGetKey>()
    expectTypeOf<ErrorOf<typeof Key.get>>().toEqualTypeOf<OfGetKey>()
    expectTypeOf<ContextOf<typeof Generations.settle>>().toEqualTypeOf<Client.OpenRouterClient>()
    expectTypeOf<Parameters<typeof Generations.settle>[0]>().toEqualTypeOf<string | Errors.OpenRouterError>()
    expectTypeOf<Generations.Settlement["_tag"]>().toEqualTypeOf<"Billed" | "NotBilled" | "NoRecord">()
    expect(tagsOf(Errors.GetGenerationError)).toHaveLength(14)
  })

  it("are the same as types and as Schemas", () => {
    expectTypeOf<typeof Errors.ClientSideError.Type>().toEqualTypeOf<Errors.ClientSideError>()
    expectTypeOf<typeof Errors.ResponseError.Type>().toEqualTypeOf<Errors.ResponseError>()
    expectTypeOf<typeof Errors.ListModelsError.Type>().toEqualTypeOf<Errors.ListModelsError>()
    expectTypeOf<typeof Errors.ListModelEndpointsError.Type>().toEqualTypeOf<Errors.ListModelEndpointsError>()
    expectTypeOf<typeof Errors.GetGenerationError.Type>().toEqualTypeOf<Errors.GetGenerationError>()
    expectTypeOf<typeof Errors.GetKeyError.Type>().toEqualTypeOf<Errors.GetKeyError>()
    expectTypeOf<typeof Errors.GenerateError.Type>().toEqualTypeOf<Errors.GenerateError>()
    expectTypeOf<typeof Errors.GenerateStreamError.Type>().toEqualTypeOf<Errors.GenerateStreamError>()
    expectTypeOf<typeof Errors.OpenRouterError.Type>().toEqualTypeOf<Errors.OpenRouterError>()
    expectTypeOf<typeof ImagesSchema.ImageStreamEvent.Type>().toEqualTypeOf<ImagesSchema.ImageStreamEvent>()
    expect(tagsOf(Errors.ResponseError)).toHaveLength(12)
  })

  it("have fields of exact types", () => {
    expectTypeOf<Errors.OpenRouterError["billing"]>().toEqualTypeOf<"notBilled" | "unknown" | "billed">()
    expectTypeOf<Errors.InvalidRequestError["billing"]>().toEqualTypeOf<"notBilled">()
    expectTypeOf<Errors.IncompleteStreamError["billing"]>().toEqualTypeOf<"unknown">()
    expectTypeOf<Errors.ConnectionError["phase"]>().toEqualTypeOf<"connect" | "response">()
    expectTypeOf<Errors.TooManyRequestsResponseError["retryAfter"]>().toEqualTypeOf<Duration.Duration | undefined>()
    expectTypeOf<Errors.ResponseError["status"]>().toEqualTypeOf<number>()
    expectTypeOf<Errors.InvalidRequestError["issues"]>().toEqualTypeOf<
      ReadonlyArray<{ readonly path: ReadonlyArray<string | number>; readonly message: string }>
    >()
    expect(new Errors.InvalidRequestError({ operation: "generate", issues: [] }).billing).toBe("notBilled")
  })

  it.effect("are all handled once every tag has a handler", () => {
    const handled = Images.generate(request).pipe(
      Effect.as(200),
      Effect.catchTags({
        BadRequestResponseError: () => Effect.succeed(400),
        UnauthorizedResponseError: () => Effect.succeed(401),
        PaymentRequiredResponseError: (error) => Effect.succeed(error.status),
        ForbiddenResponseError: () => Effect.succeed(403),
        NotFoundResponseError: () => Effect.succeed(404),
        PayloadTooLargeResponseError: () => Effect.succeed(413),
        TooManyRequestsResponseError: () => Effect.succeed(429),
        InternalServerResponseError: () => Effect.succeed(500),
        BadGatewayResponseError: () => Effect.succeed(502),
        EdgeNetworkTimeoutResponseError: () => Effect.succeed(524),
        ProviderOverloadedResponseError: () => Effect.succeed(529),
        OpenRouterDefaultError: () => Effect.succeed(0),
        ConnectionError: () => Effect.succeed(-1),
        RequestTimeoutError: () => Effect.succeed(-2),
        InvalidRequestError: () => Effect.succeed(-3),
        ResponseValidationError: () => Effect.succeed(-4),
        BudgetExceededError: () => Effect.succeed(-5)
      })
    )
    expectTypeOf(handled).toEqualTypeOf<Effect.Effect<number, never, Images.Images>>()
    return Effect.map(Effect.provide(handled, scripted([refusal(402)]).layer), (status) => expect(status).toBe(402))
  })

  it("that an operation does not have cannot be caught by their tag", () => {
    // @ts-expect-error listModels has no NotFoundResponseError
    const handled: unknown = Effect.catchTag(Images.listModels(), "NotFoundResponseError", () => Effect.succeed(404))
    expect(Effect.isEffect(handled)).toBe(true)
  })
})

describe("what is needed", () => {
  it("by the accessors is Images and nothing else, by the service's methods nothing", () => {
    expectTypeOf<ContextOf<typeof Images.generate>>().toEqualTypeOf<Images.Images>()
    expectTypeOf<ContextOf<typeof Images.listModels>>().toEqualTypeOf<Images.Images>()
    expectTypeOf<ContextOf<typeof Images.listModelEndpoints>>().toEqualTypeOf<Images.Images>()
    expectTypeOf<Stream.Stream.Context<ReturnType<typeof Images.generateStream>>>().toEqualTypeOf<Images.Images>()
    expectTypeOf<ContextOf<Images.Service["generate"]>>().toEqualTypeOf<never>()
    expectTypeOf<ContextOf<Images.Service["listModels"]>>().toEqualTypeOf<never>()
    expectTypeOf<ContextOf<Images.Service["listModelEndpoints"]>>().toEqualTypeOf<never>()
    expectTypeOf<Stream.Stream.Context<ReturnType<Images.Service["generateStream"]>>>().toEqualTypeOf<never>()
    expectTypeOf<Context.Tag.Service<Images.Images>>().toEqualTypeOf<Images.Service>()
    expect(Context.isTag(Images.Images)).toBe(true)
  })

  it.effect("by the layers is what the design says, and they fail with nothing but a ConfigError", () => {
    type ClientLayer<E> = Layer.Layer<Client.OpenRouterClient, E, HttpClient.HttpClient>
    expectTypeOf(Images.layer).toEqualTypeOf<Layer.Layer<Images.Images, never, Client.OpenRouterClient>>()
    expectTypeOf(Client.layer()).toEqualTypeOf<ClientLayer<never>>()
    expectTypeOf(Client.layer({ apiKey: Redacted.make("k") })).toEqualTypeOf<ClientLayer<never>>()
    expectTypeOf(Images.layerFromEnv).toEqualTypeOf<Layer.Layer<Images.Images | Client.OpenRouterClient, ConfigError>>()
    const configured = Client.layerConfig()
    expectTypeOf(configured).toEqualTypeOf<ClientLayer<ConfigError>>()
    expectTypeOf(Client.layerConfig({ apiKey: Config.redacted("K"), retry: Retry.none })).toEqualTypeOf<
      ClientLayer<ConfigError>
    >()
    const empty = variables({})
    return Layer.build(Layer.provide(configured as Layer.Layer<Client.OpenRouterClient, ConfigError>, empty)).pipe(
      Effect.scoped,
      Effect.flip,
      Effect.map((error) => expect(String(error)).toContain("OPENROUTER_API_KEY"))
    )
  })

  it("of an explanation takes names of its own, and who answered", () => {
    expectTypeOf(Errors.explain).parameter(0).toEqualTypeOf<Errors.OpenRouterError>()
    expectTypeOf(Errors.explain).parameter(1).toEqualTypeOf<Partial<Errors.Terms> | undefined>()
    expectTypeOf(Errors.explain).parameter(2).toEqualTypeOf<Errors.ExplainOptions | undefined>()
    expectTypeOf<Errors.ExplainOptions>().toEqualTypeOf<{ readonly emulated?: boolean | undefined }>()
    expectTypeOf(Errors.explain).returns.toEqualTypeOf<Errors.Explanation>()
    expect(Errors.explain).toBeTypeOf("function")
  })

  it("of a deviation has a difference for each field that can be compared", () => {
    expectTypeOf(GeneratedImage.deviation).returns.toEqualTypeOf<GeneratedImage.Deviation | undefined>()
    expectTypeOf<ImagesSchema.ImageGenerationRequest>().toExtend<GeneratedImage.AskedPicture>()
    expectTypeOf<keyof GeneratedImage.Deviation>().toEqualTypeOf<keyof GeneratedImage.AskedPicture>()
    expect(GeneratedImage.deviation).toBeTypeOf("function")
  })

  it("by files is the platform's FileSystem, and by the rest nothing", () => {
    const reference = InputReference.fromFile("a.png")
    expectTypeOf(reference).toEqualTypeOf<
      Effect.Effect<InputReference.InputReference, PlatformError | Errors.InvalidRequestError, FileSystem>
    >()
    const limited = InputReference.fromFile("a.png", { maxBytes: 1, maxSide: 1 })
    // The resizer is optional
    expectTypeOf(limited).toEqualTypeOf<typeof reference>()
    expectTypeOf(GeneratedImage.save).returns.toEqualTypeOf<Effect.Effect<string, PlatformError, FileSystem | Path>>()
    expectTypeOf(GeneratedImage.sha256).returns.toEqualTypeOf<Effect.Effect<string>>()
    expect(Effect.isEffect(reference)).toBe(true)
  })
})

describe("Testing.layerCassette", () => {
  it("takes an HttpClient and the disk, and gives an HttpClient", () => {
    expectTypeOf(Testing.layerCassette).parameters.toEqualTypeOf<[options: Testing.CassetteOptions]>()
    expectTypeOf(Testing.layerCassette).returns.toEqualTypeOf<
      Layer.Layer<HttpClient.HttpClient, ConfigError, HttpClient.HttpClient | FileSystem | Path>
    >()
    expectTypeOf<Testing.CassetteOptions["mode"]>().toEqualTypeOf<"auto" | "record" | "replay" | undefined>()
    expectTypeOf<Testing.CassetteOptions["pace"]>().toEqualTypeOf<"instant" | "recorded" | undefined>()
    // @ts-expect-error a folder is required
    expect(Testing.layerCassette({ mode: "replay" })).toBeDefined()
  })
})
