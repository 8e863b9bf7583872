/** Reads how far the settlement of attempts is: of some items, and of whole jobs. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type { Fragment } from "@effect/sql/Statement"
import * as Effect from "effect/Effect"
import type { Settlement, SettlementState, Settlements, UnknownCost } from "../../Settlement.js"

/** Those that were unknown and have not been answered since. */
const areUnknown = (sql: SqlClient.SqlClient): Fragment =>
  sql`attempts.unknown_at IS NOT NULL AND COALESCE(attempts.settlement, '') <> 'answered'
    AND COALESCE(attempts.succeeded, 0) = 0`

const state = (sql: SqlClient.SqlClient): Fragment =>
  sql`CASE
    WHEN attempts.settlement IS NOT NULL THEN attempts.settlement
    WHEN attempts.generation_id IS NOT NULL AND attempts.next_ask_at IS NOT NULL THEN 'waiting'
    ELSE 'unknown' END`

interface Row {
  readonly item: string
  readonly round: number
  readonly attempt: number
  readonly state: SettlementState
  readonly generation_id: string | null
  readonly cost_usd: number | null
  readonly min_usd: number | null
  readonly max_usd: number | null
  readonly asked: number
  readonly asked_at: number | null
  readonly next_ask_at: number | null
}

const settlementOf = (row: Row): Settlement => ({
  round: row.round,
  attempt: row.attempt,
  state: row.state,
  asked: row.asked,
  ...(row.generation_id === null ? {} : { generationId: row.generation_id }),
  ...(row.cost_usd === null ? {} : { costUsd: row.cost_usd }),
  ...(row.min_usd === null ? {} : { minUsd: row.min_usd }),
  ...(row.max_usd === null ? {} : { maxUsd: row.max_usd }),
  ...(row.asked_at === null ? {} : { askedAt: row.asked_at }),
  ...(row.next_ask_at === null || row.state !== "waiting" ? {} : { nextAskAt: row.next_ask_at })
})

/** The settlements of each of the items that have some, in the order in which the attempts were made. */
export const readSettlements = (
  items: ReadonlyArray<string>
): Effect.Effect<ReadonlyMap<string, ReadonlyArray<Settlement>>, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const found = new Map<string, Array<Settlement>>()
    if (items.length === 0) return found
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<Row>`
      SELECT item, round, attempt, ${state(sql)} AS state, generation_id, cost_usd, min_usd, max_usd, asked, asked_at,
        next_ask_at
      FROM images_attempts attempts WHERE ${areUnknown(sql)} AND ${sql.in("item", items)}
      ORDER BY item, round, attempt`
    for (const row of rows) found.set(row.item, [...(found.get(row.item) ?? []), settlementOf(row)])
    return found
  })

/** PostgreSQL gives counts as text. */
export interface SettledRow {
  readonly job: string
  readonly state: SettlementState
  readonly attempts: number | string
  readonly cost_usd: number | null
  readonly min_usd: number | null
  readonly max_usd: number | null
  /** How many have no upper bound. */
  readonly unbounded: number | string
}

const none: UnknownCost = { attempts: 0, minUsd: 0, maxUsd: 0 }

const unknownCost = (row: SettledRow | undefined): UnknownCost =>
  row === undefined
    ? none
    : {
        attempts: Number(row.attempts),
        minUsd: row.min_usd ?? 0,
        maxUsd: Number(row.unbounded) > 0 ? undefined : (row.max_usd ?? 0)
      }

/** The settlements of one job, of its rows. */
export const settlementsOf = (rows: ReadonlyArray<SettledRow>): Settlements => {
  const inState = (state: SettlementState) => rows.find((row) => row.state === state)
  const billed = inState("billed")
  return {
    waiting: unknownCost(inState("waiting")),
    billed: { attempts: Number(billed?.attempts ?? 0), costUsd: billed?.cost_usd ?? 0 },
    unknown: unknownCost(inState("unknown"))
  }
}

/**
 * Of one job, or of all, in groups. There are few such attempts among many items: CROSS JOIN has SQLite begin with
 * them.
 */
export const readSettled = (
  job: string | undefined
): Effect.Effect<ReadonlyArray<SettledRow>, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => {
    const ofJob = job === undefined ? sql`` : sql`AND items.job = ${job}`
    return sql<SettledRow>`
      SELECT job, state, COUNT(*) AS attempts, SUM(cost_usd) AS cost_usd, SUM(min_usd) AS min_usd,
        SUM(max_usd) AS max_usd, COUNT(*) - COUNT(max_usd) AS unbounded
      FROM (
        SELECT items.job, ${state(sql)} AS state, attempts.cost_usd, attempts.min_usd, attempts.max_usd
        FROM images_attempts attempts CROSS JOIN images_items items
        WHERE items.id = attempts.item AND ${areUnknown(sql)} ${ofJob}
      ) AS settled
      GROUP BY job, state`
  })
