/**
 * Jobs in memory, for tests. They end with the process.
 *
 * @since 0.1.0
 */
import type * as SqlClient from "@effect/sql/SqlClient"
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as WorkflowEngine from "@effect/workflow/WorkflowEngine"
import * as Layer from "effect/Layer"

/**
 * The engine and the database in memory.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<WorkflowEngine.WorkflowEngine | SqlClient.SqlClient> = Layer.merge(
  WorkflowEngine.layerMemory,
  Layer.orDie(SqliteClient.layer({ filename: ":memory:" }))
)
