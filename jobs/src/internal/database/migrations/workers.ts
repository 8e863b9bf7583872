/** Step 3: workers say that they live. */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"

/** Who makes calls, and when it was last heard. An attempt of an earlier version has no worker. */
export const addWorkers = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE images_workers (worker TEXT PRIMARY KEY, heard_at DOUBLE PRECISION NOT NULL)`
  yield* sql`ALTER TABLE images_attempts ADD COLUMN worker TEXT`
})
