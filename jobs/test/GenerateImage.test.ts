import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Logger, LogLevel, TestClock } from "effect"
import { Errors, GeneratedImage, type Images, Retry } from "effect-openrouter-images"
import { Emulator } from "effect-openrouter-images-emulator"
import { GenerateImage, ImageStore, JobErrors, Jobs } from "effect-openrouter-images-jobs"
import {
  finished,
  itemsOf,
  ledger,
  made,
  model,
  prompts,
  realPause,
  script,
  until,
  working
} from "./support/working.js"

const [one = { model, prompt: "" }] = prompts(1)

/** Billed, and nobody hears of it. */
const cutAfterBilling = { _tag: "Reset", at: "head", afterCompletion: true } as const

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
        yield* script(...Array.from({ length: 100 }, () => ({ _tag: "Status", status: 503 }) as const))
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
      yield* script({ _tag: "Status", status: 402, headers: { "retry-after": "7" } })
      yield* made([one], { job: "poor" })
      const error = yield* errorOf("poor")
      expect(error).toBeInstanceOf(Errors.PaymentRequiredResponseError)
      expect(error).toMatchObject({ billing: "notBilled", httpStatus: 402, retryAfter: Duration.seconds(7) })
    }).pipe(Effect.provide(working()))
  )

  it.effect("is not sent again where it may be paid already, and retryFailed asks for leave", () =>
    Effect.gen(function* () {
      yield* script(cutAfterBilling)
      expect(yield* made([one], { job: "cut" })).toMatchObject({ failed: 1, unknown: 1 })
      expect(yield* errorOf("cut")).toMatchObject({ _tag: "ConnectionError", billing: "unknown" })
      expect(yield* Jobs.retryFailed("cut")).toBe(0)
      expect(yield* ledger).toHaveLength(1)
      expect(yield* Jobs.retryFailed("cut", { mayPayTwice: true })).toBe(1)
      expect(yield* finished("cut")).toMatchObject({ done: 1, failed: 0, unknown: 0 })
      expect(yield* ledger).toHaveLength(2)
    }).pipe(Effect.provide(working()))
  )

  it.effect("is not sent again by a policy that would, unless onUnknown says so too", () =>
    Effect.gen(function* () {
      yield* script(cutAfterBilling)
      expect(yield* made([one], { job: "eager" })).toMatchObject({ failed: 1, unknown: 1 })
      expect(yield* ledger).toHaveLength(1)
    }).pipe(Effect.provide(working({ retry: Retry.eager })))
  )

  it.effect("is sent again with onUnknown: retry", () =>
    Effect.gen(function* () {
      yield* script(cutAfterBilling)
      expect(yield* made([one], { job: "bold" })).toMatchObject({ done: 1 })
      expect(yield* ledger).toHaveLength(2)
    }).pipe(Effect.provide(working({ onUnknown: "retry" })))
  )

  it.effect("waits for a decision with onUnknown: ask, and leaves its place to others", () =>
    Effect.gen(function* () {
      yield* script(cutAfterBilling, cutAfterBilling)
      yield* Jobs.submit(prompts(6), { job: "asked" })
      const status = yield* until("asked", ({ done, undecided }) => done === 4 && undecided === 2)
      expect(status).toMatchObject({ done: 4, undecided: 2, running: 0, waiting: 0, finished: false })
      const [first, second] = yield* itemsOf("asked")
      expect([first?.state, second?.state]).toEqual(["undecided", "undecided"])
      expect(yield* Jobs.decide(first?.id ?? "", "retry")).toBe(true)
      expect(yield* Jobs.decide(first?.id ?? "", "fail")).toBe(false)
      expect(yield* Jobs.decide(second?.id ?? "", "fail")).toBe(true)
      expect(yield* finished("asked")).toMatchObject({ done: 5, failed: 1, unknown: 1 })
      expect(yield* ledger).toHaveLength(7)
    }).pipe(Effect.provide(working({ onUnknown: "ask", concurrency: 1 })))
  )
})

describe("a decision", () => {
  it.effect("about one attempt is none about the next", () => {
    const slow = (images: Images.Service): Images.Service => ({
      ...images,
      generate: (...all) => Effect.delay(images.generate(...all), "10 seconds")
    })
    return Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* script(cutAfterBilling, cutAfterBilling)
      yield* Jobs.submit([one], { job: "asked" })
      yield* until("asked", ({ undecided }) => undecided === 1)
      const [item] = yield* itemsOf("asked")
      yield* Jobs.decide(item?.id ?? "", "retry")
      yield* until("asked", ({ running }) => running === 1)
      yield* TestClock.adjust("3 seconds")
      // As when a worker died right after it had asked: it asks again when the decision is there already, and does not hear that it was told
      yield* sql`UPDATE images_items SET decision = 'retry', attempt = 1 WHERE state = 'running'`
      yield* until("asked", ({ undecided }) => undecided === 1)
      for (let i = 0; i < 50; i++) yield* Effect.zipRight(TestClock.adjust("1 second"), realPause)
      expect(yield* Jobs.status("asked")).toMatchObject({ undecided: 1 })
      expect(yield* ledger).toHaveLength(2)
    }).pipe(Effect.provide(working({ onUnknown: "ask" }, { images: slow })))
  })
})

describe("an item that may have been billed before", () => {
  it.effect("is not said to have cost nothing when a later attempt did not", () =>
    Effect.gen(function* () {
      yield* script(cutAfterBilling, { _tag: "Status", status: 400 })
      expect(yield* made([one], { job: "bold" })).toMatchObject({ failed: 1, unknown: 1 })
      expect(yield* errorOf("bold")).toMatchObject({ _tag: "BadRequestResponseError" })
      expect(yield* Jobs.failures("bold")).toMatchObject([{ tag: "BadRequestResponseError", billing: "unknown" }])
      expect(yield* itemsOf("bold")).toMatchObject([{ billing: "unknown" }])
      expect(yield* Jobs.retryFailed("bold")).toBe(0)
      expect(yield* ledger).toHaveLength(1)
      expect(yield* Jobs.retryFailed("bold", { mayPayTwice: true })).toBe(1)
      expect(yield* finished("bold")).toMatchObject({ done: 1, failed: 0, unknown: 0 })
    }).pipe(Effect.provide(working({ onUnknown: "retry" })))
  )

  it.effect("needs leave each time that it is taken up again", () =>
    Effect.gen(function* () {
      yield* script(cutAfterBilling, { _tag: "Status", status: 400 })
      yield* made([one], { job: "cut" })
      yield* Jobs.retryFailed("cut", { mayPayTwice: true })
      expect(yield* finished("cut")).toMatchObject({ failed: 1, unknown: 1 })
      expect(yield* Jobs.retryFailed("cut")).toBe(0)
      expect(yield* ledger).toHaveLength(1)
    }).pipe(Effect.provide(working()))
  )

  it.effect("needs it also when it was cancelled before it was taken up again", () =>
    Effect.gen(function* () {
      yield* script(cutAfterBilling)
      yield* made([one], { job: "cut" })
      yield* Jobs.retryFailed("cut", { mayPayTwice: true })
      // No time has passed in which a worker could have looked
      expect(yield* Jobs.cancel("cut")).toMatchObject({ cancelled: 1 })
      expect(yield* Jobs.retryFailed("cut")).toBe(0)
      expect(yield* ledger).toHaveLength(1)
    }).pipe(Effect.provide(working()))
  )
})

describe("an attempt that was begun and never ended", () => {
  /** What a process leaves behind that dies between sending and recording. */
  const lost = (job: string) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* Jobs.submit([one], { job })
      const [row] = yield* sql<{ readonly id: string }>`SELECT id FROM images_items WHERE job = ${job}`
      yield* sql`INSERT INTO images_attempts ${sql.insert({
        item: row?.id ?? "",
        round: 0,
        attempt: 1,
        token: "another process",
        begun_at: 1_000,
        beats: 0,
        reserved_usd: 0
      })}`
      return row?.id ?? ""
    })

  it.effect("is told as unknown, and nothing is sent", () =>
    Effect.gen(function* () {
      const item = yield* lost("lost")
      expect(yield* finished("lost")).toMatchObject({ failed: 1, unknown: 1 })
      const error = yield* errorOf("lost")
      expect(error).toEqual(new JobErrors.OutcomeUnknownError({ item, attempt: 1, begunAt: 1_000 }))
      expect(error?.message).toContain("1970-01-01T00:00:01.000Z")
      expect(yield* ledger).toHaveLength(0)
    }).pipe(Effect.provide(working()))
  )

  it.effect("is sent again with onUnknown: retry", () =>
    Effect.gen(function* () {
      yield* lost("lost")
      expect(yield* finished("lost")).toMatchObject({ done: 1 })
      expect(yield* ledger).toHaveLength(1)
    }).pipe(Effect.provide(working({ onUnknown: "retry" })))
  )

  it.effect("gives its picture without another payment when its outcome comes after all", () =>
    Effect.gen(function* () {
      const item = yield* lost("late")
      yield* finished("late")
      const sql = yield* SqlClient.SqlClient
      const generation = { pictures: [], created: 1, costUsd: 0.04 }
      yield* sql`UPDATE images_attempts SET outcome = ${JSON.stringify({ _tag: "Made", generation })} WHERE item = ${item}`
      expect(yield* Jobs.retryFailed("late", { mayPayTwice: true })).toBe(0)
      expect(yield* Jobs.status("late")).toMatchObject({ done: 1, failed: 0 })
      expect(yield* ledger).toHaveLength(0)
    }).pipe(Effect.provide(working()))
  )
})

describe("a call that comes back late", () => {
  it.effect("gives its picture also when the item was taken up again since, and failed", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* script(cutAfterBilling, { _tag: "Status", status: 400 })
      yield* made([one], { job: "late" })
      yield* sql`UPDATE images_attempts SET outcome = NULL, ended_at = NULL`
      yield* Jobs.retryFailed("late", { mayPayTwice: true })
      yield* finished("late")
      const generation = { pictures: [], created: 1, costUsd: 0.04 }
      yield* sql`UPDATE images_attempts SET outcome = ${JSON.stringify({ _tag: "Made", generation })} WHERE round = 0`
      expect(yield* Jobs.retryFailed("late", { mayPayTwice: true })).toBe(0)
      expect(yield* Jobs.status("late")).toMatchObject({ done: 1, failed: 0 })
      expect(yield* ledger).toHaveLength(1)
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
