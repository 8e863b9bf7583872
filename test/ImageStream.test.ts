import { HttpClient, HttpClientResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Exit, Fiber, Layer, Queue, Stream, TestClock } from "effect"
import { Client, Errors, GeneratedImage, ImageStream, Images, ImagesSchema } from "effect-openrouter-images"

const image = (name: string) => GeneratedImage.make(new TextEncoder().encode(name), "image/png")
const partial = (index: number) =>
  new ImagesSchema.PartialImage({ partialImageIndex: index, image: image(`preview ${index}`) })
const completed = (name: string, usage?: ImagesSchema.ImageGenerationUsage) =>
  new ImagesSchema.Completed({ image: image(name), created: 7, ...(usage === undefined ? {} : { usage }) })
const text = (text: string, phase = "content") => new ImagesSchema.TextChunk({ text, phase })
const unknown = new ImagesSchema.UnknownEvent({ type: "novelty", payload: {} })
const usage = { promptTokens: 1, completionTokens: 2, totalTokens: 3, cost: 0.04 }
const cut = new Errors.IncompleteStreamError({ operation: "generateStream" })

const request = { model: "author/slug", prompt: "a red panda" }

describe("runFinal", () => {
  it.effect("gives what generate would have given", () =>
    Effect.gen(function* () {
      const events = Stream.make(partial(0), completed("one"), unknown, completed("two", usage))
      const response = yield* ImageStream.runFinal(events)
      expect(response).toEqual({ created: 7, data: [image("one"), image("two")], usage })
    })
  )

  it.effect("fails as the stream does", () =>
    Effect.gen(function* () {
      const events = Stream.concat(Stream.make(partial(0)), Stream.fail(cut))
      expect(yield* Effect.flip(ImageStream.runFinal(events))).toBe(cut)
    })
  )

  it.effect("fails with IncompleteStreamError when no picture was finished", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(ImageStream.runFinal(Stream.make(partial(0), text("<svg"))))
      expect(error).toMatchObject({ _tag: "IncompleteStreamError", billing: "unknown" })
    })
  )
})

describe("views", () => {
  it.effect("show the latest picture, the markup so far and the finished pictures", () =>
    Effect.gen(function* () {
      const final = completed("final", usage)
      const events = Stream.make(
        unknown,
        partial(0),
        text("hm", "reasoning"),
        text("<svg "),
        text("/>"),
        unknown,
        final
      )
      const views = yield* Stream.runCollect(ImageStream.views(events))
      expect([...views]).toEqual([
        { image: image("preview 0"), markup: "", completed: [] },
        { image: image("preview 0"), markup: "<svg ", completed: [] },
        { image: image("preview 0"), markup: "<svg />", completed: [] },
        { image: image("final"), markup: "<svg />", completed: [final] }
      ])
    })
  )
})

describe("conflate", () => {
  /** The tags that a consumer sees which first waits until the whole stream has been read. */
  const seenLate = <E>(events: Stream.Stream<ImagesSchema.ImageStreamEvent, E>) =>
    Effect.gen(function* () {
      const read = yield* Deferred.make<void>()
      const seen: Array<ImagesSchema.ImageStreamEvent> = []
      const exit = yield* events.pipe(
        Stream.ensuring(Deferred.succeed(read, undefined)),
        ImageStream.conflate,
        Stream.runForEach((event) => {
          seen.push(event)
          return seen.length === 1 ? Deferred.await(read) : Effect.void
        }),
        Effect.exit
      )
      return { seen, exit }
    })

  it.effect("gives a slow consumer the newest preview only", () =>
    Effect.gen(function* () {
      const { seen } = yield* seenLate(Stream.make(partial(0), partial(1), partial(2)).pipe(Stream.rechunk(1)))
      expect(seen.at(-1)).toEqual(partial(2))
      expect(seen.length).toBeLessThan(3)
    })
  )

  it.effect("drops a preview for the picture itself, and nothing else ever", () =>
    Effect.gen(function* () {
      const rest = [text("a"), completed("one"), unknown, text("b"), completed("two", usage)]
      const { seen, exit } = yield* seenLate(Stream.make(partial(0), partial(1), ...rest).pipe(Stream.rechunk(1)))
      expect(seen.filter(({ _tag }) => _tag !== "PartialImage")).toEqual(rest)
      expect(Exit.isSuccess(exit)).toBe(true)
    })
  )

  it.effect("gives a consumer that keeps up everything", () =>
    Effect.gen(function* () {
      const source = yield* Queue.unbounded<ImagesSchema.ImageStreamEvent>()
      const taken = yield* Queue.unbounded<ImagesSchema.ImageStreamEvent>()
      const fiber = yield* Stream.fromQueue(source).pipe(
        ImageStream.conflate,
        Stream.runForEach((event) => Queue.offer(taken, event)),
        Effect.fork
      )
      for (const event of [partial(0), partial(1), completed("one")]) {
        yield* Queue.offer(source, event)
        expect(yield* Queue.take(taken)).toEqual(event)
      }
      yield* Fiber.interrupt(fiber)
    })
  )

  it.effect("gives what had come before a failure, and then the failure", () =>
    Effect.gen(function* () {
      const events = Stream.concat(Stream.make(partial(0), completed("one"), partial(1)), Stream.fail(cut))
      const { exit, seen } = yield* seenLate(Stream.rechunk(events, 1))
      expect(seen.filter(({ _tag }) => _tag === "Completed")).toEqual([completed("one")])
      expect(exit).toEqual(Exit.fail(cut))
    })
  )

  it.effect("ends the stream that it reads when nobody wants more", () =>
    Effect.gen(function* () {
      let closed = false
      const events = Stream.concat(Stream.make(partial(0)), Stream.never).pipe(
        Stream.ensuring(Effect.sync(() => (closed = true)))
      )
      yield* Stream.runHead(ImageStream.conflate(events))
      expect(closed).toBe(true)
    })
  )
})

/** Images over a server that sends each of these pieces after ten seconds. */
const slowly = (contentType: string, pieces: ReadonlyArray<string>) =>
  Images.layer.pipe(
    Layer.provide(Client.layer()),
    Layer.provide(
      Layer.succeed(
        HttpClient.HttpClient,
        HttpClient.make((request) =>
          Effect.map(
            Stream.toReadableStreamEffect(
              Stream.fromIterable(pieces).pipe(
                Stream.rechunk(1),
                Stream.tap(() => Effect.sleep("10 seconds")),
                Stream.encodeText
              )
            ),
            (body) =>
              HttpClientResponse.fromWeb(
                request,
                new Response(body, { status: 200, headers: { "content-type": contentType } })
              )
          )
        )
      )
    )
  )

const event = (body: object) => `data: ${JSON.stringify(body)}\n\n`
const finished = { b64_json: "UE5H", media_type: "image/png" }
const final = event({ type: "image_generation.completed", created: 7, ...finished })

describe("withProgress", () => {
  it.effect("tells of each keep-alive of a stream how long the call has lasted", () =>
    Effect.gen(function* () {
      const pieces = [": OPENROUTER PROCESSING\n\n", ": OPENROUTER PROCESSING\n\n", final, "data: [DONE]\n\n"]
      const events = ImageStream.withProgress((options) => Images.generateStream(request, options))
      const fiber = yield* Stream.runCollect(events).pipe(
        Effect.provide(slowly("text/event-stream", pieces)),
        Effect.fork
      )
      yield* TestClock.adjust("1 minute")
      const seen = [...(yield* Fiber.join(fiber))]
      expect(seen.map((one) => (one._tag === "Progress" ? Duration.toSeconds(one.elapsed) : one._tag))).toEqual([
        10,
        20,
        "Completed"
      ])
    })
  )

  it.effect("tells of the white space before a JSON answer, and of none within it", () =>
    Effect.gen(function* () {
      const body = JSON.stringify({ created: 7, data: [finished] }, null, 2)
      const seen: Array<number> = []
      const onKeepAlive = (elapsed: Duration.Duration) => Effect.sync(() => seen.push(Duration.toSeconds(elapsed)))
      const fiber = yield* Images.generate(request, { onKeepAlive }).pipe(
        Effect.provide(slowly("application/json", [" ", "\n", body.slice(0, 2), body.slice(2)])),
        Effect.fork
      )
      yield* TestClock.adjust("1 minute")
      expect((yield* Fiber.join(fiber)).data).toHaveLength(1)
      expect(seen).toEqual([10, 20])
    })
  )
})
