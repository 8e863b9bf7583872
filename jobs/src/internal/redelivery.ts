/** Messages of the engine that were read and then left, because their shard or their entity was just closing, are read again after ten minutes; here after one. */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"

/** What a worker is busy with it skips when it reads it again, so this wakes only what nobody is busy with. */
const redeliver = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql.onDialectOrElse({
    pg: () => sql`
      UPDATE cluster_messages SET last_read = NULL
      WHERE processed = FALSE AND last_read < NOW() - INTERVAL '45 seconds'`,
    orElse: () => sql`
      UPDATE cluster_messages SET last_read = NULL
      WHERE processed = 0 AND last_read < DATETIME('now', '-45 seconds')`
  })
)

export const layer: Layer.Layer<never, never, SqlClient.SqlClient> = Layer.scopedDiscard(
  Effect.forkScoped(Effect.repeat(Effect.ignore(Effect.delay(redeliver, "15 seconds")), Schedule.forever))
)
