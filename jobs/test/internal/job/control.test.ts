import * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Logger, LogLevel, Stream, TestClock } from "effect"
import { Jobs } from "effect-openrouter-images-jobs"
import * as Memory from "effect-openrouter-images-jobs/Memory"
import { finished, itemsOf, ledger, made, prompts, script, until, working } from "../../support/working.js"

describe("a limit", () => {
  it.effect("holds for all that are under way at once, and may be raised", () =>
    Effect.gen(function* () {
      // 4 cents each, at one endpoint 4.5
      const status = yield* made(prompts(8), { job: "poor", limitUsd: 0.14 })
      expect(status).toMatchObject({ done: 3, failed: 5, unknown: 0, limitUsd: 0.14 })
      expect(status.spentUsd).toBeCloseTo(0.12, 9)
      expect(status.reservedUsd).toBeCloseTo(0, 9)
      const errors = (yield* itemsOf("poor")).flatMap(({ outcome }) =>
        outcome._tag === "Failed" ? [outcome.error] : []
      )
      expect(errors.map(({ _tag }) => _tag)).toEqual(Array.from({ length: 5 }, () => "BudgetExceededError"))
      expect(yield* ledger).toHaveLength(3)
      yield* Jobs.submit(prompts(8), { job: "poor", limitUsd: 1 })
      expect(yield* Jobs.retryFailed("poor")).toBe(5)
      expect(yield* finished("poor")).toMatchObject({ done: 8, failed: 0 })
      expect(yield* ledger).toHaveLength(8)
    }).pipe(Effect.provide(working({ concurrency: 8 })))
  )

  it.effect("keeps aside what may have been billed", () =>
    Effect.gen(function* () {
      // The prices are known from now on, so that the fault meets a generation
      yield* made(prompts(1), { job: "before", limitUsd: 1 })
      yield* script({ _tag: "Reset", at: "head", afterCompletion: true })
      const status = yield* made(prompts(3), { job: "unsure", limitUsd: 0.09 })
      expect(status).toMatchObject({ done: 1, failed: 2, unknown: 1 })
      expect(status.spentUsd).toBeCloseTo(0.04, 9)
      expect(status.reservedUsd).toBeCloseTo(0.045, 9)
    }).pipe(Effect.provide(working({ concurrency: 1 })))
  )

  it.effect.each([Number.NaN, -1, Number.POSITIVE_INFINITY])("of %d is none, and is refused", (limitUsd) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Jobs.submit(prompts(1), { job: "odd", limitUsd }))
      if (error._tag !== "InvalidRequestError") return expect.fail(error._tag)
      expect(error.issues).toMatchObject([{ path: ["limitUsd"] }])
      expect(error.message).toContain(String(limitUsd))
      expect(yield* Jobs.list).toEqual([])
    }).pipe(Effect.provide(working()))
  )

  /** A worker whose answers say that they used this. */
  const telling = (usage: object) =>
    working(
      { concurrency: 1 },
      {
        images: (images) => ({
          ...images,
          generate: (request, options) =>
            Effect.map(images.generate(request, options), (response) => ({
              ...response,
              usage: { promptTokens: 1, completionTokens: 1, totalTokens: 2, ...usage }
            }))
        })
      }
    )

  it.effect("counts what a provider charges for a key of your own", () =>
    Effect.gen(function* () {
      const status = yield* made(prompts(2), { job: "own", limitUsd: 1 })
      expect(status.spentUsd).toBeCloseTo(0.072, 9)
    }).pipe(Effect.provide(telling({ cost: 0, isByok: true, costDetails: { upstreamInferenceCost: 0.036 } })))
  )

  it.effect.each([-5, Number.NaN, Number.POSITIVE_INFINITY])(
    "takes all that was set aside to be spent where the cost is %d, which is none",
    (cost) =>
      Effect.gen(function* () {
        const status = yield* made(prompts(2), { job: "odd", limitUsd: 1 })
        expect(status.done).toBe(2)
        expect(status.spentUsd).toBeCloseTo(0.09, 9)
        expect(status.reservedUsd).toBeCloseTo(0, 9)
      }).pipe(Effect.provide(telling({ cost })))
  )

  it.effect("that is set on the way holds for those that wait to be sent", () =>
    Effect.gen(function* () {
      yield* Jobs.submit(prompts(8), { job: "late" })
      yield* until("late", ({ done, running }) => done === 1 && running === 7)
      // 4 cents each, at one endpoint 4.5
      yield* Jobs.submit(prompts(8), { job: "late", limitUsd: 0.1 })
      const status = yield* finished("late")
      expect(status.spentUsd).toBeLessThanOrEqual(0.1)
      expect(status).toMatchObject({ done: 2, failed: 6 })
    }).pipe(Effect.provide(working({ concurrency: 8, rateLimit: { requests: 1, window: "10 seconds" } })))
  )
})

describe("a job that is cancelled", () => {
  it.effect("sends nothing more, takes nothing more, and can be opened again", () =>
    Effect.gen(function* () {
      yield* Jobs.submit(prompts(10), { job: "off" })
      yield* until("off", ({ done }) => done >= 2)
      yield* Jobs.cancel("off")
      const status = yield* finished("off")
      expect(status.done + status.cancelled).toBe(10)
      expect(status.cancelled).toBeGreaterThan(0)
      expect(yield* ledger).toHaveLength(status.done)
      expect(yield* Effect.flip(Jobs.submit(prompts(11), { job: "off" }))).toMatchObject({ _tag: "JobCancelledError" })
      expect(yield* Jobs.retryFailed("off")).toBe(status.cancelled)
      expect(yield* finished("off")).toMatchObject({ done: 10, cancelled: 0 })
      expect(yield* ledger).toHaveLength(10)
    }).pipe(Effect.provide(working({ concurrency: 1 })))
  )

  it.effect("lets those fail that wait for a decision", () =>
    Effect.gen(function* () {
      yield* script({ _tag: "Reset", at: "head", afterCompletion: true })
      yield* Jobs.submit(prompts(1), { job: "off" })
      yield* until("off", ({ undecided }) => undecided === 1)
      yield* Jobs.cancel("off")
      expect(yield* finished("off")).toMatchObject({ failed: 1, unknown: 1, finished: true })
    }).pipe(Effect.provide(working({ onUnknown: "ask" })))
  )
})

describe("a worker", () => {
  it.effect("that is gone has nothing under way", () =>
    Effect.gen(function* () {
      const client = Layer.provideMerge(Jobs.layer, Memory.layer)
      yield* Effect.gen(function* () {
        yield* Jobs.submit(prompts(3), { job: "left" })
        const sql = yield* SqlClient.SqlClient
        yield* sql`UPDATE images_items SET state = 'running', owner = 'somebody', lease = 30000 WHERE position < 2`
        expect(yield* Jobs.status("left")).toMatchObject({ running: 2, waiting: 1, finished: false })
        yield* TestClock.adjust("31 seconds")
        expect(yield* Jobs.status("left")).toMatchObject({ running: 0, waiting: 3, finished: false })
        expect(yield* Jobs.list).toMatchObject([{ running: 0, waiting: 3 }])
      }).pipe(Effect.provide(client))
    })
  )

  it.effect("lets go of items that it was given without hearing of it", () =>
    Effect.gen(function* () {
      yield* script({ _tag: "Pace", delayMillis: 5_000 })
      yield* Jobs.submit(prompts(3), { job: "lost" })
      yield* until("lost", ({ running }) => running === 1)
      const sql = yield* SqlClient.SqlClient
      // As when the claim was committed and the connection broke before the answer came
      yield* sql`
        UPDATE images_items SET state = 'running', lease = 1e15,
          owner = (SELECT owner FROM images_items WHERE state = 'running')
        WHERE position = 2`
      expect(yield* finished("lost")).toMatchObject({ done: 3 })
      expect(yield* ledger).toHaveLength(3)
    }).pipe(Effect.provide(working({ concurrency: 1 })))
  )

  it.effect("passes by items that it cannot read", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* Jobs.submit(prompts(6), { job: "newer" })
      // Of a version to come, which may allow more
      yield* sql`UPDATE images_items SET request = '{"model":"new","prompt":"many","n":99}' WHERE position < 3`
      const status = yield* until("newer", ({ done }) => done === 3)
      expect(status).toMatchObject({ done: 3, failed: 0, finished: false })
    }).pipe(Effect.provide(working({ concurrency: 2 })), Logger.withMinimumLogLevel(LogLevel.None))
  )

  it.effect("never has more under way than it may", () => {
    let now = 0
    let most = 0
    const counted = <A, E>(effect: Effect.Effect<A, E>) =>
      Effect.acquireUseRelease(
        Effect.sync(() => {
          now += 1
          most = Math.max(most, now)
        }),
        () => effect,
        () => Effect.sync(() => (now -= 1))
      )
    return Effect.gen(function* () {
      yield* Effect.all([made(prompts(20), { job: "one" }), made(prompts(20), { job: "two" })], { concurrency: 2 })
      expect(most).toBe(3)
    }).pipe(
      Effect.provide(
        working(
          { concurrency: 3 },
          { images: (images) => ({ ...images, generate: (...all) => counted(images.generate(...all)) }) }
        )
      )
    )
  })
})

describe("asking for what is not there", () => {
  it.effect("fails with the job's name", () =>
    Effect.gen(function* () {
      const absent = { _tag: "JobNotFoundError", job: "nothing" }
      expect(yield* Effect.flip(Jobs.status("nothing"))).toMatchObject(absent)
      expect(yield* Effect.flip(Stream.runDrain(Jobs.watch("nothing")))).toMatchObject(absent)
      expect(yield* Effect.flip(Stream.runDrain(Jobs.results("nothing")))).toMatchObject(absent)
      expect(yield* Effect.flip(Jobs.cancel("nothing"))).toMatchObject(absent)
      expect(yield* Effect.flip(Jobs.retryFailed("nothing"))).toMatchObject(absent)
      expect(yield* Jobs.decide("nothing/0-0", "retry")).toBe(false)
    }).pipe(Effect.provide(working()))
  )

  it.effect("tells which request is not valid, and where", () =>
    Effect.gen(function* () {
      const [good = { model: "", prompt: "" }] = prompts(1)
      const error = yield* Effect.flip(Jobs.submit([good, { ...good, n: 11 }], { job: "wrong" }))
      if (error._tag !== "InvalidRequestError") return expect.fail(error._tag)
      expect(error.issues.map(({ path }) => path)).toEqual([[1, "n"]])
      expect(yield* Jobs.status("wrong")).toMatchObject({ submitting: true, finished: false })
    }).pipe(Effect.provide(working()))
  )
})
