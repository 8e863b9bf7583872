/** Reads from the database how far jobs are. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type { Fragment } from "@effect/sql/Statement"
import * as Arr from "effect/Array"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { JobNotFoundError } from "../../Errors.js"
import { type Pause, Progress } from "../../Progress.js"
import { currentMillis } from "../database/clock.js"
import { readSettled, type SettledRow, settlementsOf } from "../settlement/read.js"

interface JobRow {
  readonly job: string
  readonly whole: number
  readonly limit_usd: number | null
  readonly spent_usd: number
  readonly emulated_usd: number
  readonly reserved_usd: number
  readonly paused: "outage" | "user" | null
  readonly pause_reason: string | null
  readonly paused_at: number | null
  readonly look_at: number | null
}

const columns = "job, whole, limit_usd, spent_usd, emulated_usd, reserved_usd, paused, pause_reason, paused_at, look_at"

const pauseOf = ({ look_at, pause_reason, paused, paused_at }: JobRow): Pause | undefined =>
  paused === null
    ? undefined
    : {
        by: paused,
        reason: pause_reason ?? "",
        since: paused_at ?? 0,
        ...(paused === "user" || look_at === null ? {} : { looksAt: look_at })
      }

/** PostgreSQL gives counts as text. */
interface CountRow {
  readonly job: string
  readonly state: string
  readonly billing: string | null
  readonly items: number | string
  readonly pictures: number | string
}

const progressOf = (row: JobRow, counts: ReadonlyArray<CountRow>, settled: ReadonlyArray<SettledRow>): Progress => {
  const count = (are: (row: CountRow) => boolean) =>
    counts.filter(are).reduce((sum, { items }) => sum + Number(items), 0)
  const inState = (state: string) => count((each) => each.state === state)
  const open = inState("waiting") + inState("running") + inState("undecided") + inState("unsettled")
  return {
    job: row.job,
    total: count(() => true),
    waiting: inState("waiting"),
    running: inState("running"),
    undecided: inState("undecided"),
    unsettled: inState("unsettled"),
    done: inState("done"),
    failed: inState("failed"),
    cancelled: inState("cancelled"),
    unknown: count(({ billing, state }) => state === "failed" && billing === "unknown"),
    pictures: counts.reduce((sum, { pictures }) => sum + Number(pictures), 0),
    spentUsd: row.spent_usd,
    emulatedUsd: row.emulated_usd,
    reservedUsd: row.reserved_usd,
    limitUsd: row.limit_usd ?? undefined,
    settlements: settlementsOf(settled),
    paused: pauseOf(row),
    submitting: row.whole === 0,
    finished: row.whole !== 0 && open === 0
  }
}

/** Of a row of `images_jobs`: it is submitted whole, and none of its items is open. */
export const isFinished = (sql: SqlClient.SqlClient): Fragment => sql`whole <> 0 AND NOT EXISTS (
  SELECT 1 FROM images_counts counts
  WHERE counts.job = images_jobs.job AND state IN ('waiting', 'running', 'undecided', 'unsettled')
  GROUP BY state HAVING SUM(items) > 0
)`

/**
 * How many items are in each state. The database counts them as they change. One whose lease has ended waits for
 * another worker.
 */
const readCounts = (
  ofJob: (sql: SqlClient.SqlClient) => Fragment
): Effect.Effect<ReadonlyArray<CountRow>, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    return yield* sql<CountRow>`
      SELECT job, state, NULLIF(billing, '') AS billing, SUM(items) AS items, SUM(pictures) AS pictures FROM (
        SELECT job, state, billing, items, pictures FROM images_counts WHERE ${ofJob(sql)}
        UNION ALL
        SELECT job, ended.state, COALESCE(billing, ''), ended.items, ended.items * pictures
        FROM images_items CROSS JOIN (SELECT 'running' AS state, -1 AS items UNION ALL SELECT 'waiting', 1) AS ended
        WHERE images_items.state = 'running' AND lease < ${now} AND ${ofJob(sql)}
      ) AS counts
      GROUP BY job, state, billing`
  })

export const readProgress = (job: string): Effect.Effect<Progress, JobNotFoundError | SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<JobRow>`
      SELECT ${sql.literal(columns)} FROM images_jobs WHERE job = ${job} AND removed_at IS NULL`
    if (row === undefined) return yield* new JobNotFoundError({ job })
    const counts = yield* readCounts((sql) => sql`job = ${job}`)
    return progressOf(row, counts, yield* readSettled(job))
  })

const byJob = <A extends { readonly job: string }>(rows: ReadonlyArray<A>): Record<string, ReadonlyArray<A>> =>
  Arr.groupBy(rows, ({ job }) => job)

/** Of all jobs, the newest first. */
export const readAllProgress: Effect.Effect<ReadonlyArray<Progress>, SqlError, SqlClient.SqlClient> = Effect.gen(
  function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<JobRow>`
    SELECT ${sql.literal(columns)} FROM images_jobs WHERE removed_at IS NULL ORDER BY created_at DESC, job`
    const counts = byJob(yield* readCounts((sql) => sql`1 = 1`))
    const settled = byJob(yield* readSettled(undefined))
    return rows.map((row) => progressOf(row, counts[row.job] ?? [], settled[row.job] ?? []))
  }
)

const isSame = Schema.equivalence(Progress)

/** Looks again and again, and gives what has changed, until the job has finished. */
export const watchProgress = (
  job: string,
  every: Duration.DurationInput
): Stream.Stream<Progress, JobNotFoundError | SqlError, SqlClient.SqlClient> =>
  Stream.repeatEffectWithSchedule(readProgress(job), Schedule.spaced(every)).pipe(
    Stream.changesWith(isSame),
    Stream.takeUntil(({ finished }) => finished)
  )
