import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Logger, LogLevel, TestClock } from "effect"
import { Errors, GeneratedImage, type Images, Retry } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { GenerateImage, ImageStore, JobErrors, Jobs } from "effect-openrouter-images-jobs"
import { finished, itemsOf, ledger, made, model, prompts, realPause, script, working } from "./support/working.js"

const [one = { model, prompt: "" }] = prompts(1)

const errorOf = (job: string) =>
  Effect.map(itemsOf(job), ([item]) => (item?.outcome._tag === "Failed" ? item.outcome.error : undefined))

describe("an item that fails", () => {
  it.effect("is tried again where that costs nothing, by the library's rules", () =>
    Effect.gen(function* () {
      yield* script({ _tag: "Status", status: 503 }, { _tag: "Status", status: 500 })
      expect(yield* made([one], { job: "busy" })).toMatchObject({ done: 1, failed: 0 })
      expect(yield* ledger).toHaveLength(1)
    }).pipe(Effect.provide(working()))
  )

  it.effect("waits at least as long as Retry-After says", () =>
    Effect.gen(function* () {
      yield* script({ _tag: "Status", status: 429, headers: { "retry-after": "40" } })
      yield* Jobs.submit([one], { job: "patient" })
      const wait = (seconds: number) =>
        Effect.forEach(Array.from({ length: seconds * 2 }), () =>
          Effect.zipRight(TestClock.adjust("500 millis"), realPause)
        )
      yield* wait(39)
      expect(yield* Jobs.status("patient")).toMatchObject({ running: 1, done: 0 })
      yield* wait(3)
      expect(yield* finished("patient")).toMatchObject({ done: 1 })
    }).pipe(Effect.provide(working()))
  )

  it.effect(
    "is given up when the policy's time is over, also where a wait outlasts the workflow's place in memory",
    () =>
      Effect.gen(function* () {
        yield* script(...Array.from({ length: 100 }, () => ({ _tag: "Status", status: 429 }) as const))
        expect(yield* made([one], { job: "busy" })).toMatchObject({ failed: 1 })
        const { requests } = yield* Emulator.Emulator
        // After 0, 20, 40 and 60 seconds
        expect(yield* requests).toHaveLength(4)
      }).pipe(
        Effect.provide(
          working({
            retry: Retry.make({
              initialInterval: "20 seconds",
              exponent: 1,
              maxRetries: 50,
              maxElapsedTime: "70 seconds",
              jitter: false
            })
          })
        )
      )
  )

  it.effect("gives back the library's own error, with all that it says", () =>
    Effect.gen(function* () {
      yield* script({ _tag: "Status", status: 404, headers: { "retry-after": "7" } })
      yield* made([one], { job: "gone" })
      const error = yield* errorOf("gone")
      expect(error).toBeInstanceOf(Errors.NotFoundResponseError)
      expect(error).toMatchObject({ billing: "notBilled", httpStatus: 404, retryAfter: Duration.seconds(7) })
    }).pipe(Effect.provide(working()))
  )
})

describe("a retry policy that throws", () => {
  it.effect("ends the retrying, and the item with it", () =>
    Effect.gen(function* () {
      yield* script({ _tag: "Status", status: 503 })
      expect(yield* made([one], { job: "thrown" })).toMatchObject({ failed: 1 })
      expect(yield* errorOf("thrown")).toMatchObject({ httpStatus: 503 })
    }).pipe(
      Effect.provide(
        working({
          retry: Retry.make({
            while: () => {
              throw new Error("no policy")
            }
          })
        })
      ),
      Logger.withMinimumLogLevel(LogLevel.None)
    )
  )
})

describe("the pictures", () => {
  it.effect("of an error are kept in the store, and not in the error", () => {
    const image = GeneratedImage.make(new Uint8Array([1, 2, 3]), "image/png")
    const cut = new Errors.ConnectionError({
      operation: "generate",
      billing: "unknown",
      phase: "response",
      description: "reset",
      images: [image]
    })
    return Effect.gen(function* () {
      yield* made([one], { job: "half" })
      const [item] = yield* itemsOf("half")
      if (item?.outcome._tag !== "Failed") return expect.fail("it did not fail")
      expect(item.outcome.error).toMatchObject({ _tag: "ConnectionError", images: [] })
      const store = yield* ImageStore.ImageStore
      const [stored] = item.outcome.pictures
      expect(stored && (yield* store.get(stored)).bytes).toEqual(image.bytes)
    }).pipe(Effect.provide(working({}, { images: (images) => ({ ...images, generate: () => Effect.fail(cut) }) })))
  })

  it.effect("survive a store that fails for a while", () => {
    let failures = 3
    const put =
      (store: ImageStore.Service): ImageStore.Service["put"] =>
      (image) =>
        Effect.suspend(() =>
          failures-- > 0
            ? Effect.fail(new JobErrors.ImageStoreError({ method: "put", description: "the disk is full" }))
            : store.put(image)
        )
    return Effect.gen(function* () {
      expect(yield* made([one], { job: "full" })).toMatchObject({ done: 1 })
      expect(yield* ledger).toHaveLength(1)
    }).pipe(Effect.provide(working({}, { store: (store) => ({ ...store, put: put(store) }) })))
  })

  it.effect("that were stored beside one that no store takes are kept, and so is the cost", () => {
    const refused = new Set<GeneratedImage.GeneratedImage>()
    const put =
      (store: ImageStore.Service): ImageStore.Service["put"] =>
      (image) =>
        Effect.suspend(() =>
          refused.has(image)
            ? Effect.fail(new JobErrors.ImageStoreError({ method: "put", description: "the disk is full" }))
            : store.put(image)
        )
    const images = (images: Images.Service): Images.Service => ({
      ...images,
      generate: (...all) =>
        Effect.tap(images.generate(...all), ({ data }) => {
          const [, second] = data
          if (second !== undefined) refused.add(second)
        })
    })
    return Effect.gen(function* () {
      yield* Jobs.submit([{ ...one, n: 3 }], { job: "three" })
      yield* finished("three")
      const [item] = yield* itemsOf("three")
      if (item?.outcome._tag !== "Failed") return expect.fail("it did not fail")
      expect(item.outcome.error).toMatchObject({ _tag: "PictureLostError", billing: "billed" })
      expect(item.outcome.pictures).toHaveLength(2)
      const [paid] = yield* ledger
      expect((yield* Jobs.status("three")).spentUsd).toBeCloseTo(paid?.costUsd ?? Number.NaN, 9)
    }).pipe(Effect.provide(working({}, { images, store: (store) => ({ ...store, put: put(store) }) })))
  })

  it.effect("that no store takes are told as paid, with the generation's id", () => {
    const failing = Effect.fail(new JobErrors.ImageStoreError({ method: "put", description: "the disk is full" }))
    return Effect.gen(function* () {
      const status = yield* made([one], { job: "full" })
      expect(status).toMatchObject({ failed: 1, unknown: 0 })
      const [paid] = yield* ledger
      expect(yield* errorOf("full")).toMatchObject({
        _tag: "PictureLostError",
        billing: "billed",
        generationId: paid?.generationId
      })
      expect(yield* Jobs.retryFailed("full")).toBe(0)
    }).pipe(Effect.provide(working({}, { store: (store) => ({ ...store, put: () => failing }) })))
  })
})

describe("the workflow alone", () => {
  it.effect("runs once, however often it is executed", () =>
    Effect.gen(function* () {
      const payload = { job: "none", turn: 0, round: 0, request: one }
      const [first, second] = yield* Effect.all(
        [GenerateImage.GenerateImage.execute(payload), GenerateImage.GenerateImage.execute(payload)],
        { concurrency: 2 }
      )
      expect(first).toEqual(second)
      expect(first.pictures).toHaveLength(1)
      expect(yield* ledger).toHaveLength(1)
    }).pipe(Effect.provide(working()))
  )
})
