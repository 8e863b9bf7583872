/** Step 2: attempts whose billing is unknown are settled. */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"

/** The columns by which attempts whose billing is unknown are settled, in the order in which they are filled. */
const settlementColumns = [
  "generation_id TEXT",
  "min_usd DOUBLE PRECISION",
  "max_usd DOUBLE PRECISION",
  "unknown_at DOUBLE PRECISION",
  "next_ask_at DOUBLE PRECISION",
  "first_asked_at DOUBLE PRECISION",
  "asked_at DOUBLE PRECISION",
  "asked INTEGER NOT NULL DEFAULT 0",
  "settlement TEXT",
  "cost_usd DOUBLE PRECISION"
]

/**
 * An earlier version kept no generation's id, so what it left unknown stays so. It is marked all the same: no later
 * attempt may make such an item look as if it had cost nothing.
 */
export const addSettlements = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* Effect.forEach(
    settlementColumns,
    (column) => sql`ALTER TABLE images_attempts ADD COLUMN ${sql.literal(column)}`,
    { discard: true }
  )
  yield* sql`
    UPDATE images_attempts SET
      unknown_at = COALESCE(ended_at, begun_at),
      max_usd = CASE WHEN reserved_usd > 0 THEN reserved_usd END
    WHERE item IN (SELECT id FROM images_items WHERE billing = 'unknown' OR state = 'undecided')
      AND (outcome IS NULL OR (succeeded = 0 AND outcome LIKE '%"billing":"unknown"%'))`
  yield* sql`CREATE INDEX images_attempts_to_ask ON images_attempts (next_ask_at) WHERE next_ask_at IS NOT NULL`
  yield* sql`CREATE INDEX images_attempts_unknown ON images_attempts (item) WHERE unknown_at IS NOT NULL`
})
