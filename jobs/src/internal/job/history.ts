/** Reads what came of a job over time. The database has added it up, so no item is read. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import { InvalidOptionsError, JobNotFoundError } from "../../Errors.js"
import { type History, type HistoryOptions, type HistorySpan, mostBuckets, type PastPause } from "../../History.js"
import { currentMillis } from "../database/clock.js"
import { isFinished } from "./progress.js"

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Each is a whole number of the spans that the database keeps in the life of a job that is divided by it. */
const lengths = [
  ...[1, 2, 5, 10, 20, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 20, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour)
]

const defaultBuckets = 60

const checkBuckets = (buckets: number): Effect.Effect<number, InvalidOptionsError> => {
  const message = `must be a whole number from 1 to ${mostBuckets}, got ${buckets}`
  return Number.isInteger(buckets) && buckets >= 1 && buckets <= mostBuckets
    ? Effect.succeed(buckets)
    : Effect.fail(new InvalidOptionsError({ issues: [{ path: ["buckets"], message }] }))
}

/** The shortest length with which so many spans hold a life. */
export const spanMillisFor = (lifeMillis: number, buckets: number): number => {
  const isEnough = (length: number) => Math.floor(lifeMillis / length) < buckets
  return lengths.find(isEnough) ?? (Math.floor(lifeMillis / buckets / day) + 1) * day
}

interface LifeRow {
  readonly from: number
  readonly now: number
  readonly is_finished: number
  /** When its last item ended, and its last pause. PostgreSQL gives the first as text. */
  readonly ended_after: number | string | null
  readonly resumed_at: number | null
}

/** What is found out about money after the end of a job does not make its life longer. */
const lifeMillisOf = ({ ended_after, from, is_finished, now, resumed_at }: LifeRow): number =>
  Math.max(0, is_finished === 1 ? Math.max(Number(ended_after ?? 0), (resumed_at ?? from) - from) : now - from)

const readLife = (job: string): Effect.Effect<LifeRow, JobNotFoundError | SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    const [row] = yield* sql<LifeRow>`
      SELECT created_at AS "from", ${now} AS now, CASE WHEN ${isFinished(sql)} THEN 1 ELSE 0 END AS is_finished,
        (SELECT at FROM images_history WHERE job = ${job} AND done + failed > 0 ORDER BY at DESC LIMIT 1) AS ended_after,
        (SELECT MAX(until_at) FROM images_pauses WHERE job = ${job}) AS resumed_at
      FROM images_jobs WHERE job = ${job} AND removed_at IS NULL`
    return row ?? (yield* new JobNotFoundError({ job }))
  })

/** PostgreSQL gives counts as text. */
type SpanRow = { readonly [name in "span" | "done" | "failed" | "pictures"]: number | string } & {
  readonly spent_usd: number
}

const none: HistorySpan = { done: 0, failed: 0, pictures: 0, spentUsd: 0 }

const readSpans = (job: string, spanMillis: number, count: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [length, last] = [spanMillis, count - 1].map((value) => sql.literal(String(value)))
    const rows = yield* sql<SpanRow>`
      SELECT CASE WHEN at / ${length} > ${last} THEN ${last} ELSE at / ${length} END AS span,
        SUM(done) AS done, SUM(failed) AS failed, SUM(pictures) AS pictures, SUM(spent_usd) AS spent_usd
      FROM images_history WHERE job = ${job} GROUP BY 1`
    const found = new Map(rows.map((row) => [Number(row.span), row]))
    return Array.from({ length: count }, (_, i): HistorySpan => {
      const row = found.get(i)
      if (row === undefined) return none
      const { done, failed, pictures, spent_usd: spentUsd } = row
      return { done: Number(done), failed: Number(failed), pictures: Number(pictures), spentUsd }
    })
  })

interface PauseRow {
  readonly since_at: number
  readonly until_at: number | null
  readonly paused_by: PastPause["by"]
  readonly reason: string
}

const pauseOf = ({ paused_by, reason, since_at, until_at }: PauseRow): PastPause => ({
  by: paused_by,
  reason,
  since: since_at,
  ...(until_at === null ? {} : { until: until_at })
})

const readPauses = (job: string, atLeastMillis: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<PauseRow>`
      SELECT since_at, until_at, paused_by, reason FROM images_pauses
      WHERE job = ${job} AND (until_at IS NULL OR until_at - since_at >= ${atLeastMillis}) ORDER BY since_at`
    return rows.map(pauseOf)
  })

export const readHistory = (
  job: string,
  { buckets = defaultBuckets }: HistoryOptions
): Effect.Effect<History, InvalidOptionsError | JobNotFoundError | SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const most = yield* checkBuckets(buckets)
    const life = yield* readLife(job)
    const lifeMillis = lifeMillisOf(life)
    const spanMillis = spanMillisFor(lifeMillis, most)
    const spans = yield* readSpans(job, spanMillis, Math.floor(lifeMillis / spanMillis) + 1)
    return { job, from: life.from, spanMillis, spans, pauses: yield* readPauses(job, spanMillis / 10) }
  })
