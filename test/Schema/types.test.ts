import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import {
  Client,
  type Errors,
  type GeneratedImage,
  Images,
  ImagesSchema,
  InputReference,
  Retry
} from "effect-openrouter-images"
import { picture, scripted } from "../support/memoryHttp.js"
import { whileFailure } from "../support/schedules.js"

type Request = ImagesSchema.ImageGenerationRequest
type SuccessOf<F extends (...args: never) => Effect.Effect<unknown, unknown, unknown>> = Effect.Effect.Success<
  ReturnType<F>
>

/** The values of an open enumeration that an editor offers. */
type Known<A> = A extends string ? (string extends A ? never : A) : never
type RequiredKeys<A> = { [K in keyof A]-?: object extends Pick<A, K> ? never : K }[keyof A]

const request = { model: "author/slug", prompt: "a red panda" }

describe("open enumerations", () => {
  it("offer their known values and accept any string", () => {
    expectTypeOf<Known<ImagesSchema.Resolution>>().toEqualTypeOf<"512" | "768" | "1K" | "1.5K" | "2K" | "4K">()
    expectTypeOf<Known<ImagesSchema.Quality>>().toEqualTypeOf<"auto" | "low" | "medium" | "high" | "xhigh" | "max">()
    expectTypeOf<Extract<ImagesSchema.AspectRatio, "1:1">>().toEqualTypeOf<"1:1">()
    expectTypeOf<Extract<ImagesSchema.AspectRatio, "7:3">>().toEqualTypeOf<never>()
    expectTypeOf<string>().toExtend<ImagesSchema.AspectRatio>()
    expectTypeOf<Exclude<Request["aspectRatio"], undefined>>().toEqualTypeOf<ImagesSchema.AspectRatio>()
    expectTypeOf<Exclude<Request["outputFormat"], undefined>>().toEqualTypeOf<ImagesSchema.OutputFormat>()
    expectTypeOf<Known<ImagesSchema.ImagePricingEntry["unit"]>>().toEqualTypeOf<
      "image" | "megapixel" | "token" | "request"
    >()
    expectTypeOf(ImagesSchema.Resolution.known).toEqualTypeOf<
      ReadonlyArray<"512" | "768" | "1K" | "1.5K" | "2K" | "4K">
    >()
    expectTypeOf<number>().not.toExtend<ImagesSchema.AspectRatio>()
    expectTypeOf<Request["model"]>().toEqualTypeOf<ImagesSchema.Model>()
    expectTypeOf<Extract<ImagesSchema.Model, "openai/gpt-image-1">>().toEqualTypeOf<"openai/gpt-image-1">()
    expectTypeOf<string>().toExtend<ImagesSchema.Model>()
    expectTypeOf<Exclude<Request["size"], undefined>>().toEqualTypeOf<ImagesSchema.Size>()
    expectTypeOf<string>().toExtend<ImagesSchema.Size>()
    expect(ImagesSchema.AspectRatio.known).toContain("1:1")
  })
})

describe("a request", () => {
  it("needs a model and a prompt, and accepts undefined for every other field", () => {
    expectTypeOf<RequiredKeys<Request>>().toEqualTypeOf<"model" | "prompt">()
    type Optional = Exclude<keyof Request, "model" | "prompt">
    expectTypeOf<{ model: string; prompt: string } & { [K in Optional]: undefined }>().toExtend<Request>()
    expectTypeOf<Optional>().toEqualTypeOf<
      | ("n" | "resolution" | "aspectRatio" | "size" | "quality" | "outputFormat" | "background" | "outputCompression")
      | ("seed" | "inputReferences" | "provider" | "sessionId" | "user" | "trace")
    >()
    const undefinedFields: Request = { ...request, n: undefined, aspectRatio: undefined, provider: undefined }
    expect(Schema.encodeSync(ImagesSchema.ImageGenerationRequest)(undefinedFields)).toEqual(request)
  })

  it.effect("has no field `stream`: the operation alone says whether there is one", () =>
    Effect.gen(function* () {
      expectTypeOf<Request>().not.toHaveProperty("stream")
      // @ts-expect-error not a field
      const wrong: Request = { ...request, stream: true }
      const { layer, received } = scripted([picture])
      yield* Images.generate(wrong).pipe(Effect.provide(layer))
      yield* Stream.runDrain(Images.generateStream(request)).pipe(Effect.provide(layer))
      expect(received.map(({ body }) => body)).toEqual([request, { ...request, stream: true }])
    })
  )

  it.effect("needs no annotation and no `as const`, wherever it is put together", () => {
    const references = [InputReference.fromUrl("https://example.com/a.png")]
    const provider = { sort: "price", only: ["a"], options: { a: { steps: 20 } } }
    const inferred = {
      ...request,
      n: 1,
      aspectRatio: "16:9",
      outputFormat: "webp",
      inputReferences: references,
      provider
    }
    expectTypeOf(inferred).toExtend<Request>()
    expectTypeOf(inferred.aspectRatio).toEqualTypeOf<string>()
    const literal = Images.generate({
      ...request,
      resolution: "1.5K",
      inputReferences: [{ type: "image_url", imageUrl: { url: "https://example.com/a.png" } }],
      provider: { sort: { by: "never documented", partition: null } }
    })
    const both = Effect.all([literal, Images.generate(inferred)])
    expectTypeOf(both).toEqualTypeOf<
      Effect.Effect<
        [ImagesSchema.ImageGenerationResponse, ImagesSchema.ImageGenerationResponse],
        Errors.GenerateError,
        Images.Images
      >
    >()
    return Effect.map(Effect.provide(both, scripted([picture]).layer), (responses) => expect(responses).toHaveLength(2))
  })

  it("refuses values of a wrong type", () => {
    const refused: ReadonlyArray<Request> = [
      // @ts-expect-error a number is no ratio
      { ...request, aspectRatio: 1.5 },
      // @ts-expect-error a string is no count
      { ...request, n: "3" },
      // @ts-expect-error a URL is no reference
      { ...request, inputReferences: ["https://example.com/a.png"] },
      // @ts-expect-error the wire's name is not the type's
      { ...request, aspect_ratio: "1:1" }
    ]
    expect(refused.filter(Schema.is(ImagesSchema.ImageGenerationRequest))).toHaveLength(1)
  })
})

describe("what comes back", () => {
  it.effect("from generate is a list of pictures, any of which may be missing", () =>
    Effect.map(Effect.provide(Images.generate(request), scripted([picture]).layer), (response) => {
      expectTypeOf(response).toEqualTypeOf<ImagesSchema.ImageGenerationResponse>()
      expectTypeOf(response.data[0]).toEqualTypeOf<GeneratedImage.GeneratedImage | undefined>()
      expectTypeOf(response.usage?.cost).toEqualTypeOf<number | undefined>()
      expectTypeOf<GeneratedImage.GeneratedImage["bytes"]>().toEqualTypeOf<Uint8Array>()
      expectTypeOf<GeneratedImage.GeneratedImage["dimensions"]>().toEqualTypeOf<
        { readonly width: number; readonly height: number } | undefined
      >()
      expect(response.data[0]?.extension).toBe("png")
      expect(response.data[1]?.extension).toBeUndefined()
    })
  )

  it("from generateStream is one of four events, told apart by their tag", () => {
    expectTypeOf<
      Stream.Stream.Success<ReturnType<typeof Images.generateStream>>
    >().toEqualTypeOf<ImagesSchema.ImageStreamEvent>()
    expectTypeOf<ImagesSchema.ImageStreamEvent["_tag"]>().toEqualTypeOf<
      "PartialImage" | "TextChunk" | "Completed" | "UnknownEvent"
    >()
    const textOf = (event: ImagesSchema.ImageStreamEvent): string => {
      switch (event._tag) {
        case "PartialImage":
          return String(event.partialImageIndex)
        case "TextChunk":
          return event.text
        case "Completed":
          return event.image.mediaType
        case "UnknownEvent":
          return event.type
      }
    }
    expect(textOf(new ImagesSchema.TextChunk({ text: "<svg", phase: "draft" }))).toBe("<svg")
  })

  it("from discovery are models and endpoints, by an id or by two names", () => {
    expectTypeOf<SuccessOf<typeof Images.listModels>>().toEqualTypeOf<ImagesSchema.ImageModelsListResponse>()
    expectTypeOf<
      SuccessOf<typeof Images.listModelEndpoints>
    >().toEqualTypeOf<ImagesSchema.ImageModelEndpointsResponse>()
    expectTypeOf<Parameters<typeof Images.listModelEndpoints>[0]>().toEqualTypeOf<Images.ModelId | ImagesSchema.Model>()
    const widest = (capability: ImagesSchema.CapabilityDescriptor | undefined): number | undefined =>
      capability?.type === "range" ? capability.max : undefined
    expectTypeOf<
      ImagesSchema.ImageEndpoint["supportedParameters"]["n"]
    >().toEqualTypeOf<ImagesSchema.CapabilityDescriptor>()
    expect(widest({ type: "range", min: 1, max: 4 })).toBe(4)
  })
})

describe("what is passed on to a provider", () => {
  type Options = NonNullable<NonNullable<Request["provider"]>["options"]>

  it("is typed for the providers that are known, and open JSON for any other", () => {
    const options: Options = {
      openai: { moderation: "low", never_documented: 1 },
      "black-forest-labs": { steps: 30, guidance: 4.5 },
      recraft: { controls: { colors: [{ rgb: [255, 0, 0] }], no_text: true } },
      google: { person_generation: "dont_allow" },
      "never-documented": { any: ["json"] }
    }
    // @ts-expect-error steps are a number
    const wrong: Options = { "black-forest-labs": { steps: "thirty" } }
    const json: Readonly<Record<string, Readonly<Record<string, unknown>>>> = options
    expectTypeOf<typeof json>().toExtend<Options>()
    expectTypeOf<Extract<NonNullable<Options["openai"]>["moderation"], "low">>().toEqualTypeOf<"low">()
    expect(Object.keys(json)).toHaveLength(5)
    expect(Object.keys(wrong)).toHaveLength(1)
  })

  it.effect("is sent as it is", () => {
    const { layer, received } = scripted([picture])
    const options = { openai: { moderation: "low" as const, Camel_Case: [1] } }
    return Effect.gen(function* () {
      yield* Images.generate({ ...request, provider: { options } })
      expect(received[0]?.body).toMatchObject({ provider: { options } })
    }).pipe(Effect.provide(layer))
  })
})

describe("options", () => {
  it("accept undefined for every field", () => {
    expectTypeOf<{ [K in keyof Client.ClientOptions]-?: undefined }>().toExtend<Client.ClientOptions>()
    expectTypeOf<{ [K in keyof Client.RequestOptions]-?: undefined }>().toExtend<Client.RequestOptions>()
    expect(Layer.isLayer(Client.layer({ apiKey: undefined, retry: undefined, timeout: undefined }))).toBe(true)
  })

  it("take a policy or any Schedule that needs nothing", () => {
    const schedules: ReadonlyArray<NonNullable<Client.RequestOptions["retry"]>> = [
      Retry.safe,
      Retry.none,
      Schedule.recurs(3),
      Schedule.intersect(Schedule.exponential("1 second"), Schedule.recurs(3)),
      whileFailure((error: Errors.OpenRouterError) => error.billing === "notBilled"),
      whileFailure((error: { readonly _tag: string }) => error._tag === "ConnectionError")
    ]
    const ofOthers = whileFailure((failure: { readonly foreign: true }) => failure.foreign)
    class Clerk extends Context.Tag("Clerk")<Clerk, { readonly asks: boolean }>() {}
    // @ts-expect-error a Schedule that needs a service
    const needy: Client.RequestOptions = { retry: Schedule.recurs(3).pipe(Schedule.tapOutput(() => Clerk)) }
    // @ts-expect-error a Schedule of other failures
    const foreign: Client.RequestOptions = { retry: ofOthers }
    expect([...schedules, needy.retry, foreign.retry]).toHaveLength(8)
  })

  it("take no plain text for a key", () => {
    expectTypeOf<string>().not.toExtend<Client.ClientOptions["apiKey"]>()
    expectTypeOf<Redacted.Redacted>().toExtend<Client.ClientOptions["apiKey"]>()
    expect(String(Redacted.make("key"))).not.toContain("key")
  })

  it("make a layer over Images out of Images", () => {
    const over = Layer.effect(
      Images.Images,
      Effect.map(Images.Images, (images) =>
        Images.Images.of({ ...images, generate: (asked) => images.generate(asked) })
      )
    )
    expectTypeOf(over).toEqualTypeOf<Layer.Layer<Images.Images, never, Images.Images>>()
    expectTypeOf(Layer.provide(over, Images.layer)).toEqualTypeOf<
      Layer.Layer<Images.Images, never, Client.OpenRouterClient>
    >()
    expect(Layer.isLayer(over)).toBe(true)
  })
})
