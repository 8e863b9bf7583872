/** Step 7: submissions that are under way at once. */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"

/**
 * A submission says now and then that it is under way. A job one of whose submissions is `completed` is whole when none
 * is under way any more.
 */
export const addSubmissions = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE images_submissions (
    pass TEXT PRIMARY KEY,
    job TEXT NOT NULL,
    heard_at DOUBLE PRECISION NOT NULL
  )`
  yield* sql`ALTER TABLE images_jobs ADD COLUMN completed INTEGER NOT NULL DEFAULT 0`
})
