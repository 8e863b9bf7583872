/** Reads from the database how far jobs are. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { JobNotFoundError } from "../../Errors.js"
import { Progress } from "../../Progress.js"
import { currentMillis } from "../database/clock.js"
import { readSettled, type SettledRow, settlementsOf } from "../settlement/read.js"

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
    reservedUsd: row.reserved_usd,
    limitUsd: row.limit_usd ?? undefined,
    settlements: settlementsOf(settled),
    submitting: row.whole === 0,
    finished: row.whole !== 0 && open === 0
  }
}

/** The items with their states. One whose lease has ended waits for another worker. */
const selectItems = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const now = yield* currentMillis
  return sql`
    SELECT job, CASE WHEN state = 'running' AND lease < ${now} THEN 'waiting' ELSE state END AS state, billing, pictures
    FROM images_items`
})

export const readProgress = (job: string): Effect.Effect<Progress, JobNotFoundError | SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<JobRow>`
      SELECT job, whole, limit_usd, spent_usd, reserved_usd FROM images_jobs WHERE job = ${job}`
    if (row === undefined) return yield* new JobNotFoundError({ job })
    const items = yield* selectItems
    const counts = yield* sql<CountRow>`
      SELECT job, state, billing, COUNT(*) AS items, SUM(pictures) AS pictures
      FROM (${items} WHERE job = ${job}) AS items GROUP BY job, state, billing`
    return progressOf(row, counts, yield* readSettled(job))
  })

/** Of all jobs, the newest first. */
export const readAllProgress: Effect.Effect<ReadonlyArray<Progress>, SqlError, SqlClient.SqlClient> = Effect.gen(
  function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<JobRow>`
    SELECT job, whole, limit_usd, spent_usd, reserved_usd FROM images_jobs ORDER BY created_at DESC, job`
    const items = yield* selectItems
    const counts = yield* sql<CountRow>`
    SELECT job, state, billing, COUNT(*) AS items, SUM(pictures) AS pictures
    FROM (${items}) AS items GROUP BY job, state, billing`
    const settled = yield* readSettled(undefined)
    return rows.map((row) =>
      progressOf(
        row,
        counts.filter(({ job }) => job === row.job),
        settled.filter(({ job }) => job === row.job)
      )
    )
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
