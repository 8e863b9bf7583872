import { type FileSystem, KeyValueStore, type Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import { Array as Arr, Deferred, Effect, Exit, Fiber, Layer } from "effect"
import { Budget, Cache, Catalog, GeneratedImage, Images, type ImagesSchema } from "effect-openrouter-images"
import { brief, cached, keysOf, overFake, panda, storeOf, twice } from "./support/caching.js"
import { billed, emulated, requestsTo, withFault } from "./support/emulated.js"
import { interruptedExit } from "./support/fibers.js"
import { generating, hashed, type Request, type Response, response, settled, untilTold } from "./support/generating.js"

describe("a request that was served before", () => {
  it.effect("costs nothing, and says so", () => {
    const { data, layer } = storeOf()
    return Effect.gen(function* () {
      const first = yield* Images.generate({ ...panda, n: 2 })
      const second = yield* Images.generate({ ...panda, n: 2 })
      expect(first).not.toHaveProperty("cached")
      const { costDetails, ...usage } = first.usage as ImagesSchema.ImageGenerationUsage
      expect(costDetails?.upstreamInferenceCost).toBeGreaterThan(0)
      expect(second).toEqual({ ...first, cached: true, usage: { ...usage, cost: 0 } })
      expect(second.generationId).toBe(first.generationId)
      expect(yield* billed).toBeCloseTo(0.08, 9)
      expect(yield* requestsTo("/images")).toBe(1)

      const pictures = yield* Effect.forEach(first.data, (image) =>
        Effect.map(GeneratedImage.sha256(image), (sha256) => ({ sha256, mediaType: "image/png" }))
      )
      const [place = ""] = keysOf(data, "generations/")
      expect(place).toMatch(/^generations\/[0-9a-f]{64}\.json$/)
      expect(JSON.parse(String(data.get(place)))).toMatchObject({
        created: first.created,
        generationId: first.generationId,
        usage: { cost: 0.08 },
        pictures
      })
      expect(keysOf(data, "pictures/")).toEqual(pictures.map(({ sha256 }) => `pictures/${sha256}.png`))
      // What the key stands for is nobody's business who looks into the store.
      expect(String(data.get(place))).not.toContain("panda")
    }).pipe(Effect.provide(cached(layer)))
  })

  it.effect("is the same whoever asks, and another when anything else differs", () =>
    Effect.gen(function* () {
      const { provider, ...rest } = panda
      const [, same] = yield* twice(panda, { ...rest, user: "me", sessionId: "s", trace: { a: 1 }, provider })
      expect(same.cached).toBe(true)
      for (const other of [
        { ...panda, seed: 8 },
        { ...panda, prompt: "a blue panda" },
        { ...panda, n: 2 }
      ]) {
        expect((yield* Images.generate(other)).cached).toBeUndefined()
      }
      expect(yield* requestsTo("/images")).toBe(4)
    }).pipe(Effect.provide(cached(KeyValueStore.layerMemory)))
  )

  it.effect("is a new picture without a seed, unless it has a key of its own", () => {
    const { data, layer } = storeOf()
    const { seed: _, ...unseeded } = panda
    const key = ({ prompt, user }: Request) => (user === undefined ? undefined : prompt)
    return Effect.gen(function* () {
      const [, again] = yield* twice(unseeded)
      expect(again).toMatchObject({ cached: false, cost: 0.04 })
      expect(data.size).toBe(0)

      const [mine, mineAgain] = yield* twice(
        { ...unseeded, user: "me", prompt: "panda-1.red" },
        { ...panda, user: "me", prompt: "panda-1.red" }
      )
      expect(mineAgain).toEqual({ cached: true, cost: 0, pictures: mine.pictures })
      expect(keysOf(data, "generations/")).toEqual(["generations/panda-1.red.json"])

      const [, seeded] = yield* twice(panda)
      expect(seeded.cached).toBe(true)
      expect(keysOf(data, "generations/")).toHaveLength(2)
    }).pipe(Effect.provide(cached(layer, { key })))
  })

  it.effect("never names a file outside the folder, nor one that another key could name", () => {
    const { data, layer } = storeOf()
    const keys = ["../../etc/passwd", "A", "a", "a/b", "a\\b", "", ".", "x".repeat(101), "ä", "\ud800", "\ud801"]
    return Effect.gen(function* () {
      for (const key of keys) yield* Images.generate({ model: "a/b", prompt: "x", user: key })
      const places = keysOf(data, "generations/")
      expect(places).toHaveLength(keys.length)
      for (const place of places) expect(place).toMatch(/^generations\/(a|[0-9a-f]{64})\.json$/)
    }).pipe(
      Effect.provide(
        Cache.layer({ key: ({ user }) => user }).pipe(
          Layer.provide([layer, generating(() => Effect.succeed(response("picture")))])
        )
      )
    )
  })

  it.effect("is kept for other programs with the same store", () =>
    Effect.gen(function* () {
      const store = Layer.succeed(KeyValueStore.KeyValueStore, yield* KeyValueStore.KeyValueStore)
      const first = yield* Effect.provide(Images.generate(panda), cached(store))
      const second = yield* Effect.provide(Effect.zip(Images.generate(panda), requestsTo("/images")), cached(store))
      expect(second).toMatchObject([{ cached: true }, 0])
      expect(brief(second[0]).pictures).toEqual(brief(first).pictures)
    }).pipe(Effect.provide(KeyValueStore.layerMemory))
  )

  it.effect("settles a budget above with nothing, also where the server did not say what it had cost", () =>
    Effect.gen(function* () {
      const fake = yield* Effect.map(Images.Images, (images) =>
        Layer.succeed(Images.Images, {
          ...images,
          generate: (request, options) =>
            Effect.map(images.generate(request, options), ({ usage: _, ...silent }) => silent)
        } satisfies Images.Service)
      )
      for (const images of [fake, emulated()]) {
        const spent = yield* Effect.provide(
          Effect.zipRight(Effect.all([Images.generate(panda), Images.generate(panda)]), Budget.status),
          Budget.layer({ limitUsd: 0.08 }).pipe(
            Layer.provide(
              Layer.provideMerge(Catalog.layer(), Layer.provide(Cache.layer(), [images, KeyValueStore.layerMemory]))
            )
          )
        )
        expect(spent).toMatchObject({ spentUsd: 0.04, reservedUsd: 0 })
      }
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("is not one when it failed", () => {
    const { data, layer } = storeOf()
    return Effect.gen(function* () {
      const error = yield* Effect.flip(Images.generate(panda, withFault({ _tag: "Status", status: 500 })))
      expect(error._tag).toBe("InternalServerResponseError")
      expect((yield* Effect.flip(Images.generate({ ...panda, n: 0 })))._tag).toBe("InvalidRequestError")
      expect(data.size).toBe(0)
      const [first, second] = yield* twice(panda)
      expect([first.cached, second.cached]).toEqual([false, true])
    }).pipe(Effect.provide(cached(layer)))
  })

  it.effect("is not one without a picture", () => {
    const empty = generating(() => Effect.succeed({ created: 1, data: [] }))
    return Effect.gen(function* () {
      const [, second] = yield* twice(panda)
      expect(second.cached).toBe(false)
    }).pipe(Effect.provide(overFake(empty)))
  })

  it.effect("leaves discovery alone", () =>
    Effect.gen(function* () {
      expect((yield* Images.listModels()).data.length).toBeGreaterThan(0)
      expect((yield* Images.listModelEndpoints(panda.model)).id).toBe(panda.model)
    }).pipe(Effect.provide(cached(storeOf(() => Effect.die("not asked for")).layer)))
  )
})

describe("equal requests at the same time", () => {
  /** A picture that comes when it is told to. */
  const held = Effect.map(untilTold<Response>(), (told) => ({ ...told, layer: generating(() => told.effect) }))
  const start = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.tap(Effect.fork(effect), hashed)

  it.effect("are one generation, paid once", () =>
    Effect.gen(function* () {
      const all = yield* Effect.all(Arr.replicate(Images.generate(panda, { onAttempt: hashed }), 5), {
        concurrency: "unbounded"
      })
      expect(all.map(({ cached }) => cached ?? false).sort()).toEqual([false, true, true, true, true])
      expect(all.reduce((sum, { usage }) => sum + (usage?.cost ?? Number.NaN), 0)).toBe(0.04)
      expect(yield* billed).toBeCloseTo(0.04, 9)
    }).pipe(Effect.provide(cached(KeyValueStore.layerMemory)))
  )

  it.effect("go on when the one who began is interrupted, and are then paid by another", () =>
    Effect.gen(function* () {
      const { end, layer, seen } = yield* held
      yield* Effect.gen(function* () {
        const leader = yield* start(Images.generate(panda))
        const others = yield* Effect.forEach([1, 2], () => start(Images.generate(panda)))
        yield* Fiber.interrupt(leader)
        expect(seen).toEqual({ begun: 1, interrupted: 0 })
        yield* Deferred.succeed(end, response("picture"))
        const all = yield* Fiber.joinAll(others)
        expect(all.map(({ cached, usage }) => [cached ?? false, usage?.cost])).toEqual([
          [false, 0.04],
          [true, 0]
        ])
        expect((yield* Images.generate(panda)).cached).toBe(true)
      }).pipe(Effect.provide(overFake(layer)))
    })
  )

  it.effect("end the generation when all are interrupted", () =>
    Effect.gen(function* () {
      const { layer, seen } = yield* held
      yield* Effect.gen(function* () {
        const all = yield* Effect.forEach([1, 2, 3], () => start(Images.generate(panda)))
        yield* Fiber.interruptAll(all)
        expect(seen).toEqual({ begun: 1, interrupted: 1 })
      }).pipe(Effect.provide(overFake(layer)))
    })
  )

  it.effect("do not lose what was paid for when they are interrupted while it is written", () =>
    Effect.gen(function* () {
      const writing = yield* Deferred.make<void>()
      const disk = yield* Effect.makeLatch()
      const { data, layer } = storeOf((operation) =>
        operation === "get" ? Effect.void : Effect.zipRight(Deferred.succeed(writing, undefined), disk.await)
      )
      const seen = { begun: 0 }
      const images = generating(() =>
        Effect.sync(() => {
          seen.begun++
          return response("picture")
        })
      )
      yield* Effect.gen(function* () {
        const paid = yield* Effect.fork(Images.generate(panda))
        yield* Deferred.await(writing)
        const interrupting = yield* Effect.fork(interruptedExit(paid))
        yield* settled
        // Whoever comes now waits for what is being written.
        const late = yield* start(Images.generate(panda))
        yield* disk.open
        expect(Exit.isInterrupted(yield* Fiber.join(interrupting))).toBe(true)
        expect((yield* Fiber.join(late)).cached).toBe(true)
        expect(data.size).toBe(2)
        expect(seen.begun).toBe(1)
      }).pipe(Effect.provide(overFake(images, layer)))
    })
  )
})

describe("the types of a cache", () => {
  it("are exact", () => {
    expectTypeOf(Cache.layer()).toEqualTypeOf<
      Layer.Layer<Images.Images, never, Images.Images | KeyValueStore.KeyValueStore>
    >()
    expectTypeOf(Cache.layerFolder("x")).toEqualTypeOf<
      Layer.Layer<KeyValueStore.KeyValueStore, PlatformError, FileSystem.FileSystem | Path.Path>
    >()
    expectTypeOf(Cache.layer).parameter(0).toEqualTypeOf<Cache.Options | undefined>()
    expectTypeOf<ImagesSchema.ImageGenerationResponse["cached"]>().toEqualTypeOf<true | undefined>()
  })
})
