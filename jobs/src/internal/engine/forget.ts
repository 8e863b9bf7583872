/** Removes from the engine's tables what it keeps of workflows that have ended. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import { GenerateImage } from "../../GenerateImage.js"
import { decodeRequest } from "../items/request.js"

/** An item that has ended. Each of its rounds was a workflow. */
export interface EndedItem {
  readonly job: string
  readonly turn: number
  readonly round: number
  readonly request: string
}

const executionsOf = ({ job, request, round, turn }: EndedItem): Effect.Effect<ReadonlyArray<string>> => {
  const decoded = decodeRequest(request)
  return Effect.forEach(
    Array.from({ length: round + 1 }, (_, i) => i),
    (round) => GenerateImage.executionId({ job, turn, round, request: decoded })
  )
}

/** An item that was parked for days has thousands of rounds, and a statement takes only so many parameters. */
const maxParameters = 500

/** An engine in memory has no tables. */
const hasTables: Effect.Effect<boolean, SqlError, SqlClient.SqlClient> = Effect.flatMap(SqlClient.SqlClient, (sql) => {
  const name = "cluster_messages"
  const found = sql.onDialectOrElse({
    pg: () => sql`SELECT 1 AS found WHERE to_regclass(${name}) IS NOT NULL`,
    orElse: () => sql`SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = ${name}`
  })
  return Effect.map(found, (rows) => rows.length > 0)
})

/** Finds messages by their workflow. The engine itself never asks for them so. */
export const indexMessages: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql`CREATE INDEX IF NOT EXISTS images_messages_by_workflow ON cluster_messages (entity_id)`
)

/** Forgets all workflows of these items. Within a transaction. */
export const forgetWorkflows = (items: ReadonlyArray<EndedItem>): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    if (items.length === 0 || !(yield* hasTables)) return
    const sql = yield* SqlClient.SqlClient
    const executions = (yield* Effect.forEach(items, executionsOf)).flat()
    for (const some of Arr.chunksOf(executions, maxParameters)) {
      yield* sql`
        DELETE FROM cluster_replies WHERE request_id IN (
          SELECT id FROM cluster_messages WHERE ${sql.in("entity_id", some)}
        )`
      yield* sql`DELETE FROM cluster_messages WHERE ${sql.in("entity_id", some)}`
    }
  })
