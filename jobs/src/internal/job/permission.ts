/** Whether an attempt may be sent, by what its job says: cancelled, paused, and what it may cost. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type { Fragment } from "@effect/sql/Statement"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { tryDoor } from "./door.js"

/** Why it may not. */
export type Refusal = Data.TaggedEnum<{
  Cancelled: object
  Paused: object
  /** The job has got a limit since the attempt was told that it has none. */
  Unquoted: object
  OverBudget: { readonly limitUsd: number; readonly spentUsd: number; readonly reservedUsd: number }
}>
export const Refusal = Data.taggedEnum<Refusal>()

interface JobRow {
  readonly cancelled: number
  readonly paused: string | null
  readonly limit_usd: number | null
  readonly spent_usd: number
  readonly reserved_usd: number
}

/** Sums of decimal fractions are not exact. */
const epsilon = 1e-9

/**
 * Locks a job for a change that no attempt may miss which is about to begin. In SQLite, whoever writes has the whole
 * file.
 */
export const lockForChange = (job: string): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    sql.onDialectOrElse({
      pg: () => Effect.asVoid(sql`SELECT job FROM images_jobs WHERE job = ${job} FOR UPDATE`),
      orElse: () => Effect.asVoid(sql`UPDATE images_jobs SET cancelled = cancelled WHERE job = ${job}`)
    })
  )

const isAllowed = (sql: SqlClient.SqlClient, job: string, isTrying: boolean): Fragment =>
  sql`job = ${job} AND cancelled = 0 AND (paused IS NULL OR ${isTrying ? 1 : 0} = 1)`

/** Reserves money. The update locks the row, so no other reservation comes between the question and the answer. */
const reserve = (job: string, maxUsd: number, isTrying: boolean) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`
      UPDATE images_jobs SET reserved_usd = reserved_usd + ${maxUsd}
      WHERE ${isAllowed(sql, job, isTrying)}
        AND (limit_usd IS NULL OR spent_usd + reserved_usd + ${maxUsd} <= limit_usd + ${epsilon})
      RETURNING job`
  )

/** Where nothing is limited nothing is written: attempts of one job do not wait for each other. */
const passUnlimited = (job: string, isTrying: boolean) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => {
    const lock = sql.onDialectOrElse({ pg: () => sql`FOR KEY SHARE`, orElse: () => sql`` })
    return sql`SELECT job FROM images_jobs WHERE ${isAllowed(sql, job, isTrying)} AND limit_usd IS NULL ${lock}`
  })

const refusalOf = (row: JobRow, maxUsd: number | undefined): Refusal => {
  if (row.cancelled !== 0) return Refusal.Cancelled()
  if (row.limit_usd !== null) {
    const { limit_usd: limitUsd, reserved_usd: reservedUsd, spent_usd: spentUsd } = row
    if (maxUsd === undefined) return Refusal.Unquoted()
    if (spentUsd + reservedUsd + maxUsd > limitUsd + epsilon) {
      return Refusal.OverBudget({ limitUsd, spentUsd, reservedUsd })
    }
  }
  return Refusal.Paused()
}

/**
 * Asks for an attempt that may cost `maxUsd`; `undefined` where the job had no limit. Gives back the refusal, if there
 * is one; without one, the money is reserved. Within the transaction that records the attempt. A workflow without a job
 * has no limits.
 */
export const askJob = (
  job: string,
  maxUsd: number | undefined
): Effect.Effect<Refusal | undefined, SqlError, SqlClient.SqlClient> => {
  const pass = (isTrying: boolean) =>
    maxUsd === undefined ? passUnlimited(job, isTrying) : reserve(job, maxUsd, isTrying)
  return Effect.gen(function* () {
    if ((yield* pass(false)).length > 0) return undefined
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<JobRow>`
      SELECT cancelled, paused, limit_usd, spent_usd, reserved_usd FROM images_jobs WHERE job = ${job}`
    if (row === undefined) return undefined
    const refusal = refusalOf(row, maxUsd)
    if (refusal._tag !== "Paused" || row.paused === "user" || !(yield* tryDoor(job))) return refusal
    return (yield* pass(true)).length > 0 ? undefined : refusal
  })
}
