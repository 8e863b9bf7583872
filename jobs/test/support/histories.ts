/** What the history of a job has to hold on every database. */
import * as Migrator from "@effect/sql/Migrator"
import * as SqlClient from "@effect/sql/SqlClient"
import { expect } from "@effect/vitest"
import { Effect, FastCheck } from "effect"
import { Jobs } from "effect-openrouter-images-jobs"
import { migrations } from "../../src/internal/database/tables.js"

export const totalOf = ({ spans }: Jobs.History) =>
  spans.reduce(
    (sum, span) => ({
      done: sum.done + span.done,
      failed: sum.failed + span.failed,
      pictures: sum.pictures + span.pictures,
      spentUsd: sum.spentUsd + span.spentUsd
    }),
    { done: 0, failed: 0, pictures: 0, spentUsd: 0 }
  )

const second = 1_000
const day = 86_400 * second

interface Ending {
  /** How many milliseconds after the submission. */
  readonly age: number
  readonly state: "done" | "failed"
  readonly costUsd: number
}

const createdAt = 1_000_000

const addJob = (job: string, endings: ReadonlyArray<Ending>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`INSERT INTO images_jobs ${sql.insert({
      ...{ job, created_at: createdAt, whole: 1, cancelled: 0, spent_usd: 0, reserved_usd: 0 }
    })}`
    for (let i = 0; i < endings.length; i++) {
      yield* sql`INSERT INTO images_items ${sql.insert({
        ...{ id: `${job}/${i}`, job, position: i, turn: 0, round: 0, request: "{}" },
        ...{ state: "running", claims: 1, pictures: 0 }
      })}`
    }
  })

/** Ends them as workers do. */
const end = (job: string, endings: ReadonlyArray<Ending>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    for (const [i, { age, costUsd, state }] of endings.entries()) {
      yield* sql`UPDATE images_items SET ${sql.update({
        ...{ state, outcome: "", billing: "billed", pictures: state === "done" ? 2 : 0 },
        ...{ cost_usd: costUsd, finished_at: createdAt + age }
      })} WHERE id = ${`${job}/${i}`}`
    }
  })

const pay = (job: string, endings: ReadonlyArray<Ending>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    for (const { age, costUsd } of endings) {
      yield* sql`
        UPDATE images_jobs SET spent_usd = spent_usd + ${costUsd}, spent_at = ${createdAt + age} WHERE job = ${job}`
    }
  })

const expected = (endings: ReadonlyArray<Ending>, { spanMillis }: Jobs.History): ReadonlyArray<Jobs.HistorySpan> => {
  const last = Math.max(...endings.map(({ age }) => Math.floor(age / spanMillis)))
  return Array.from({ length: last + 1 }, (_, i) => {
    const within = endings.filter(({ age }) => Math.floor(age / spanMillis) === i)
    const done = within.filter(({ state }) => state === "done").length
    const spentUsd = within.reduce((sum, { costUsd }) => sum + costUsd, 0)
    return { done, failed: within.length - done, pictures: 2 * done, spentUsd }
  })
}

/** Cents in binary fractions, so that sums are exact in any order. */
const endings = (lifeMillis: number) =>
  FastCheck.array(
    FastCheck.record({
      age: FastCheck.integer({ min: 0, max: lifeMillis }),
      state: FastCheck.constantFrom<Ending["state"]>("done", "failed"),
      costUsd: FastCheck.integer({ min: 1, max: 8 }).map((part) => part / 64)
    }),
    { minLength: 1, maxLength: 12 }
  )

const lives = [
  ...[0.5, 30, 999, 1_001, 5_999, 6_010, 29_999, 30_100, 250_000, 361_000].map((seconds) => seconds * second),
  ...[7, 99, 101, 900, 9_000].map((days) => days * day)
]

/** However old a job is and however finely its life is divided, each ending is in its own span. */
export const dividesEveryLife = Effect.gen(function* () {
  const numbered = lives.flatMap((life, i) =>
    FastCheck.sample(FastCheck.tuple(endings(life), FastCheck.integer({ min: 1, max: 100 })), 4).map(
      ([ended, buckets], j) => ({ job: `life ${i} ${j}`, ended, buckets })
    )
  )
  for (const { buckets, ended, job } of numbered) {
    yield* addJob(job, ended)
    yield* end(job, ended)
    yield* pay(job, ended)
    const history = yield* Jobs.history(job, { buckets })
    expect(history).toMatchObject({ job, from: createdAt, pauses: [] })
    expect(history.spans.length).toBeLessThanOrEqual(buckets)
    expect(history.spans).toEqual(expected(ended, history))
  }
})

/** Items of a job that an earlier version has ended are in its history, and what ends afterwards too. */
export const hasWhatEndedBefore = (jobsAfterwards: Effect.Effect<Jobs.History, unknown, SqlClient.SqlClient>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const ended: ReadonlyArray<Ending> = [
      { age: 0, state: "done", costUsd: 0.25 },
      { age: 61_000, state: "failed", costUsd: 0.5 },
      { age: 61_900, state: "done", costUsd: 0.25 }
    ]
    const earlier = Object.fromEntries(Object.entries(migrations).slice(0, 8))
    yield* Migrator.make({})({ loader: Migrator.fromRecord(earlier), table: "images_jobs_migrations" })
    yield* addJob("early", ended)
    yield* end("early", ended)
    const paused = { paused: "user", pause_reason: "looked at", paused_at: createdAt + 5_000 }
    yield* sql`UPDATE images_jobs SET ${sql.update(paused)} WHERE job = 'early'`
    const history = yield* jobsAfterwards
    expect(history.spans).toEqual(expected(ended, history))
    expect(history.pauses).toEqual([{ by: "user", reason: "looked at", since: createdAt + 5_000 }])
  })

/** The spans of a job add up to what its status says. */
export const addsUp = (job: string) =>
  Effect.gen(function* () {
    const { done, failed, pictures, spentUsd } = yield* Jobs.status(job)
    const total = totalOf(yield* Jobs.history(job))
    expect({ ...total, spentUsd: 0 }).toEqual({ done, failed, pictures, spentUsd: 0 })
    expect(total.spentUsd).toBeCloseTo(spentUsd, 9)
  })
