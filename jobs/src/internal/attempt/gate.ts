/**
 * The gate before the API that all workers of a database share: so many requests in so long, and nobody while the server asks to wait. What was sent, and when,
 * stands in the record of the attempts; whether one more may be is asked in the transaction that adds it. So nothing is counted twice or lost by a crash, and
 * to wait is to ask again: a workflow that is put to sleep meanwhile, here or by a crash, has nothing to remember.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type { Fragment } from "@effect/sql/Statement"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Retry from "effect-openrouter-images/Retry"
import type { Outcome } from "../../Generation.js"

export interface Limit {
  readonly requests: number
  /** In milliseconds. */
  readonly window: number
}

/** The longest hold: `Retry.cooldownOf` gives none that is longer. */
const longest = 60_000

/** How soon one asks again who waits for the answers of others. */
const glance = 200

/** Milliseconds of the database's clock, for those of the workers may differ. A file of SQLite has one process, and its clock. */
export const now: Effect.Effect<Fragment, never, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const millis = yield* Clock.currentTimeMillis
  return sql.onDialectOrElse({
    // A query of its own is evaluated once, so that an index serves what is compared with it.
    pg: () => sql`(SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS DOUBLE PRECISION))`,
    orElse: () => sql`${millis}`
  })
})

/** For how long a failure keeps everybody out, if it does. */
const holdOf = (outcome: Outcome): number | undefined => {
  if (outcome._tag === "Made") return undefined
  const cooldown = "httpStatus" in outcome.error ? Retry.cooldownOf(outcome.error) : undefined
  return cooldown === undefined ? undefined : Duration.toMillis(cooldown)
}

/** Holds everybody, where the outcome says so. A hold that ends before the present one changes nothing. */
export const hold = (outcome: Outcome): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const millis = holdOf(outcome)
    if (millis === undefined) return
    const sql = yield* SqlClient.SqlClient
    const time = yield* now
    yield* sql`
      UPDATE images_gate SET held_until = ${time} + ${millis}
      WHERE held_until IS NULL OR held_until < ${time} + ${millis} OR held_until > ${time} + ${longest}`
  })

/** Workers that ask at once ask in turn. In SQLite they do anyway. */
const lock = (sql: SqlClient.SqlClient): Fragment =>
  sql.onDialectOrElse({ pg: () => sql`FOR UPDATE OF gate`, orElse: () => sql`` })

/** `lock`, where what was sent will be counted. */
export const lockFor = (sql: SqlClient.SqlClient, limit: Limit | undefined): Fragment =>
  limit === undefined ? sql`` : lock(sql)

/** PostgreSQL gives counts as text. */
interface SinceRow {
  readonly flying: number | string
  readonly succeeded: number | string | null
}

/** After a hold one goes first, and each success lets one more be under way. An attempt that nobody hears of any more must not close the gate for ever. */
const isNarrow = (heldUntil: number): Effect.Effect<boolean, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`SELECT held_until FROM images_gate gate ${lock(sql)}`
    const [since] = yield* sql<SinceRow>`
      SELECT COUNT(*) - COUNT(ended_at) AS flying, SUM(succeeded) AS succeeded FROM images_attempts WHERE begun_at >= ${heldUntil}`
    return Number(since?.flying ?? 0) >= 1 + Number(since?.succeeded ?? 0)
  })

/** Until the oldest of the last `requests` is as old as the window. Of times in the future, which a clock leaves that is set back, it believes a window's worth. */
const fullFor = ({ requests, window }: Limit): Effect.Effect<number, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const time = yield* now
    const [row] = yield* sql<{ readonly millis: number }>`
      SELECT begun_at + ${window} - ${time} AS millis FROM images_attempts
      WHERE begun_at > ${time} - ${window} AND begun_at < ${time} + ${window}
      ORDER BY begun_at DESC LIMIT 1 OFFSET ${requests - 1}`
    return row?.millis ?? 0
  })

/** What the row of the gate says. */
export interface Row {
  readonly held_until: number | null
  readonly now: number
}

/** For how many milliseconds nothing may be sent; 0 where it may be now. Within a transaction, and after `lockFor`. */
export const closedFor = (row: Row, limit: Limit | undefined): Effect.Effect<number, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    if (row.held_until !== null) {
      const left = row.held_until - row.now
      // One that is longer than any is of a clock that was set back since.
      if (left > 0 && left <= longest) return left
      if (left <= 0 && left > -longest && (yield* isNarrow(row.held_until))) return glance
    }
    return limit === undefined ? 0 : yield* fullFor(limit)
  })
