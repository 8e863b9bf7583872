/** Step 5: a job can be paused, by its owner or because the API is down, and has a priority. */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"

/**
 * `paused` says by whom. `trouble` is the share of the last attempts that the API failed, from 0 to 1. While a job is
 * paused by an outage, one attempt may be made at `look_at`, and `looks` counts them. An item that the API has turned
 * away is parked; `parks` counts how often that was while others passed.
 */
export const addPauses = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const columns = {
    images_jobs: [
      "priority DOUBLE PRECISION NOT NULL DEFAULT 1",
      "paused TEXT",
      "pause_reason TEXT",
      "paused_at DOUBLE PRECISION",
      "look_at DOUBLE PRECISION",
      "looks INTEGER NOT NULL DEFAULT 0",
      "opened_at DOUBLE PRECISION",
      "trouble DOUBLE PRECISION NOT NULL DEFAULT 0"
    ],
    images_items: ["parked_at DOUBLE PRECISION", "parks INTEGER NOT NULL DEFAULT 0"]
  }
  for (const [table, added] of Object.entries(columns)) {
    yield* Effect.forEach(added, (column) => sql`ALTER TABLE ${sql(table)} ADD COLUMN ${sql.literal(column)}`)
  }
})
