/** Items that were not sent before their deadline. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import { DeadlineExceededError } from "../../Errors.js"
import { encodeOutcome } from "../attempt/outcomeText.js"
import { currentMillis } from "../database/clock.js"
import { inTransaction } from "../database/transaction.js"
import { resolve } from "../settlement/resolve.js"

const batchSize = 200

/** Lets items fail whose deadline has passed while they waited. Nothing of them was sent in this round. */
export const failLate: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const now = yield* currentMillis
  const skipLocked = sql.onDialectOrElse({ pg: () => sql`FOR UPDATE SKIP LOCKED`, orElse: () => sql`` })
  const late = yield* sql<{ readonly id: string; readonly claims: number; readonly deadline_at: number }>`
    SELECT id, claims, deadline_at FROM images_items WHERE state = 'waiting' AND deadline_at < ${now}
    ORDER BY deadline_at LIMIT ${batchSize} ${skipLocked}`
  for (const { claims, deadline_at: deadlineAt, id } of late) {
    const error = new DeadlineExceededError({ deadlineAt })
    yield* sql`
      UPDATE images_items SET
        state = 'failed', outcome = ${encodeOutcome({ _tag: "Failed", error, pictures: [] })}, error = ${error._tag},
        billing = COALESCE(billing, 'notBilled'), finished_at = ${now}, owner = NULL, lease = NULL
      WHERE id = ${id} AND state = 'waiting'`
    // It was put back, maybe after an attempt that may have been billed.
    if (claims > 0) yield* resolve(id)
  }
}).pipe(inTransaction)
