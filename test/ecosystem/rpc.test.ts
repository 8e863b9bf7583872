import { createServer } from "node:http"
import { HttpServer } from "@effect/platform"
import { NodeHttpServer } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Chunk, Effect, Exit, Fiber, Layer, Stream } from "effect"
import { Errors, GeneratedImage, type Images, ImagesSchema, InputReference } from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"
import { clientLayer, makeClient } from "effect-openrouter-images-examples/dist/rpc/client.js"
import { ServerLive } from "effect-openrouter-images-examples/dist/rpc/server.js"
import { silentOpenRouter } from "../support/silentOpenRouter.js"

/** The example's client of the example's server, over these Images. */
const clientOf = (images: Layer.Layer<Images.Images>) =>
  Effect.gen(function* () {
    const server = yield* ServerLive.pipe(
      Layer.provide(images),
      Layer.provideMerge(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 })),
      Layer.build
    )
    const address = yield* Effect.provide(HttpServer.addressFormattedWith(Effect.succeed), server)
    const protocol = yield* Layer.build(clientLayer(`${address.replace("0.0.0.0", "127.0.0.1")}/rpc`))
    return yield* Effect.provide(makeClient, protocol)
  })

const request = { model: "openai/gpt-image-1-mini", prompt: "a paper boat" }

const tags = Errors.OpenRouterError.members.map(({ _tag }) => _tag)

describe("pictures over RPC", () => {
  it.scopedLive("come as the bytes that they are, with all that was asked for on the way", () =>
    Effect.gen(function* () {
      const context = yield* Layer.build(Testing.layer({ generate: Testing.response({ data: [Testing.svg] }) }))
      const client = yield* clientOf(Layer.succeedContext(context))
      const asked: ImagesSchema.ImageGenerationRequest = {
        ...request,
        n: 2,
        aspectRatio: "16:9",
        outputFormat: "webp",
        inputReferences: [InputReference.fromImage(Testing.image)],
        provider: { only: ["openai"], options: { openai: { moderation: "low" } } },
        trace: { page: [1] }
      }
      const response = yield* client.Generate(asked)
      expect(response).toEqual(Testing.response({ data: [Testing.svg] }))
      expect(response.data[0]).toBeInstanceOf(GeneratedImage.GeneratedImage)
      expect(yield* Effect.provide(Testing.requests, context)).toEqual([asked])
    })
  )

  for (const tag of tags) {
    it.scopedLive(`fail with ${tag} as with itself`, () =>
      Effect.gen(function* () {
        const error = Testing.error(tag)
        const client = yield* clientOf(Testing.layer({ generateStream: [[Testing.partialImage(0), error]] }))
        const [preview, failure] = Chunk.toReadonlyArray(
          yield* Stream.runCollect(Stream.either(client.GenerateStream(request)))
        )
        expect(preview).toMatchObject({ _tag: "Right", right: Testing.partialImage(0) })
        expect(failure).toMatchObject({ _tag: "Left", left: error })
        expect(failure?._tag === "Left" && failure.left).toBeInstanceOf(Errors[tag])
      })
    )
  }

  it.scopedLive("keep what a failure had already paid for", () =>
    Effect.gen(function* () {
      const client = yield* clientOf(
        Testing.layer({ generate: Testing.error("ResponseValidationError", { images: [Testing.image] }) })
      )
      const kept = yield* client.Generate(request).pipe(
        Effect.as([]),
        Effect.catchTag("ResponseValidationError", ({ images }) => Effect.succeed(images))
      )
      expect(kept).toEqual([Testing.image])
    })
  )

  it.scopedLive("stream every kind of event as itself", () =>
    Effect.gen(function* () {
      const events = [
        Testing.partialImage(0),
        new ImagesSchema.TextChunk({ text: "<svg", phase: "content" }),
        new ImagesSchema.UnknownEvent({ type: "image_generation.new", payload: { a: [1] } }),
        Testing.completed({ image: Testing.svg })
      ]
      const client = yield* clientOf(Testing.layer({ generateStream: [events] }))
      const received = yield* Stream.runCollect(client.GenerateStream(request))
      expect(Chunk.toReadonlyArray(received)).toEqual(events)
      expect(Chunk.unsafeGet(received, 0)).toBeInstanceOf(ImagesSchema.PartialImage)
    })
  )

  it.scopedLive("are not asked for where the request is not valid, which is a defect of the client", () =>
    Effect.gen(function* () {
      const context = yield* Layer.build(Testing.layer())
      const client = yield* clientOf(Layer.succeedContext(context))
      const exit = yield* Effect.exit(client.Generate({ ...request, n: 11 }))
      expect(Exit.isFailure(exit) && Cause.pretty(exit.cause)).toMatch(/must be an integer from 1 to 10, got 11/)
      expect(Exit.isFailure(exit) && Cause.isDie(exit.cause)).toBe(true)
      expect(yield* Effect.provide(Testing.requests, context)).toEqual([])
    })
  )

  it.scopedLive("are drawn no further when the client gives up", () =>
    Effect.gen(function* () {
      const { asked, images, left } = yield* silentOpenRouter
      const client = yield* clientOf(images)
      const call = yield* Effect.fork(client.Generate(request))
      yield* asked
      yield* Fiber.interrupt(call)
      yield* left
    })
  )

  it.scopedLive("are drawn no further when the client has seen enough of a stream", () =>
    Effect.gen(function* () {
      const { images, left } = yield* silentOpenRouter
      const client = yield* clientOf(images)
      const first = yield* Stream.runHead(client.GenerateStream(request))
      expect(first).toMatchObject({ _tag: "Some", value: Testing.partialImage(0) })
      yield* left
    })
  )
})
