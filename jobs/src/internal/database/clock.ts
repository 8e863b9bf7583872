/** The clock that all workers of a database share. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { Fragment } from "@effect/sql/Statement"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Milliseconds since 1970 by the database's clock, for those of the workers may differ. SQLite has the process's. */
export const currentMillis: Effect.Effect<Fragment, never, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const millis = yield* Clock.currentTimeMillis
  return sql.onDialectOrElse({
    // A query of its own is evaluated once, so an index serves what is compared with it.
    pg: () => sql`(SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS DOUBLE PRECISION))`,
    orElse: () => sql`${millis}`
  })
})
