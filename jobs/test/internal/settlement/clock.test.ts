import { describe, expect, it } from "@effect/vitest"
import { Effect, Logger, LogLevel } from "effect"
import { Retry } from "effect-openrouter-images"
import { Jobs } from "effect-openrouter-images-jobs"
import {
  finished,
  itemsOf,
  ledger,
  letPass,
  made,
  prompts,
  questions,
  records,
  script,
  until,
  working,
  workingTogether
} from "../../support/working.js"

/** Billed. The head of the answer arrives, and its picture does not. */
const billed = { _tag: "Reset", at: "body" } as const

/** The edge network gave up waiting, and the provider failed: nothing was billed. */
const free = { _tag: "Status", status: 524 } as const

const one = prompts(1)

/** Two attempts. */
const twice = Retry.make({ maxRetries: 1 })

const itemOf = (job: string) => Effect.map(itemsOf(job), ([item]) => item)

const spent = Effect.map(ledger, (entries) => entries.reduce((sum, { costUsd }) => sum + costUsd, 0))

describe("an attempt whose billing is unknown", () => {
  it.effect("and that was billed is told so, with its cost, and never sent again without leave", () =>
    Effect.gen(function* () {
      // The prices are known from now on, so that the fault meets a generation
      yield* made(one, { job: "before", limitUsd: 1 })
      yield* script(billed)
      yield* Jobs.submit(one, { job: "cut", limitUsd: 1 })
      const waiting = yield* until("cut", ({ unsettled }) => unsettled === 1)
      expect(waiting).toMatchObject({ failed: 0, unsettled: 1, finished: false, spentUsd: 0 })
      expect(waiting.reservedUsd).toBeCloseTo(0.045, 9)
      expect(waiting.settlements).toEqual({
        waiting: { attempts: 1, minUsd: 0.04, maxUsd: 0.045 },
        billed: { attempts: 0, costUsd: 0 },
        unknown: { attempts: 0, minUsd: 0, maxUsd: 0 }
      })
      const ended = yield* finished("cut")
      expect(ended).toMatchObject({ done: 0, failed: 1, unknown: 0, unsettled: 0 })
      expect(ended.settlements).toMatchObject({ waiting: { attempts: 0 }, billed: { attempts: 1, costUsd: 0.04 } })
      expect([ended.spentUsd, ended.reservedUsd]).toEqual([0.04, expect.closeTo(0, 9)])
      const item = yield* itemOf("cut")
      const [, paid] = yield* ledger
      expect(item).toMatchObject({
        state: "failed",
        billing: "billed",
        settlements: [{ state: "billed", costUsd: 0.04, asked: 1, generationId: paid?.generationId }]
      })
      expect(yield* Jobs.failures("cut")).toMatchObject([{ tag: "ConnectionError", billing: "billed", items: 1 }])
      expect(yield* Jobs.retryFailed("cut")).toBe(0)
      expect(yield* ledger).toHaveLength(2)
      expect(yield* Jobs.retryFailed("cut", { mayPayTwice: true })).toBe(1)
      expect(yield* finished("cut")).toMatchObject({ done: 1, failed: 0 })
      expect((yield* Jobs.status("cut")).spentUsd).toBeCloseTo(0.08, 9)
    }).pipe(Effect.provide(working()))
  )

  it.effect("and that cost nothing is sent again by itself, and paid once", () =>
    Effect.gen(function* () {
      yield* made(one, { job: "before", limitUsd: 1 })
      yield* script(free)
      const status = yield* made(one, { job: "given up", limitUsd: 1 })
      expect(status).toMatchObject({ done: 1, failed: 0, unknown: 0 })
      expect([status.spentUsd, status.reservedUsd]).toEqual([0.04, expect.closeTo(0, 9)])
      expect(yield* itemOf("given up")).toMatchObject({
        state: "done",
        billing: "billed",
        round: 1,
        settlements: [{ state: "notBilled", round: 0, attempt: 1 }]
      })
      expect(yield* ledger).toHaveLength(2)
    }).pipe(Effect.provide(working()))
  )

  it.effect("is not asked about before 20 seconds, and then until its record is there", () =>
    Effect.gen(function* () {
      yield* script(billed)
      yield* records(150_000)
      yield* Jobs.submit(one, { job: "late" })
      yield* until("late", ({ unsettled }) => unsettled === 1)
      yield* letPass("18 seconds", "1 second")
      expect(yield* questions).toBe(0)
      yield* letPass("2 minutes")
      expect(yield* Jobs.status("late")).toMatchObject({ unsettled: 1, finished: false })
      yield* letPass("2 minutes")
      expect(yield* Jobs.status("late")).toMatchObject({ failed: 1, unknown: 0, finished: true })
      const item = yield* itemOf("late")
      const asked = yield* questions
      expect(asked).toBeGreaterThan(4)
      expect(item?.settlements).toMatchObject([{ state: "billed", costUsd: 0.04, asked }])
    }).pipe(Effect.provide(working()))
  )

  it.effect("is sent again three times at most", () =>
    Effect.gen(function* () {
      yield* made(one, { job: "before", limitUsd: 1 })
      // A question comes after each
      yield* script(free, null, free, null, free, null, free)
      const status = yield* made(one, { job: "hopeless", limitUsd: 1 })
      expect(status).toMatchObject({ done: 0, failed: 1, unknown: 0 })
      expect(yield* itemOf("hopeless")).toMatchObject({ billing: "notBilled", round: 3 })
      expect(yield* ledger).toHaveLength(1)
      expect(yield* Jobs.retryFailed("hopeless")).toBe(1)
      expect(yield* finished("hopeless")).toMatchObject({ done: 1 })
    }).pipe(Effect.provide(working()))
  )

  it.effect("is asked about again when a question fails, which proves nothing", () =>
    Effect.gen(function* () {
      yield* made(one, { job: "before", limitUsd: 1 })
      yield* script(
        billed,
        { _tag: "Status", status: 500 },
        { _tag: "Status", status: 401 },
        { _tag: "Reset", at: "head" }
      )
      expect(yield* made(one, { job: "asked", limitUsd: 1 })).toMatchObject({ failed: 1, unknown: 0 })
      expect(yield* itemOf("asked")).toMatchObject({ settlements: [{ state: "billed", asked: 4 }] })
    }).pipe(Effect.provide(working()), Logger.withMinimumLogLevel(LogLevel.None))
  )

  it.effect("without an id stays unknown, with what it may have cost", () =>
    Effect.gen(function* () {
      yield* script({ _tag: "Reset", at: "head", afterCompletion: true })
      expect(yield* made(one, { job: "headless" })).toMatchObject({ failed: 1, unknown: 1, unsettled: 0 })
      expect((yield* Jobs.status("headless")).settlements.unknown).toEqual({
        attempts: 1,
        minUsd: 0,
        maxUsd: undefined
      })
      yield* letPass("30 seconds")
      expect((yield* Jobs.status("headless")).settlements.unknown).toEqual({ attempts: 1, minUsd: 0.04, maxUsd: 0.045 })
      expect(yield* questions).toBe(0)
    }).pipe(Effect.provide(working()))
  )
})

describe("several attempts at an item", () => {
  it.effect("are each settled", () =>
    Effect.gen(function* () {
      yield* script(billed, free, billed)
      const status = yield* made(one, { job: "bold" })
      expect(status).toMatchObject({ done: 1, failed: 0 })
      yield* letPass("1 minute")
      const item = yield* itemOf("bold")
      expect(item?.settlements.map(({ state }) => state)).toEqual(["billed", "notBilled", "billed"])
      expect(yield* ledger).toHaveLength(3)
      const end = yield* Jobs.status("bold")
      expect(end.spentUsd).toBeCloseTo(yield* spent, 9)
      expect(end.settlements.billed).toEqual({ attempts: 2, costUsd: expect.closeTo(0.08, 9) })
    }).pipe(Effect.provide(working({ onUnknown: "retry" })))
  )

  it.effect("make it free only when all of them were", () =>
    Effect.gen(function* () {
      yield* script(free, { _tag: "Status", status: 400 })
      expect(yield* made(one, { job: "refused" })).toMatchObject({ failed: 1, unknown: 0 })
      // The last one was refused: it would be again
      yield* letPass("1 minute")
      expect(yield* itemOf("refused")).toMatchObject({ state: "failed", billing: "notBilled", round: 0 })
      expect(yield* Jobs.retryFailed("refused")).toBe(1)
      yield* finished("refused")
      yield* script(billed, free)
      expect(yield* made(prompts(2).slice(1), { job: "paid" })).toMatchObject({ failed: 1, unknown: 0 })
      expect(yield* itemOf("paid")).toMatchObject({ billing: "billed" })
      expect(yield* Jobs.retryFailed("paid")).toBe(0)
    }).pipe(Effect.provide(working({ onUnknown: "retry", retry: twice })))
  )
})

describe("an item that waits for a decision", () => {
  it.effect("need not wait once its record is there", () =>
    Effect.gen(function* () {
      yield* script(billed, free)
      yield* Jobs.submit(prompts(2), { job: "asked" })
      yield* until("asked", ({ undecided }) => undecided === 2)
      expect(yield* finished("asked")).toMatchObject({ done: 1, failed: 1, unknown: 0 })
      expect((yield* itemsOf("asked")).map(({ billing, state }) => [state, billing])).toEqual([
        ["failed", "billed"],
        ["done", "billed"]
      ])
      expect(yield* ledger).toHaveLength(2)
      expect((yield* Jobs.status("asked")).spentUsd).toBeCloseTo(0.08, 9)
    }).pipe(Effect.provide(working({ onUnknown: "ask", concurrency: 1 })))
  )

  it.effect("may be decided before that, and its cost is settled all the same", () =>
    Effect.gen(function* () {
      yield* script(billed)
      yield* records(150_000)
      yield* Jobs.submit(one, { job: "decided" })
      yield* until("decided", ({ undecided }) => undecided === 1)
      const item = yield* itemOf("decided")
      expect(yield* Jobs.decide(item?.id ?? "", "retry")).toBe(true)
      expect(yield* finished("decided")).toMatchObject({ done: 1 })
      yield* letPass("5 minutes")
      expect((yield* Jobs.status("decided")).spentUsd).toBeCloseTo(0.08, 9)
      expect(yield* ledger).toHaveLength(2)
    }).pipe(Effect.provide(working({ onUnknown: "ask" })))
  )
})

describe("a job that is cancelled", () => {
  it.effect("does not wait for records, and is told what they say", () =>
    Effect.gen(function* () {
      yield* script(billed, free)
      yield* Jobs.submit(prompts(2), { job: "off" })
      yield* until("off", ({ unsettled }) => unsettled === 2)
      expect(yield* Jobs.cancel("off")).toMatchObject({ failed: 2, unknown: 2, finished: true })
      yield* letPass("1 minute")
      expect(yield* finished("off")).toMatchObject({ failed: 1, cancelled: 1, unknown: 0, spentUsd: 0.04 })
      expect(yield* ledger).toHaveLength(1)
      expect(yield* Jobs.retryFailed("off")).toBe(1)
      expect(yield* finished("off")).toMatchObject({ done: 1, failed: 1 })
    }).pipe(Effect.provide(working({ concurrency: 1 })))
  )
})

describe("workers that share a database", () => {
  it.effect("ask each question once, and few in a second", () =>
    Effect.gen(function* () {
      yield* script(...Array.from({ length: 20 }, () => billed))
      yield* records(...Array.from({ length: 20 }, () => 60_000))
      yield* Jobs.submit(prompts(20), { job: "many" })
      yield* until("many", ({ unsettled }) => unsettled === 20)
      const asked: Array<number> = []
      for (let second = 0; second < 100; second++) {
        const before = yield* questions
        yield* letPass("1 second", "250 millis")
        asked.push((yield* questions) - before)
      }
      expect(Math.max(...asked)).toBeLessThanOrEqual(6)
      yield* finished("many")
      const items = yield* itemsOf("many")
      const counted = items.flatMap(({ settlements }) => settlements.map((each) => each.asked))
      expect(counted).toHaveLength(20)
      expect(counted.reduce((sum, count) => sum + count, 0)).toBe(yield* questions)
      expect((yield* Jobs.status("many")).spentUsd).toBeCloseTo(yield* spent, 9)
      // All at once: the API fails each of them, which would pause the job
    }).pipe(Effect.provide(workingTogether([{ concurrency: 10 }, { concurrency: 10 }])))
  )
})
