/** What days bring: workers come and go, and the times stand in the database. */
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import { describe, expect, it } from "@effect/vitest"
import * as WorkflowEngine from "@effect/workflow/WorkflowEngine"
import { type Duration, Effect, Layer, TestClock } from "effect"
import { ImageStore, Jobs, Worker } from "effect-openrouter-images-jobs"
import { imagesLive, itemsOf, ledger, letPass, prompts, questions, records, script } from "../../support/working.js"

const live = Jobs.layer.pipe(
  Layer.provideMerge(Layer.orDie(SqliteClient.layer({ filename: ":memory:" }))),
  Layer.provideMerge(ImageStore.layerMemory),
  Layer.provideMerge(imagesLive)
)

/** A worker's life. */
const working = (time: Duration.DurationInput) =>
  Effect.scoped(
    Effect.zipRight(
      Layer.build(Worker.layer().pipe(Layer.provide(Layer.fresh(WorkflowEngine.layerMemory)))),
      letPass(time, "1 second")
    )
  )

/** So many times: nobody works for a while, and then a worker does for a moment. */
const passing = (times: number, idle: Duration.DurationInput) =>
  Effect.repeatN(Effect.zipRight(TestClock.adjust(idle), working("8 seconds")), times - 1)

const one = prompts(1)

const billed = { _tag: "Reset", at: "body" } as const
const free = { _tag: "Status", status: 524 } as const

const day = 86_400_000

/** An attempt that has just become unknown. */
const cut = (job: string, fault: typeof billed | typeof free, delay: number | null) =>
  Effect.gen(function* () {
    yield* script(fault)
    yield* records(delay)
    yield* Jobs.submit(one, { job })
    yield* working("3 seconds")
    expect(yield* Jobs.status(job)).toMatchObject({ unsettled: 1, finished: false })
  })

describe("an attempt whose record does not appear", () => {
  it.effect("keeps its job open for an hour, is asked about for a week, and says how often", () =>
    Effect.gen(function* () {
      yield* cut("never", billed, null)
      yield* working("2 minutes")
      yield* passing(10, "5 minutes")
      expect(yield* Jobs.status("never")).toMatchObject({ unsettled: 1, finished: false })
      expect(yield* Jobs.retryFailed("never", { mayPayTwice: true })).toBe(0)
      yield* passing(3, "5 minutes")
      const hour = yield* Jobs.status("never")
      expect(hour).toMatchObject({ unsettled: 0, failed: 1, unknown: 1, finished: true })
      // Its job has no limit, so the clock has asked for the quote
      expect(hour.settlements.waiting).toEqual({ attempts: 1, minUsd: 0.04, maxUsd: 0.045 })
      const asked = yield* questions
      yield* passing(12, "12 hours")
      expect(yield* questions).toBe(asked + 6)
      expect((yield* Jobs.status("never")).settlements.waiting.attempts).toBe(1)
      yield* passing(8, "12 hours")
      const total = yield* questions
      expect(total).toBe(asked + 7)
      expect(yield* Jobs.status("never")).toMatchObject({
        failed: 1,
        unknown: 1,
        spentUsd: 0,
        settlements: { waiting: { attempts: 0 }, unknown: { attempts: 1, minUsd: 0.04, maxUsd: 0.045 } }
      })
      const [item] = yield* itemsOf("never")
      expect(item).toMatchObject({ billing: "unknown", settlements: [{ state: "unknown", asked: total }] })
      expect(item?.settlements[0]).not.toHaveProperty("nextAskAt")
      expect((item?.settlements[0]?.askedAt ?? 0) / day).toBeGreaterThan(7)
      expect(yield* Jobs.retryFailed("never")).toBe(0)
      expect(yield* Jobs.retryFailed("never", { mayPayTwice: true })).toBe(1)
    }).pipe(Effect.provide(live))
  )

  it.effect("until days later is sent again then, if it cost nothing", () =>
    Effect.gen(function* () {
      yield* cut("later", free, 3 * day)
      yield* passing(14, "5 minutes")
      expect(yield* Jobs.status("later")).toMatchObject({ failed: 1, unknown: 1, finished: true })
      yield* passing(3, "1 day")
      const status = yield* Effect.zipRight(passing(1, "1 hour"), Jobs.status("later")).pipe(
        Effect.repeat({ until: ({ done }) => done === 1 })
      )
      expect(status).toMatchObject({ done: 1, failed: 0, unknown: 0, finished: true })
      expect(yield* ledger).toHaveLength(1)
    }).pipe(Effect.provide(live))
  )

  it.effect("is asked about at once by a worker that comes after days", () =>
    Effect.gen(function* () {
      yield* cut("left", billed, 600_000)
      yield* TestClock.adjust("20 days")
      yield* working("3 seconds")
      expect(yield* Jobs.status("left")).toMatchObject({ failed: 1, unknown: 0, spentUsd: 0.04 })
      expect(yield* questions).toBe(1)
    }).pipe(Effect.provide(live))
  )
})
