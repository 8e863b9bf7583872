import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import {
  type Array as Arr,
  Cause,
  Duration,
  Effect,
  Either,
  Exit,
  FastCheck,
  Fiber,
  type Layer,
  Option,
  Schedule,
  Schema,
  Stream,
  TestClock
} from "effect"
import { ImageStream, Images, ImagesSchema } from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"
import sharp from "sharp"
import { operations, request } from "./support/operations.js"

const busy = Testing.error("TooManyRequestsResponseError", { retryAfter: Duration.seconds(2) })
const dear = Testing.response({ usage: Testing.usage({ cost: 2 }) })
const asked = (prompt: string, options?: Images.RequestOptions) =>
  Images.generate({ model: "author/slug", prompt }, options)
const costs = (answers: ReadonlyArray<ImagesSchema.ImageGenerationResponse>) => answers.map(({ usage }) => usage?.cost)
const outcomes = Effect.map(Testing.calls, (calls) => calls.map(({ outcome }) => outcome))
const streamed = Images.generateStream(request)

/** What a call died of. */
const defectOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.exit(effect), (exit) =>
    Exit.isFailure(exit) ? [...Cause.defects(exit.cause)].map((defect) => (defect as Error).message) : []
  )

describe("without a script", () => {
  it.effect("generate gives as many pictures as are asked for, at 4 cents each", () =>
    Effect.gen(function* () {
      const one = yield* Images.generate(request)
      const three = yield* Images.generate({ ...request, n: 3 })
      expect([one.data.length, three.data.length]).toEqual([1, 3])
      expect(costs([one, three])).toEqual([0.04, 0.12])
    }).pipe(Effect.provide(Testing.layer()))
  )

  it.effect("a stream gives two previews and the pictures, and the last says what they cost", () =>
    Effect.gen(function* () {
      const events = [...(yield* Stream.runCollect(Images.generateStream({ ...request, n: 2 })))]
      expect(events.map(({ _tag }) => _tag)).toEqual(["PartialImage", "PartialImage", "Completed", "Completed"])
      expect(events.map((event) => (event._tag === "Completed" ? event.usage?.cost : undefined))).toEqual([
        ...[undefined, undefined, undefined],
        0.08
      ])
    }).pipe(Effect.provide(Testing.layer()))
  )

  it.effect("discovery gives a model, and an endpoint for whatever model is asked for", () =>
    Effect.gen(function* () {
      expect((yield* Images.listModels()).data).toEqual([Testing.model()])
      const named = yield* Images.listModelEndpoints({ author: "author", slug: "slug" })
      expect(named).toEqual({ id: "author/slug", endpoints: [Testing.endpoint()] })
    }).pipe(Effect.provide(Testing.layer()))
  )
})

describe("a script", () => {
  it.effect("of one answer gives it each time", () =>
    Effect.gen(function* () {
      expect(costs([yield* asked("a"), yield* asked("b")])).toEqual([2, 2])
      expect(yield* Effect.flip(Images.listModels())).toMatchObject({ _tag: "ConnectionError" })
    }).pipe(Effect.provide(Testing.layer({ generate: dear, listModels: Testing.error("ConnectionError") })))
  )

  it.effect("of a list gives its answers in turn, and then dies and says how to go on", () =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(asked("a"))).toBe(busy)
      expect(yield* asked("b")).toBe(dear)
      expect(yield* defectOf(asked("c"))).toEqual([
        "Images.generate was called for the 3rd time, and Testing.layer has 2 answers for it: " +
          "add one to the list `generate`, or give one answer, or a function, for all calls"
      ])
      expect(yield* defectOf(Stream.runDrain(streamed))).toEqual([expect.stringContaining("generateStream was called")])
      expect(yield* outcomes).toEqual(["failed", "succeeded", "failed", "failed"])
    }).pipe(Effect.provide(Testing.layer({ generate: [busy, dear], generateStream: [] })))
  )

  it.effect("of a function is asked with the request and how many calls there were before", () =>
    Effect.gen(function* () {
      yield* Images.listModels()
      expect(costs([yield* asked("a"), yield* asked("bbb")])).toEqual([1, 3])
      expect(yield* Effect.flip(asked("c"))).toBe(busy)
      const error = yield* Effect.flip(Images.listModelEndpoints("author/slug"))
      expect(error._tag).toBe("NotFoundResponseError")
    }).pipe(
      Effect.provide(
        Testing.layer({
          generate: ({ prompt }, index) =>
            index === 2 ? busy : Testing.response({ usage: Testing.usage({ cost: prompt.length }) }),
          listModelEndpoints: (model, index) =>
            model === "author/slug" && index === 0
              ? Testing.error("NotFoundResponseError")
              : { id: "other", endpoints: [] }
        })
      )
    )
  )

  it.effect("may take its time, or never end", () =>
    Effect.gen(function* () {
      const slow = yield* Effect.fork(asked("a"))
      yield* TestClock.adjust("9 seconds")
      expect([Option.isNone(yield* Fiber.poll(slow)), yield* outcomes]).toEqual([true, ["pending"]])
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(slow)).toBe(dear)
      const late = yield* Effect.fork(asked("b").pipe(Effect.timeoutOption("1 minute")))
      yield* TestClock.adjust("1 minute")
      expect((yield* Fiber.join(late))._tag).toBe("None")
      expect(yield* outcomes).toEqual(["succeeded", "interrupted"])
    }).pipe(
      Effect.provide(Testing.layer({ generate: [Effect.delay(Effect.succeed(dear), "10 seconds"), Effect.never] }))
    )
  )

  it.effect("lets the app try again by itself", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(Effect.retry(asked("a"), { schedule: Schedule.spaced("2 seconds"), times: 2 }))
      yield* TestClock.adjust("3 seconds")
      expect(yield* outcomes).toEqual(["failed", "failed"])
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(fiber)).toBe(dear)
    }).pipe(Effect.provide(Testing.layer({ generate: [busy, busy, dear] })))
  )

  it.effect("that is undefined counts as none", () =>
    Effect.map(asked("a"), ({ data }) => expect(data).toHaveLength(1)).pipe(
      Effect.provide(Testing.layer({ generate: undefined }))
    )
  )
})

describe("a scripted stream", () => {
  const all = <E>(events: Stream.Stream<ImagesSchema.ImageStreamEvent, E, Images.Images>) =>
    Effect.map(Stream.runCollect(Stream.either(events)), (items) => [...items].map(Either.merge))

  it.effect("gives events, and after them the error that it ends in", () => {
    const failed = Testing.error("ImageStreamError")
    return Effect.gen(function* () {
      expect(yield* all(streamed)).toEqual([Testing.partialImage(0), Testing.completed()])
      expect(yield* all(streamed)).toEqual([Testing.partialImage(0), failed])
      expect(yield* all(streamed)).toEqual([busy])
      expect(yield* outcomes).toEqual(["succeeded", "failed", "failed"])
    }).pipe(
      Effect.provide(
        Testing.layer({
          generateStream: [[Testing.partialImage(0), Testing.completed()], [Testing.partialImage(0), failed], busy]
        })
      )
    )
  })

  it.effect("without a finished picture fails as the client's does", () =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(Stream.runDrain(streamed))).toEqual(Testing.error("IncompleteStreamError"))
      expect(yield* Effect.flip(ImageStream.runFinal(streamed))).toEqual(Testing.error("IncompleteStreamError"))
    }).pipe(Effect.provide(Testing.layer({ generateStream: [[Testing.partialImage()], Stream.empty] })))
  )

  it.effect("of a Stream comes in its time, and one that is closed early counts as interrupted", () => {
    const paced = Stream.fromIterable([Testing.partialImage(0), Testing.partialImage(1), Testing.completed()]).pipe(
      Stream.rechunk(1),
      Stream.schedule(Schedule.spaced("1 second"))
    )
    return Effect.gen(function* () {
      const fiber = yield* Effect.fork(ImageStream.runFinal(streamed))
      yield* TestClock.adjust("2 seconds")
      expect(yield* outcomes).toEqual(["pending"])
      yield* TestClock.adjust("2 seconds")
      expect((yield* Fiber.join(fiber)).data).toEqual([Testing.image])
      const first = yield* Effect.fork(Stream.runHead(streamed))
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(first)).toMatchObject({ value: Testing.partialImage(0) })
      const cut = yield* Effect.fork(Stream.runDrain(streamed))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(cut)
      expect(yield* outcomes).toEqual(["succeeded", "interrupted", "interrupted"])
    }).pipe(Effect.provide(Testing.layer({ generateStream: paced })))
  })
})

describe("the record", () => {
  it.effect("has each call with what was asked and told, in the order in which they were sent", () =>
    Effect.gen(function* () {
      const options = { headers: { "x-tenant": "seven" } }
      for (const operation of Object.values(operations)) yield* Effect.ignore(operation(options))
      expect(yield* Testing.calls).toEqual([
        { operation: "generate", request, options, outcome: "succeeded" },
        { operation: "generateStream", request, options, outcome: "succeeded" },
        { operation: "listModels", options, outcome: "failed" },
        { operation: "listModelEndpoints", model: "author/slug", options, outcome: "succeeded" }
      ])
      expect(yield* Testing.requests).toEqual([request, request])
      yield* Testing.reset
      expect(yield* Testing.calls).toEqual([])
      yield* Effect.flip(Images.listModels())
      expect(yield* Testing.calls).toEqual([{ operation: "listModels", options: {}, outcome: "failed" }])
    }).pipe(Effect.provide(Testing.layer({ listModels: [Testing.error("RequestTimeoutError")] })))
  )

  it.effect("tells apart calls that run at the same time", () =>
    Effect.gen(function* () {
      const fibers = yield* Effect.forEach(["1", "2", "3"], (prompt) => Effect.fork(Effect.exit(asked(prompt))))
      yield* TestClock.adjust("2 seconds")
      expect(yield* outcomes).toEqual(["succeeded", "failed", "pending"])
      yield* Fiber.interruptAll(fibers)
      expect(yield* outcomes).toEqual(["succeeded", "failed", "interrupted"])
      expect((yield* Testing.requests).map(({ prompt }) => prompt)).toEqual(["1", "2", "3"])
    }).pipe(
      Effect.provide(
        Testing.layer({
          generate: ({ prompt }, index) =>
            Effect.delay(index === 1 ? busy : Effect.succeed(dear), Duration.seconds(Number(prompt)))
        })
      )
    )
  )

  it.effect("has no call that the client would not have sent", () =>
    Effect.gen(function* () {
      const wrong = { model: "author/slug", prompt: "", n: 0 }
      const told: Array<string> = []
      const hooks = { onAttempt: Effect.sync(() => void told.push("attempt")) }
      const error = yield* Effect.flip(Images.generate(wrong, hooks))
      const inStream = yield* Effect.flip(Stream.runDrain(Images.generateStream(wrong, hooks)))
      expect([error, inStream].map(({ _tag }) => _tag)).toEqual(["InvalidRequestError", "InvalidRequestError"])
      expect(error).toMatchObject({ operation: "generate", issues: [{ path: ["prompt"] }, { path: ["n"] }] })
      expect(yield* Effect.flip(Images.listModelEndpoints("nameless"))).toMatchObject({ issues: [{ path: ["slug"] }] })
      expect([told, yield* Testing.calls]).toEqual([[], []])
    }).pipe(Effect.provide(Testing.layer()))
  )

  it.effect("keeps any valid request as it is, and each is answered with its pictures", () =>
    Effect.gen(function* () {
      const images = yield* Images.Images
      const testing = yield* Testing.Testing
      const property = FastCheck.asyncProperty(FastCheck.integer({ min: 1, max: 10 }), FastCheck.string(), (n, text) =>
        Effect.runPromise(
          Effect.gen(function* () {
            const all = { model: "author/slug", prompt: `a ${text}`, n }
            expect((yield* images.generate(all)).data).toHaveLength(n)
            const last = (yield* testing.calls).at(-1)
            expect(last).toEqual({ operation: "generate", request: all, options: {}, outcome: "succeeded" })
          })
        )
      )
      yield* Effect.promise(() => FastCheck.assert(property, { numRuns: 50 }))
    }).pipe(Effect.provide(Testing.layer()))
  )
})

describe("the samples", () => {
  it.effect("are pictures that others can read", () =>
    Effect.gen(function* () {
      for (const [picture, format] of [
        [Testing.image, "png"],
        [Testing.svg, "svg"]
      ] as const) {
        const metadata = yield* Effect.promise(() => sharp(picture.bytes).metadata())
        expect(metadata).toMatchObject({ format, width: 8, height: 8 })
        expect([picture.dimensions, picture.extension]).toEqual([{ width: 8, height: 8 }, format])
        const pixels = yield* Effect.promise(() => sharp(picture.bytes).flatten().raw().toBuffer())
        expect([...pixels.subarray(0, 3)]).toEqual([232, 93, 38])
      }
    })
  )

  it("pass through their own schemas", () => {
    const same = <A, I>(schema: Schema.Schema<A, I>, value: A) =>
      expect(Schema.decodeSync(schema)(Schema.encodeSync(schema)(value))).toEqual(value)
    same(ImagesSchema.ImageGenerationResponse, Testing.response({ data: [Testing.image, Testing.svg] }))
    same(ImagesSchema.ImageModelListItem, Testing.model({ id: "a/b" }))
    same(ImagesSchema.ImageEndpoint, Testing.endpoint({ providerTag: null }))
    same(ImagesSchema.ImageStreamEvent, Testing.completed({ usage: undefined }))
    same(ImagesSchema.ImageStreamEvent, Testing.partialImage(3, Testing.svg))
    expect(Testing.response({ usage: undefined })).not.toHaveProperty("usage")
    expect(Testing.model({ id: "a/b" }).endpoints).toBe("/api/v1/images/models/a/b/endpoints")
  })
})

describe("the types", () => {
  it("need nothing, and admit the errors of the operation alone", () => {
    expectTypeOf(Testing.layer()).toEqualTypeOf<Layer.Layer<Images.Images | Testing.Testing>>()
    expectTypeOf(Testing.calls).toEqualTypeOf<Effect.Effect<ReadonlyArray<Testing.Call>, never, Testing.Testing>>()
    expectTypeOf<Testing.Call["operation"]>().toEqualTypeOf<keyof typeof operations>()
    expectTypeOf<Extract<Testing.Call, { operation: "listModelEndpoints" }>["model"]>().toEqualTypeOf<
      Images.ModelId | string
    >()
    expectTypeOf<
      Arr.ReadonlyArray.Infer<Effect.Effect.Success<typeof Testing.requests>>
    >().toEqualTypeOf<ImagesSchema.ImageGenerationRequest>()
    // @ts-expect-error discovery has no 429 of its own
    Testing.layer({ listModels: busy })
    // @ts-expect-error nor has it one in a list, or later
    Testing.layer({ listModels: [Effect.delay(busy, "1 second")] })
    // @ts-expect-error a stream's error is no error of generate
    Testing.layer({ generate: () => Testing.error("ImageStreamError") })
    // @ts-expect-error the answers of a list for a stream are lists of events
    Testing.layer({ generateStream: [Testing.completed()] })
    // @ts-expect-error nothing comes after an error
    Testing.layer({ generateStream: () => [busy, Testing.completed()] })
  })
})
