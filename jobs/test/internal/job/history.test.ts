import * as SqlClient from "@effect/sql/SqlClient"
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Jobs } from "effect-openrouter-images-jobs"
import { addsUp, dividesEveryLife, hasWhatEndedBefore, totalOf } from "../../support/histories.js"
import { finished, letPass, made, prompts, script, stopping, until, working } from "../../support/working.js"

const database = Layer.orDie(SqliteClient.layer({ filename: ":memory:" }))

/** Made, refused, and billed without a picture, which is found out later. */
const makeWithFailures = (job: string) =>
  Effect.gen(function* () {
    yield* made(prompts(1), { job: `before ${job}`, limitUsd: 1 })
    yield* script({ _tag: "Status", status: 403 }, { _tag: "Reset", at: "body" })
    yield* Jobs.submit(prompts(6), { job, limitUsd: 1 })
    yield* until(job, ({ finished }) => finished)
  })

describe("the history of a job", () => {
  it.effect("adds up to what its status says, also what a record tells later", () =>
    Effect.gen(function* () {
      yield* makeWithFailures("six")
      const { failed, settlements, spentUsd } = yield* Jobs.status("six")
      expect(failed).toBe(2)
      expect(settlements.billed.attempts).toBe(1)
      expect(spentUsd).toBeCloseTo(0.2, 9)
      yield* addsUp("six")
      // What is started again ends again; what it had come to stays.
      expect(yield* Jobs.retryFailed("six")).toBe(1)
      yield* finished("six")
      expect(totalOf(yield* Jobs.history("six"))).toMatchObject({ done: 5, failed: 2, pictures: 5 })
    }).pipe(Effect.provide(working({ concurrency: 1 })))
  )

  it.effect("has each ending in its span, however old the job is", () =>
    dividesEveryLife.pipe(Effect.provide(Layer.provideMerge(Jobs.layer, database)))
  )

  it.effect("has what ended with an earlier version", () =>
    hasWhatEndedBefore(Effect.provide(Jobs.history("early"), Layer.fresh(Jobs.layer))).pipe(Effect.provide(database))
  )

  it.effect("says when the job was paused, by whom and why", () => {
    const { images, open } = stopping()
    return Effect.gen(function* () {
      yield* Jobs.submit(prompts(3), { job: "held" })
      yield* until("held", ({ done }) => done >= 1)
      const pausedAt = yield* Effect.clockWith(({ currentTimeMillis }) => currentTimeMillis)
      yield* Jobs.pause("held", { reason: "the first one is looked at" })
      const pause = { by: "user", reason: "the first one is looked at", since: pausedAt } as const
      expect((yield* Jobs.history("held")).pauses).toEqual([pause])
      yield* open
      yield* until("held", ({ running }) => running === 0)
      const idleAt = yield* Effect.clockWith(({ currentTimeMillis }) => currentTimeMillis)
      yield* letPass("2 minutes")
      const resumedAt = yield* Effect.clockWith(({ currentTimeMillis }) => currentTimeMillis)
      yield* Jobs.resume("held")
      yield* finished("held")
      const { from, pauses, spanMillis, spans } = yield* Jobs.history("held")
      expect(pauses).toEqual([{ ...pause, until: resumedAt }])
      const during = spans.slice(Math.ceil((idleAt - from) / spanMillis), Math.floor((resumedAt - from) / spanMillis))
      expect(during.length).toBeGreaterThan(20)
      expect(during.every(({ done, failed, spentUsd }) => done + failed + spentUsd === 0)).toBe(true)
      // What is too short to be seen among the spans is left out
      yield* Jobs.submit(prompts(4), { job: "held" })
      yield* Jobs.pause("held")
      yield* letPass("200 millis", "200 millis")
      yield* Jobs.resume("held")
      expect((yield* Jobs.history("held", { buckets: 1 })).pauses).toHaveLength(1)
      expect((yield* Jobs.history("held", { buckets: 100 })).pauses).toHaveLength(2)
    }).pipe(Effect.provide(working({ concurrency: 1 }, { images })))
  })

  it.effect("says so of an outage", () =>
    Effect.gen(function* () {
      yield* script(...Array.from({ length: 3 }, () => ({ _tag: "Status", status: 402 }) as const))
      yield* Jobs.submit(prompts(3), { job: "broke" })
      yield* until("broke", ({ finished }) => finished)
      const { pauses } = yield* Jobs.history("broke")
      expect(pauses).toHaveLength(1)
      expect(pauses[0]).toMatchObject({ by: "outage", reason: expect.stringContaining("PaymentRequiredResponseError") })
      expect((pauses[0]?.until ?? 0) - (pauses[0]?.since ?? 0)).toBeGreaterThan(4_000)
    }).pipe(Effect.provide(working({ concurrency: 1 })))
  )

  it.effect("ends with the job, and what is found out later counts in its last span", () =>
    Effect.gen(function* () {
      yield* made(prompts(4), { job: "over" })
      const before = yield* Jobs.history("over")
      yield* letPass("1 minute")
      expect(yield* Jobs.history("over")).toEqual(before)
      const sql = yield* SqlClient.SqlClient
      const now = yield* Effect.clockWith(({ currentTimeMillis }) => currentTimeMillis)
      yield* sql`UPDATE images_jobs SET spent_usd = spent_usd + 1, spent_at = ${now} WHERE job = 'over'`
      const { spans } = yield* Jobs.history("over")
      expect(spans).toHaveLength(before.spans.length)
      expect(spans.at(-1)?.spentUsd).toBeCloseTo((before.spans.at(-1)?.spentUsd ?? 0) + 1, 9)
    }).pipe(Effect.provide(working()))
  )

  it.effect("grows while the job is open, from a single span", () =>
    Effect.gen(function* () {
      yield* Jobs.submit(prompts(1), { job: "new" })
      expect(yield* Jobs.history("new")).toMatchObject({
        ...{ from: 0, spanMillis: 1_000, pauses: [] },
        spans: [{ done: 0, failed: 0, pictures: 0, spentUsd: 0 }]
      })
      yield* letPass("10 hours", "1 hour")
      expect(yield* Jobs.history("new")).toMatchObject({ spanMillis: 20 * 60_000, spans: { length: 31 } })
    }).pipe(Effect.provide(Layer.provideMerge(Jobs.layer, database)))
  )

  it.effect("is gone with the job, and its name begins anew", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* made(prompts(2), { job: "gone" })
      yield* Jobs.pause("gone")
      yield* Jobs.remove("gone")
      expect(yield* Effect.flip(Jobs.history("gone"))).toMatchObject({ _tag: "JobNotFoundError", job: "gone" })
      expect(yield* sql`SELECT job FROM images_history`).toEqual([])
      expect(yield* sql`SELECT job FROM images_pauses`).toEqual([])
      yield* made(prompts(3), { job: "gone" })
      expect(totalOf(yield* Jobs.history("gone"))).toMatchObject({ done: 3 })
      yield* addsUp("gone")
    }).pipe(Effect.provide(working()))
  )

  it.effect("refuses a number of buckets that makes no sense", () =>
    Effect.gen(function* () {
      yield* Jobs.submit(prompts(1), { job: "one" })
      for (const buckets of [0, 101, 2.5, Number.NaN]) {
        const error = yield* Effect.flip(Jobs.history("one", { buckets }))
        expect(error.message).toContain(`buckets: must be a whole number from 1 to 100, got ${buckets}`)
      }
    }).pipe(Effect.provide(Layer.provideMerge(Jobs.layer, database)))
  )
})
