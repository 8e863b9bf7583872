import { createServer } from "node:http"
import type { AiError, Model, Prompt, Response } from "@effect/ai"
import { FetchHttpClient, type HttpClient, HttpServer } from "@effect/platform"
import { NodeHttpServer } from "@effect/platform-node"
import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import { Chunk, Effect, Fiber, Layer, Option, Redacted, Stream, type Tracer } from "effect"
import { Client, type Errors, GeneratedImage, Images, Retry } from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"
import { Emulator } from "effect-openrouter-images-emulator"
import * as ImageModel from "effect-openrouter-images-examples/dist/image-model/ImageModel.js"
import * as OpenRouterImageModel from "effect-openrouter-images-examples/dist/image-model/OpenRouterImageModel.js"
import { billingOf, causeOf } from "effect-openrouter-images-examples/dist/image-model/openRouterErrors.js"
import { poster } from "effect-openrouter-images-examples/dist/image-model/poster.js"
import * as SketchImageModel from "effect-openrouter-images-examples/dist/image-model/SketchImageModel.js"
import { SketchServerLive } from "effect-openrouter-images-examples/dist/image-model/sketchServer.js"
import { watching } from "../support/tracing.js"

/** `Images` over the emulator on a port, as users reach OpenRouter. */
const overHttp = Layer.unwrapScoped(
  Effect.map(Layer.build(Emulator.layerServer()), (context) =>
    Images.layer.pipe(
      Layer.provide(
        Layer.unwrapEffect(
          Effect.map(Emulator.Emulator, ({ baseUrl }) =>
            Client.layer({ apiKey: Redacted.make("sk-or-secret"), baseUrl, retry: Retry.none })
          )
        )
      ),
      Layer.provide(FetchHttpClient.layer),
      Layer.provideMerge(Layer.succeedContext(context))
    )
  )
)

const seedream = OpenRouterImageModel.model("bytedance-seed/seedream-4.0")
const openRouter = Layer.provideMerge(seedream, overHttp)

/** A service of sketches on a port; gives its layer. */
const sketches = Effect.gen(function* () {
  const server = SketchServerLive.pipe(
    Layer.provideMerge(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 }))
  )
  const address = yield* Effect.provide(HttpServer.addressFormattedWith(Effect.succeed), yield* Layer.build(server))
  return SketchImageModel.model({ baseUrl: address.replace("0.0.0.0", "127.0.0.1") })
})

const scripted = (answers: Testing.Answers) =>
  Layer.provideMerge(OpenRouterImageModel.layer({ model: "testing/model" }), Testing.layer(answers))

const boat = { prompt: "a paper boat" }
const failureOf = <A, R>(effect: Effect.Effect<A, AiError.AiError, R>) => Effect.flip(effect)

describe("a program that asks for ImageModel", () => {
  it.scopedLive("is drawn for by whichever provider its layers choose", () =>
    Effect.gen(function* () {
      const paid = yield* Effect.provide(poster("Paper Boats"), openRouter)
      expect(paid).toMatchObject({ provider: "openrouter", costUsd: 0.03, images: [{ mediaType: "image/png" }] })
      const sketching = Layer.provide(yield* sketches, FetchHttpClient.layer)
      const sketched = yield* Effect.provide(poster("Paper <Boats>"), sketching)
      expect(sketched).toMatchObject({ provider: "sketch", costUsd: undefined, images: [{ type: "file" }] })
      const [sketch] = sketched.images
      expect(new TextDecoder().decode(sketch?.data)).toContain("a poster for &quot;Paper &lt;Boats&gt;&quot;")
      for (const { data } of [...paid.images, ...sketched.images])
        expect(GeneratedImage.make(data).dimensions).toEqual({ width: 1024, height: 1024 })
    })
  )

  it.scopedLive("goes on to another provider where nothing was paid, and only there", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      const other = Layer.provide(yield* sketches, FetchHttpClient.layer)
      const draw = poster("Paper Boats").pipe(
        Effect.catchIf(
          (error) => billingOf(error) === "notBilled",
          () => Effect.provide(poster("Paper Boats"), other)
        )
      )
      yield* emulator.script([{ _tag: "Status", status: 429 }])
      expect(yield* draw).toMatchObject({ provider: "sketch" })
      // Billed, and then cut: whoever draws it again pays again.
      yield* emulator.script([{ _tag: "Reset", at: "head", afterCompletion: true }])
      expect(billingOf(yield* failureOf(draw))).toBe("unknown")
      expect(yield* emulator.ledger).toHaveLength(1)
    }).pipe(Effect.provide(openRouter))
  )
})

describe("OpenRouterImageModel", () => {
  it.scopedLive("gives the pictures as files, with the model, the tokens and the cost", () =>
    Effect.gen(function* () {
      const { content, images, metadata, usage } = yield* ImageModel.generate({ ...boat, n: 2, aspectRatio: "3:2" })
      expect(content.map(({ type }) => type)).toEqual(["response-metadata", "file", "file", "finish"])
      expect(content[0]).toMatchObject({ modelId: Option.some("bytedance-seed/seedream-4.0") })
      expect(images.map(({ data }) => GeneratedImage.make(data).mediaType)).toEqual(["image/png", "image/png"])
      expect(usage.outputTokens).toBeGreaterThan(0)
      const [generation] = yield* Effect.flatMap(Emulator.Emulator, ({ ledger }) => ledger)
      expect(metadata.openrouterImages).toMatchObject({ costUsd: generation?.costUsd, providerName: "Seed" })
      expect(content[0]).toMatchObject({ id: Option.some(generation?.generationId) })
    }).pipe(Effect.provide(openRouter))
  )

  it.effect("sends references of a prompt, and pictures that a model made", () =>
    Effect.gen(function* () {
      const { images } = yield* ImageModel.generate(boat)
      const references = [
        { mediaType: "image/png", data: new URL("https://example.com/boat.png") },
        { mediaType: "image/webp", data: "AAAA" },
        ...images
      ]
      yield* ImageModel.generate({ ...boat, references })
      const urls = (yield* Testing.requests)[1]?.inputReferences?.map(({ imageUrl }) => imageUrl.url)
      expect(urls).toEqual([
        "https://example.com/boat.png",
        "data:image/webp;base64,AAAA",
        GeneratedImage.toDataUrl(Testing.image)
      ])
    }).pipe(Effect.provide(scripted({ generate: Testing.response({ data: [Testing.image] }) })))
  )

  it.effect("takes what only OpenRouter has from its layer, or for an effect from Config", () =>
    Effect.gen(function* () {
      yield* ImageModel.generate({ ...boat, seed: 7 })
      yield* ImageModel.generate(boat).pipe(
        Effect.provideService(OpenRouterImageModel.Config, { model: "testing/other", quality: "high" })
      )
      expect(yield* Testing.requests).toMatchObject([
        { model: "testing/model", prompt: boat.prompt, seed: 7, quality: "low", background: "opaque" },
        { model: "testing/other", prompt: boat.prompt, quality: "high", background: "opaque" }
      ])
    }).pipe(
      Effect.provide(
        Layer.provideMerge(
          OpenRouterImageModel.layer({ model: "testing/model", config: { quality: "low", background: "opaque" } }),
          Testing.layer()
        )
      )
    )
  )

  it.scopedLive("shows previews, then the picture, then what it cost", () =>
    Effect.gen(function* () {
      const parts = Chunk.toReadonlyArray(yield* Stream.runCollect(ImageModel.stream(boat)))
      expect(parts.map(({ type }) => type)).toEqual([
        ...["preview", "preview", "preview"],
        ...["file", "response-metadata", "finish"]
      ])
      expect(parts.flatMap((part) => (part.type === "preview" ? [part.index] : []))).toEqual([0, 1, 2])
      const [generation] = yield* Effect.flatMap(Emulator.Emulator, ({ ledger }) => ledger)
      expect(parts.at(-2)).toMatchObject({ id: Option.some(generation?.generationId) })
      expect(parts.at(-1)).toMatchObject({ metadata: { openrouterImages: { costUsd: generation?.costUsd } } })
    }).pipe(Effect.provide(Layer.provideMerge(OpenRouterImageModel.layer({ model: "openai/gpt-image-1" }), overHttp)))
  )

  it.effect("ends the generation when nobody waits for its pictures any more", () =>
    Effect.gen(function* () {
      const drawing = yield* Effect.fork(ImageModel.generate(boat))
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(drawing)
      yield* Stream.runDrain(Stream.take(ImageModel.stream(boat), 1))
      expect((yield* Testing.calls).map(({ outcome }) => outcome)).toEqual(["interrupted", "interrupted"])
    }).pipe(
      Effect.provide(
        scripted({
          generate: Effect.never,
          generateStream: Stream.concat(Stream.make(Testing.partialImage()), Stream.never)
        })
      )
    )
  )

  it.scopedLive("tells a tracer of the call what the conventions name, and not the prompt", () =>
    Effect.gen(function* () {
      const spans: Array<Tracer.Span> = []
      const tracer = yield* watching((span) => spans.push(span))
      const drawing = Effect.zipRight(ImageModel.generate({ ...boat, n: 2 }), Stream.runDrain(ImageModel.stream(boat)))
      yield* Effect.withTracer(drawing, tracer)
      const ours = spans.filter(({ name }) => name.startsWith("ImageModel."))
      expect(ours.map(({ name }) => name)).toEqual(["ImageModel.generate", "ImageModel.stream"])
      for (const { attributes } of ours)
        expect(Object.fromEntries(attributes)).toMatchObject({
          "gen_ai.system": "openrouter",
          "gen_ai.operation.name": "generate_content",
          "gen_ai.output.type": "image",
          "gen_ai.request.model": "bytedance-seed/seedream-4.0",
          "gen_ai.response.id": expect.any(String),
          "gen_ai.usage.output_tokens": expect.any(Number)
        })
      expect(ours[0]?.attributes.get("gen_ai.request.choice.count")).toBe(2)
      expect(JSON.stringify(spans.map(({ attributes }) => [...attributes]))).not.toContain(boat.prompt)
      const parents = spans
        .filter(({ name }) => name.startsWith("Images."))
        .map(({ parent }) => Option.getOrUndefined(parent)?.spanId)
      expect(parents).toEqual(ours.map(({ spanId }) => spanId))
    }).pipe(Effect.provide(openRouter))
  )
})

describe("SketchImageModel", () => {
  it.scopedLive("names each option that it cannot follow", () =>
    Effect.gen(function* () {
      const options = {
        ...boat,
        n: 2,
        aspectRatio: "3:2",
        references: [{ mediaType: "image/png", data: "AAAA" }]
      } as const
      const error = yield* failureOf(Effect.provide(ImageModel.generate(options), yield* sketches))
      expect(error).toMatchObject({
        _tag: "MalformedInput",
        description:
          'n must be 1, got 2; references must be none, got 1; aspectRatio must not be set, got "3:2"; set size'
      })
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )

  it.scopedLive("fails as providers of @effect/ai do, without proof of what it cost", () =>
    Effect.gen(function* () {
      const refused = yield* failureOf(Effect.provide(ImageModel.generate({ prompt: "" }), yield* sketches))
      expect(refused).toMatchObject({ _tag: "HttpResponseError", response: { status: 400 } })
      const nobody = SketchImageModel.layer({ baseUrl: "http://127.0.0.1:1" })
      const unsent = yield* failureOf(Effect.provide(ImageModel.generate(boat), nobody))
      expect(unsent).toMatchObject({ _tag: "HttpRequestError", reason: "Transport" })
      expect([refused, unsent].map(billingOf)).toEqual(["unknown", "unknown"])
      expect(Option.isNone(causeOf(unsent))).toBe(true)
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )

  it.scopedLive("streams its picture when it has it, for it has no previews", () =>
    Effect.gen(function* () {
      const parts = Chunk.toReadonlyArray(
        yield* Stream.runCollect(ImageModel.stream(boat)).pipe(Effect.provide(yield* sketches))
      )
      expect(parts).toMatchObject([{ type: "file", mediaType: "image/svg+xml" }])
      const response = yield* Effect.provide(ImageModel.generate(boat), yield* sketches)
      expect(response.usage.totalTokens).toBeUndefined()
      expect(response.metadata).toEqual({})
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )
})

describe("the types", () => {
  it("say what each call needs and how it fails", () => {
    expectTypeOf(ImageModel.generate).returns.toEqualTypeOf<
      Effect.Effect<ImageModel.GenerateResponse, AiError.AiError, ImageModel.ImageModel>
    >()
    expectTypeOf(ImageModel.stream).returns.toEqualTypeOf<
      Stream.Stream<ImageModel.StreamPart, AiError.AiError, ImageModel.ImageModel>
    >()
    expectTypeOf(poster).returns.toMatchTypeOf<
      Effect.Effect<unknown, AiError.AiError, ImageModel.ImageModel | Model.ProviderName>
    >()
    expectTypeOf(seedream).toEqualTypeOf<Model.Model<"openrouter", ImageModel.ImageModel, Images.Images>>()
    expectTypeOf(SketchImageModel.model).returns.toEqualTypeOf<
      Model.Model<"sketch", ImageModel.ImageModel, HttpClient.HttpClient>
    >()
    expectTypeOf<Effect.Effect.Error<ReturnType<typeof poster>>>().toEqualTypeOf<AiError.AiError>()
    expectTypeOf(billingOf).returns.toEqualTypeOf<Errors.Billing>()
    expectTypeOf(causeOf).returns.toEqualTypeOf<Option.Option<Errors.OpenRouterError>>()
  })

  it("take files of a prompt and of a response as references, and no other size than pixels", () => {
    expectTypeOf<Prompt.FilePart>().toExtend<ImageModel.Reference>()
    expectTypeOf<Response.FilePart>().toExtend<ImageModel.Reference>()
    expectTypeOf<"2K">().not.toExtend<ImageModel.GenerateOptions["size"]>()
    expectTypeOf<ImageModel.GenerateResponse["metadata"]["openrouterImages"]>().toEqualTypeOf<
      | {
          readonly costUsd?: number | undefined
          readonly providerName?: string | undefined
          readonly cached?: true | undefined
        }
      | undefined
    >()
  })
})
