import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Layer, Option, Schema, TestClock } from "effect"
import { Catalog, Errors, ImageStream, Images, ImagesSchema, Provenance, Quote, Split } from "effect-openrouter-images"
import * as Testing from "effect-openrouter-images/Testing"
import { billed, emulated, requestsTo } from "./support/emulated.js"
import { logTo } from "./support/logged.js"
import { catalogOf, dividing, lost, refused, script, seedream } from "./support/split.js"

/** A model that makes one picture in a call. */
const flux: ImagesSchema.ImageGenerationRequest = {
  model: "black-forest-labs/flux.2-pro",
  prompt: "a red panda",
  seed: 7
}

const bytesOf = ({ data }: Pick<ImagesSchema.ImageGenerationResponse, "data">) => data.map(({ bytes }) => bytes)

describe("a request", () => {
  const layer = Layer.provideMerge(Split.layer(), Layer.provideMerge(Catalog.layer(), emulated()))

  it.effect("for no more pictures than a call makes is one call", () =>
    Effect.gen(function* () {
      const four = { ...flux, model: "black-forest-labs/flux.2-klein-4b", n: 4 }
      const response = yield* Images.generate(four)
      expect(response.data).toHaveLength(4)
      expect(response).not.toHaveProperty("calls")
      expect(response.generationId).toBeDefined()
      expect(yield* requestsTo("/images")).toBe(1)
    }).pipe(Effect.provide(layer))
  )

  it.effect("for one picture asks no catalogue", () =>
    Effect.gen(function* () {
      yield* Images.generate(flux)
      yield* Images.generate({ ...flux, n: 1 })
      expect(yield* requestsTo("/endpoints")).toBe(0)
    }).pipe(Effect.provide(layer))
  )

  it.effect("for more is several calls, with the pictures that one call would have made", () =>
    Effect.gen(function* () {
      const ten = { ...seedream, n: 10 }
      const whole = yield* Images.generate(ten).pipe(Effect.provide(Layer.fresh(emulated())))
      const response = yield* Images.generate(ten)
      expect(bytesOf(response)).toEqual(bytesOf(whole))
      expect(response.usage).toMatchObject({ cost: 0.4, completionTokens: whole.usage?.completionTokens })
      expect(response.calls?.map(({ pictures, request }) => [request.n, request.seed, pictures])).toEqual([
        [4, 7, [0, 1, 2, 3]],
        [3, 11, [4, 5, 6]],
        [3, 14, [7, 8, 9]]
      ])
      expect(new Set(response.calls?.map(({ generationId }) => generationId)).size).toBe(3)
      expect(response.generationId).toBeUndefined()
      expect(response.providerName).toBe("Seed")
      expect(response.faults).toBeUndefined()
      expect(yield* billed).toBeCloseTo(0.4, 9)
    }).pipe(Effect.provide(dividing(4)))
  )

  it.effect("is divided by what the eligible endpoints take", () =>
    Effect.gen(function* () {
      const model = "black-forest-labs/flux.2-klein-4b"
      expect((yield* Split.parts({ ...flux, model, n: 6 })).map(({ n }) => n)).toEqual([3, 3])
      expect((yield* Split.parts({ ...flux, n: 3 })).map(({ n }) => n)).toEqual([1, 1, 1])
      // An endpoint that does not list `n` makes one picture.
      expect(yield* Split.parts({ model: "krea/krea-2-medium", prompt: "a boat", n: 2 })).toHaveLength(2)
    }).pipe(Effect.provide(layer))
  )

  it.effect("that no endpoint takes, or that is invalid, stays as it is", () =>
    Effect.gen(function* () {
      const nowhere = { ...flux, n: 3, provider: { only: ["nobody"] } }
      expect(yield* Split.parts(nowhere)).toEqual([nowhere])
      expect(yield* Split.parts({ ...flux, n: 11 })).toHaveLength(1)
      const error = yield* Effect.flip(Images.generate({ ...flux, n: 11 }))
      expect(error).toMatchObject({ _tag: "InvalidRequestError", issues: [{ path: ["n"] }] })
      expect(yield* requestsTo("/images")).toBe(0)
    }).pipe(Effect.provide(layer))
  )

  it.effect("goes out as it is while the catalogue cannot be read, with a warning", () => {
    const lines: Array<string> = []
    const dead = Layer.succeed(Catalog.Catalog, {
      models: Effect.die("boom"),
      endpoints: () => Effect.die("boom"),
      find: () => Effect.die("boom")
    })
    return Effect.gen(function* () {
      expect((yield* Images.generate({ ...seedream, n: 10 })).data).toHaveLength(10)
      expect(yield* requestsTo("/images")).toBe(1)
      expect(lines).toEqual([expect.stringMatching(/^The request is not divided: /)])
    }).pipe(
      Effect.provide([
        Split.layer().pipe(Layer.provide(dead), Layer.provideMerge(emulated())),
        logTo((message) => void lines.push(message))
      ])
    )
  })

  it.effect.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "with a concurrency of %d is refused",
    (concurrency) =>
      Effect.gen(function* () {
        const issues = [{ path: ["split", "concurrency"], message: `must be a positive integer, got ${concurrency}` }]
        expect(yield* Effect.flip(Images.generate(seedream))).toMatchObject({ operation: "generate", issues })
        expect(yield* Effect.flip(ImageStream.runFinal(Images.generateStream(seedream)))).toMatchObject({
          operation: "generateStream",
          issues
        })
      }).pipe(Effect.provide(dividing(1, { concurrency })))
  )

  it.effect("has no more calls at a time than it may", () => {
    let [running, most] = [0, 0]
    const slow = Testing.layer({
      generate: () =>
        Effect.acquireUseRelease(
          Effect.sync(() => {
            most = Math.max(most, ++running)
          }),
          () => Effect.delay(Effect.succeed(Testing.response()), "1 second"),
          () => Effect.sync(() => running--)
        )
    })
    const layer = Split.layer({ concurrency: 2 }).pipe(Layer.provide(catalogOf(1)), Layer.provide(slow))
    return Effect.gen(function* () {
      const fiber = yield* Effect.fork(Images.generate({ ...seedream, n: 5 }))
      yield* TestClock.adjust("3 seconds")
      expect((yield* Fiber.join(fiber)).data).toHaveLength(5)
      expect([running, most]).toEqual([0, 2])
    }).pipe(Effect.provide(layer))
  })

  it.effect("that is interrupted interrupts all its calls", () => {
    let interrupted = 0
    const never = Testing.layer({ generate: Effect.onInterrupt(Effect.never, () => Effect.sync(() => interrupted++)) })
    return Effect.gen(function* () {
      const fiber = yield* Effect.fork(Images.generate({ ...seedream, n: 3 }))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      expect(interrupted).toBe(3)
    }).pipe(Effect.provide(Split.layer().pipe(Layer.provide(catalogOf(1)), Layer.provide(never))))
  })
})

describe("a call that fails", () => {
  it.effect("takes no picture from the others, and says what it cost", () =>
    Effect.gen(function* () {
      yield* script([null, refused])
      const response = yield* Images.generate({ ...seedream, n: 3 })
      expect(response.data).toHaveLength(2)
      expect(response.calls?.map(({ error, pictures }) => [error?._tag, error?.billing, pictures])).toEqual([
        [undefined, undefined, [0]],
        ["TooManyRequestsResponseError", "notBilled", []],
        [undefined, undefined, [1]]
      ])
      expect(response.faults).toEqual([
        {
          path: ["calls", 1],
          message: expect.stringMatching(/^failed with TooManyRequestsResponseError, billing notBilled: ./)
        }
      ])
      expect(ImagesSchema.totalCostUsd(response.usage)).toBeCloseTo(yield* billed, 9)
    }).pipe(Effect.provide(dividing(1, { concurrency: 1 })))
  )

  it.effect("and may have been billed leaves the sum unknown", () =>
    Effect.gen(function* () {
      yield* script([null, lost])
      const response = yield* Images.generate({ ...seedream, n: 3 })
      expect(response.usage).toBeUndefined()
      expect(response.calls?.map(({ usage }) => usage?.cost)).toEqual([0.04, undefined, 0.04])
      expect(response.calls?.[1]?.error).toMatchObject({ _tag: "ConnectionError", billing: "unknown" })
    }).pipe(Effect.provide(dividing(1, { concurrency: 1 })))
  )

  it.effect("leaves the pictures that it holds among the others", () => {
    const held = Testing.error("ConnectionError", { phase: "response", billing: "billed", images: [Testing.image] })
    const layer = Split.layer().pipe(
      Layer.provide(catalogOf(1)),
      Layer.provide(Testing.layer({ generate: [Testing.response(), held, Testing.response()] }))
    )
    return Effect.gen(function* () {
      const response = yield* Images.generate({ ...seedream, n: 3 })
      expect(response.calls?.map(({ pictures }) => pictures)).toEqual([[0], [1], [2]])
      expect(response.usage).toBeUndefined()
    }).pipe(Effect.provide(layer))
  })

  it.effect("like all others gives the failure that cost most, with all pictures that there are", () => {
    const held = (images: ReadonlyArray<typeof Testing.image>) =>
      Testing.error("ConnectionError", { phase: "response", billing: "billed", images })
    const [free, two, one] = [
      Testing.error("BadRequestResponseError"),
      held([Testing.image, Testing.image]),
      held([Testing.image])
    ]
    const layer = Split.layer({ concurrency: 1 }).pipe(
      Layer.provide(catalogOf(1)),
      Layer.provide(Testing.layer({ generate: [free, two, one] }))
    )
    return Effect.gen(function* () {
      const error = yield* Effect.flip(Images.generate({ ...seedream, n: 3 }))
      expect(error).toBeInstanceOf(Errors.ConnectionError)
      expect(error).toMatchObject({ billing: "billed", images: [Testing.image, Testing.image, Testing.image] })
    }).pipe(Effect.provide(layer))
  })

  it.effect("with a defect takes no picture either; without any the whole dies of it", () => {
    const lines: Array<string> = []
    const layer = (
      ...answers: ReadonlyArray<Testing.Answer<ImagesSchema.ImageGenerationResponse, Errors.GenerateError>>
    ) =>
      Split.layer({ concurrency: 1 }).pipe(
        Layer.provide(catalogOf(1)),
        Layer.provide(Testing.layer({ generate: answers }))
      )
    const two = Images.generate({ ...seedream, n: 2 })
    return Effect.gen(function* () {
      const response = yield* Effect.provide(two, layer(Effect.die("boom"), Testing.response()))
      expect(response.data).toHaveLength(1)
      expect(response.usage).toBeUndefined()
      expect(response.faults).toEqual([{ path: ["calls", 0], message: "broke down, billing unknown" }])
      expect(lines).toEqual(["A call of a divided request broke down"])
      const exit = yield* Effect.exit(
        Effect.provide(two, layer(Testing.error("BadRequestResponseError"), Effect.die("boom")))
      )
      expect(Exit.isFailure(exit) && [...Cause.defects(exit.cause)]).toEqual(["boom"])
    }).pipe(Effect.provide(logTo((message) => void lines.push(message))))
  })
})

describe("the price", () => {
  it.effect("of a divided request is that of its calls", () =>
    Effect.gen(function* () {
      const quote = yield* Split.estimate({ ...seedream, n: 10 })
      expect(quote).toMatchObject({ maxUsd: 0.4, lines: [{ unit: "image", quantity: { min: 3, max: 10 } }] })
      yield* Images.generate({ ...seedream, n: 10 })
      expect(yield* billed).toBeCloseTo(quote.maxUsd, 9)
      expect(yield* Split.estimate(seedream)).toEqual(yield* Quote.estimate(seedream))
    }).pipe(Effect.provide(dividing(4)))
  )

  it.effect("by the request is paid once a call", () =>
    Effect.gen(function* () {
      // A generation costs one cent, however many pictures it has.
      const krea = { model: "krea/krea-2", prompt: "a paper boat", n: 6 }
      expect(yield* Split.estimate(krea)).toMatchObject({ minUsd: 0.03, maxUsd: 0.03, exact: true })
      const { usage } = yield* Images.generate(krea)
      expect(usage?.cost).toBe(0.03)
      expect(yield* billed).toBeCloseTo(0.03, 9)
    }).pipe(Effect.provide(dividing(2)))
  )
})

describe("a joined response", () => {
  it.effect("is encoded and decoded with its calls", () =>
    Effect.gen(function* () {
      yield* script([null, refused])
      const response = yield* Images.generate({ ...seedream, n: 3 })
      const wire = Schema.encodeSync(ImagesSchema.ImageGenerationResponse)(response)
      const decoded = Schema.decodeUnknownSync(ImagesSchema.ImageGenerationResponse)(JSON.parse(JSON.stringify(wire)))
      expect(decoded.calls).toEqual(response.calls)
      expect(decoded.calls?.[1]?.error).toBeInstanceOf(Errors.TooManyRequestsResponseError)
    }).pipe(Effect.provide(dividing(1, { concurrency: 1 })))
  )

  it.effect("gives each picture the provenance of its call", () =>
    Effect.gen(function* () {
      const ten = { ...seedream, n: 10 }
      const response = yield* Images.generate(ten)
      const all = response.data.map((_, i) => Provenance.of(ten, response, i))
      expect(all.map(({ seed }) => seed)).toEqual([7, 7, 7, 7, 11, 11, 11, 14, 14, 14])
      expect(all.map(({ generationId }) => generationId)).toEqual(
        response.calls?.flatMap(({ generationId, pictures }) => pictures.map(() => generationId))
      )
      expect(all.reduce((sum, { costUsd = Number.NaN }) => sum + costUsd, 0)).toBeCloseTo(0.4, 9)
      const picture = Provenance.write(response.data[9] ?? Testing.image, Provenance.of(ten, response, 9))
      expect(Option.getOrThrow(Provenance.read(picture.bytes)).request).toMatchObject({ n: 3, seed: 14 })
    }).pipe(Effect.provide(dividing(4)))
  )
})

it("needs Images and the Catalog, and fails as they do", () => {
  expectTypeOf(Split.layer()).toEqualTypeOf<Layer.Layer<Images.Images, never, Images.Images | Catalog.Catalog>>()
  expectTypeOf<Effect.Effect.Error<ReturnType<typeof Split.parts>>>().toEqualTypeOf<Errors.ListModelEndpointsError>()
  expectTypeOf<Effect.Effect.Error<ReturnType<typeof Split.estimate>>>().toEqualTypeOf<Errors.ListModelEndpointsError>()
  expectTypeOf<Effect.Effect.Context<ReturnType<typeof Split.parts>>>().toEqualTypeOf<Catalog.Catalog>()
})
