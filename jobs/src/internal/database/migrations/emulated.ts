/** Step 10: what of a job's spending nobody paid. */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"

/** What was spent before counts as paid: nothing but the id of its generation proves the contrary. */
export const addEmulated = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql`ALTER TABLE images_jobs ADD COLUMN emulated_usd DOUBLE PRECISION NOT NULL DEFAULT 0`
)
