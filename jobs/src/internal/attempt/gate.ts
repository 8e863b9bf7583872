/**
 * The gate before the API that all workers of a database share: at most so many requests in a window, and none during a
 * cooldown that the server asked for.
 *
 * The record of the attempts says what was sent, and when. Whether one more may be sent is asked in the transaction
 * that adds it, so nothing is counted twice or lost by a crash. To wait is to ask again, so a workflow that is
 * suspended meanwhile has nothing to remember.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type { Fragment } from "@effect/sql/Statement"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Retry from "effect-openrouter-images/Retry"
import type { Outcome } from "../../Generation.js"
import { currentMillis } from "../database/clock.js"

export interface Limit {
  readonly requests: number
  /** In milliseconds. */
  readonly window: number
}

/** The longest cooldown: `Retry.cooldownOf` gives none that is longer. */
const maxCooldownMillis = 60_000

/** How soon an attempt asks again that waits for the answers of others. */
const slowStartPollMillis = 200

/** For how long a failure keeps all attempts out, if it does. */
const cooldownMillisOf = (outcome: Outcome): number | undefined => {
  if (outcome._tag === "Made") return undefined
  const cooldown = "httpStatus" in outcome.error ? Retry.cooldownOf(outcome.error) : undefined
  return cooldown === undefined ? undefined : Duration.toMillis(cooldown)
}

/** Starts a cooldown where the outcome asks for one. One that ends before the present one changes nothing. */
export const startCooldown = (outcome: Outcome): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const millis = cooldownMillisOf(outcome)
    if (millis === undefined) return
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    yield* sql`
      UPDATE images_gate SET held_until = ${now} + ${millis}
      WHERE held_until IS NULL OR held_until < ${now} + ${millis} OR held_until > ${now} + ${maxCooldownMillis}`
  })

/** Has workers that ask at once ask in turn. In SQLite they do anyway. */
const rowLock = (sql: SqlClient.SqlClient): Fragment =>
  sql.onDialectOrElse({ pg: () => sql`FOR UPDATE OF gate`, orElse: () => sql`` })

/** The lock for a question that will count what was sent; none where nothing is counted. */
export const lockFor = (sql: SqlClient.SqlClient, limit: Limit | undefined): Fragment =>
  limit === undefined ? sql`` : rowLock(sql)

/** An attempt whose worker has been silent for this long does not hold up the others. It says every second that it lives. */
const maxSilentMillis = 4_000

/** PostgreSQL gives counts as text. */
interface CountRow {
  readonly in_flight: number | string
  readonly succeeded: number | string | null
}

/**
 * Whether the slow start after a cooldown lets nobody through now: one request goes first, and each success lets one
 * more be in flight.
 */
const isSlowStartFull = (cooldownUntil: number): Effect.Effect<boolean, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`SELECT held_until FROM images_gate gate ${rowLock(sql)}`
    const now = yield* currentMillis
    const [counts] = yield* sql<CountRow>`
      SELECT
        COUNT(CASE WHEN ended_at IS NULL AND workers.heard_at > ${now} - ${maxSilentMillis} THEN 1 END) AS in_flight,
        SUM(succeeded) AS succeeded
      FROM images_attempts attempts LEFT JOIN images_workers workers ON workers.worker = attempts.worker
      WHERE begun_at >= ${cooldownUntil}`
    return Number(counts?.in_flight ?? 0) >= 1 + Number(counts?.succeeded ?? 0)
  })

/**
 * For how long the window is full: until the oldest of the last `requests` is as old as the window. A clock that was
 * set back leaves times in the future; of those it believes one window.
 */
const windowWaitMillis = ({ requests, window }: Limit): Effect.Effect<number, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    const [row] = yield* sql<{ readonly millis: number }>`
      SELECT begun_at + ${window} - ${now} AS millis FROM images_attempts
      WHERE begun_at > ${now} - ${window} AND begun_at < ${now} + ${window}
      ORDER BY begun_at DESC LIMIT 1 OFFSET ${requests - 1}`
    return row?.millis ?? 0
  })

/** The row of the gate, with the time at which it was read. */
export interface GateRow {
  readonly held_until: number | null
  readonly now: number
}

/** For how many milliseconds nothing may be sent; 0 where it may now. Within a transaction, and after `lockFor`. */
export const waitMillis = (
  { held_until: cooldownUntil, now }: GateRow,
  limit: Limit | undefined
): Effect.Effect<number, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    if (cooldownUntil !== null) {
      const left = cooldownUntil - now
      // A cooldown longer than the longest comes from a clock that was set back since.
      if (left > 0 && left <= maxCooldownMillis) return left
      // The slow start lasts a minute at most: an attempt that never ends must not close the gate for ever.
      if (left <= 0 && left > -maxCooldownMillis && (yield* isSlowStartFull(cooldownUntil))) return slowStartPollMillis
    }
    return limit === undefined ? 0 : yield* windowWaitMillis(limit)
  })
