/** How far a job is. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { JobNotFoundError } from "../../Errors.js"
import * as Gate from "../attempt/gate.js"

export interface Progress {
  readonly job: string
  /** How many items it has; more may come while `submitting`. */
  readonly total: number
  readonly waiting: number
  readonly running: number
  /** Waiting for a decision, see `OnUnknown`. */
  readonly undecided: number
  readonly done: number
  readonly failed: number
  readonly cancelled: number
  /** How many of the failed ones may have been billed, by the last attempt or by one before. */
  readonly unknown: number
  readonly pictures: number
  readonly spentUsd: number
  /** What is set aside for calls under way, and for those that may have been billed. Nothing is set aside where the job has no limit. */
  readonly reservedUsd: number
  /** `undefined` where it has no limit. */
  readonly limitUsd: number | undefined
  /** Whether the submission has not come to its end yet, or broke off before it. */
  readonly submitting: boolean
  /** Whether every item has ended, and the submission too. */
  readonly finished: boolean
}

interface JobRow {
  readonly job: string
  readonly whole: number
  readonly limit_usd: number | null
  readonly spent_usd: number
  readonly reserved_usd: number
}

/** PostgreSQL gives counts as text. */
interface CountRow {
  readonly job: string
  readonly state: string
  readonly billing: string | null
  readonly items: number | string
  readonly pictures: number | string
}

const progressOf = (row: JobRow, counts: ReadonlyArray<CountRow>): Progress => {
  const count = (are: (row: CountRow) => boolean) =>
    counts.filter(are).reduce((sum, { items }) => sum + Number(items), 0)
  const of = (state: string) => count((each) => each.state === state)
  const open = of("waiting") + of("running") + of("undecided")
  return {
    job: row.job,
    total: count(() => true),
    waiting: of("waiting"),
    running: of("running"),
    undecided: of("undecided"),
    done: of("done"),
    failed: of("failed"),
    cancelled: of("cancelled"),
    unknown: count(({ billing, state }) => state === "failed" && billing === "unknown"),
    pictures: counts.reduce((sum, { pictures }) => sum + Number(pictures), 0),
    spentUsd: row.spent_usd,
    reservedUsd: row.reserved_usd,
    limitUsd: row.limit_usd ?? undefined,
    submitting: row.whole === 0,
    finished: row.whole !== 0 && open === 0
  }
}

/** What a worker let go of, or had when it died, waits for another. */
const itemsAsTheyAre = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const now = yield* Gate.now
  return sql`
    SELECT job, CASE WHEN state = 'running' AND lease < ${now} THEN 'waiting' ELSE state END AS state, billing, pictures
    FROM images_items`
})

export const statusOf = (job: string): Effect.Effect<Progress, JobNotFoundError | SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<JobRow>`
      SELECT job, whole, limit_usd, spent_usd, reserved_usd FROM images_jobs WHERE job = ${job}`
    if (row === undefined) return yield* new JobNotFoundError({ job })
    const items = yield* itemsAsTheyAre
    const counts = yield* sql<CountRow>`
      SELECT job, state, billing, COUNT(*) AS items, SUM(pictures) AS pictures
      FROM (${items} WHERE job = ${job}) AS items GROUP BY job, state, billing`
    return progressOf(row, counts)
  })

/** All of them, the newest first. */
export const allOf: Effect.Effect<ReadonlyArray<Progress>, SqlError, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<JobRow>`
    SELECT job, whole, limit_usd, spent_usd, reserved_usd FROM images_jobs ORDER BY created_at DESC, job`
  const items = yield* itemsAsTheyAre
  const counts = yield* sql<CountRow>`
    SELECT job, state, billing, COUNT(*) AS items, SUM(pictures) AS pictures
    FROM (${items}) AS items GROUP BY job, state, billing`
  return rows.map((row) =>
    progressOf(
      row,
      counts.filter(({ job }) => job === row.job)
    )
  )
})

export const watching = (
  job: string,
  every: Duration.DurationInput
): Stream.Stream<Progress, JobNotFoundError | SqlError, SqlClient.SqlClient> =>
  Stream.repeatEffectWithSchedule(statusOf(job), Schedule.spaced(every)).pipe(
    Stream.changesWith((before, now) => Equal.equals(Data.struct(before), Data.struct(now))),
    Stream.takeUntil(({ finished }) => finished)
  )
