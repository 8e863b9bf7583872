/** Step 11: items know the line of the file that they come from. */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"

export const addLines = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql`ALTER TABLE images_items ADD COLUMN line INTEGER`
)
