import { KeyValueStore } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Array as Arr, Effect, Exit, Layer, Option, Stream } from "effect"
import { Images, type ImagesSchema } from "effect-openrouter-images"
import { cached, gpt, logged, overFake, panda, storeOf } from "../../support/caching.js"
import { billed, emulated, requestsTo, withFault } from "../../support/emulated.js"
import type { Request } from "../../support/generating.js"
import { brokenDisk } from "../../support/stores.js"

describe("a stream", () => {
  const key = () => "lighthouse"
  const events = (request: Request, options?: Images.RequestOptions) =>
    Effect.map(Stream.runCollect(Images.generateStream(request, options)), Arr.fromIterable)
  const previews = ["PartialImage", "PartialImage", "PartialImage"]

  it.effect("is kept once it has ended well, and is its pictures when it comes again", () => {
    const { data, layer } = storeOf()
    return Effect.gen(function* () {
      const first = yield* events({ ...gpt, n: 2 })
      expect(first.map(({ _tag }) => _tag)).toEqual([...previews, "Completed", "Completed"])
      expect(data.size).toBe(3)
      const again = yield* events({ ...gpt, n: 2 })
      const [one, other] = first.slice(-2) as ReadonlyArray<ImagesSchema.Completed>
      expect(again.map(({ _tag }) => _tag)).toEqual(["Completed", "Completed"])
      expect(again).toMatchObject([
        { created: one?.created, image: { bytes: one?.image.bytes } },
        { created: other?.created, image: { bytes: other?.image.bytes }, usage: { cost: 0 } }
      ])
      expect(again[0]).not.toHaveProperty("usage")
      expect(other?.usage?.cost).toBeGreaterThan(0)
      expect(yield* requestsTo("/images")).toBe(1)
    }).pipe(Effect.provide(cached(layer, { key })))
  })

  it.effect("and a plain generation are kept for each other", () =>
    Effect.gen(function* () {
      const [completed] = (yield* events(panda)).slice(-1)
      const plain = yield* Images.generate(panda)
      expect(plain).toMatchObject({ cached: true, usage: { cost: 0 } })
      expect(completed).toMatchObject({ image: { bytes: plain.data[0]?.bytes } })
      const other = yield* Images.generate({ ...panda, seed: 8 })
      expect(yield* events({ ...panda, seed: 8 })).toMatchObject([
        { _tag: "Completed", image: { bytes: other.data[0]?.bytes }, usage: { cost: 0 } }
      ])
      expect(yield* requestsTo("/images")).toBe(2)
    }).pipe(Effect.provide(cached(KeyValueStore.layerMemory)))
  )

  it.effect("that fails is not kept", () => {
    const { data, layer } = storeOf()
    return Effect.gen(function* () {
      for (const how of ["error", "endEarly", "badBase64"]) {
        const exit = yield* Effect.exit(events(gpt, withFault({ _tag: "Stream", how })))
        expect(Exit.isFailure(exit)).toBe(true)
      }
      const invalid = yield* Effect.flip(events({ ...gpt, n: 0 }))
      expect(invalid).toMatchObject({ _tag: "InvalidRequestError", operation: "generateStream" })
      expect(data.size).toBe(0)
    }).pipe(Effect.provide(cached(layer, { key })))
  })

  it.effect("that fails after its last picture is not kept either", () => {
    const { data, layer } = storeOf()
    const broken = Effect.map(Images.Images, (images) =>
      Layer.succeed(Images.Images, {
        ...images,
        generateStream: (request, options) =>
          Stream.concat(images.generateStream(request, options), images.generateStream({ ...request, n: 0 }))
      } satisfies Images.Service)
    )
    return Effect.gen(function* () {
      const images = yield* broken
      const exit = yield* Effect.exit(Effect.provide(events(panda), overFake(images, layer)))
      expect(Exit.isFailure(exit)).toBe(true)
      expect(yield* billed).toBeCloseTo(0.04, 9)
      expect(data.size).toBe(0)
    }).pipe(Effect.provide(emulated()))
  })

  it.effect("that is closed after its last picture is kept, and one that is closed before is not", () => {
    const { data, layer } = storeOf()
    const firstPicture = (request: Request) =>
      Images.generateStream(request).pipe(
        Stream.filter(({ _tag }) => _tag === "Completed"),
        Stream.runHead
      )
    return Effect.gen(function* () {
      yield* firstPicture({ ...gpt, n: 2 })
      yield* Stream.runHead(Images.generateStream(gpt))
      expect(data.size).toBe(0)
      const first = yield* firstPicture(gpt)
      expect(Option.isSome(first)).toBe(true)
      expect(data.size).toBe(2)
      expect((yield* Images.generate(gpt)).cached).toBe(true)
    }).pipe(Effect.provide(cached(layer, { key })))
  })

  it.effect("that ends well with fewer pictures than were asked for is kept as it is", () => {
    const { data, layer } = storeOf()
    return Effect.gen(function* () {
      const images = yield* Images.Images
      const fewer = Layer.succeed(Images.Images, {
        ...images,
        generateStream: (request, options) => images.generateStream({ ...request, n: 1 }, options)
      } satisfies Images.Service)
      yield* Effect.provide(events({ ...panda, n: 2 }), overFake(fewer, layer))
      expect(data.size).toBe(2)
    }).pipe(Effect.provide(emulated()))
  })

  it.effect("that breaks off behind the first of several pictures is not kept: nothing says what they cost", () => {
    const { data, layer } = storeOf()
    return Effect.gen(function* () {
      const images = yield* Images.Images
      const cut = Layer.succeed(Images.Images, {
        ...images,
        generateStream: (request, options) =>
          Stream.takeUntil(images.generateStream(request, options), ({ _tag }) => _tag === "Completed")
      } satisfies Images.Service)
      yield* Effect.provide(events({ ...panda, n: 2 }), overFake(cut, layer))
      expect(data.size).toBe(0)
    }).pipe(Effect.provide(emulated()))
  })

  it.effect("gives its pictures also where they cannot be kept", () => {
    const { layer: logger, lines } = logged()
    return Effect.gen(function* () {
      expect((yield* events(gpt)).map(({ _tag }) => _tag)).toEqual([...previews, "Completed"])
      expect(lines).toEqual([
        expect.stringContaining("cannot be used"),
        expect.stringContaining("could not be written")
      ])
    }).pipe(Effect.provide([cached(storeOf(() => Effect.fail(brokenDisk)).layer, { key }), logger]))
  })

  it.effect("without a seed passes through", () => {
    const { data, layer } = storeOf()
    return Effect.gen(function* () {
      for (const _ of [1, 2]) expect((yield* events(gpt)).map(({ _tag }) => _tag)).toEqual([...previews, "Completed"])
      expect(data.size).toBe(0)
    }).pipe(Effect.provide(cached(layer)))
  })
})
