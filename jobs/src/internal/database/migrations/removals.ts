/** Step 6: ended items are swept from the engine, and jobs can be removed. */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"

/**
 * `swept` says that the engine has forgotten an item that has ended. Of a job that is removed only its row stays for
 * some days, so that no worker that slept meanwhile sends anything of it. A new job of its name begins with another
 * round, for the engine may still know the earlier ones.
 */
export const addRemovals = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`ALTER TABLE images_jobs ADD COLUMN removed_at DOUBLE PRECISION`
  yield* sql`ALTER TABLE images_jobs ADD COLUMN first_round INTEGER NOT NULL DEFAULT 0`
  yield* sql`ALTER TABLE images_items ADD COLUMN swept INTEGER NOT NULL DEFAULT 0`
  yield* sql`
    CREATE INDEX images_items_to_sweep ON images_items (finished_at) WHERE finished_at IS NOT NULL AND swept = 0`
})
