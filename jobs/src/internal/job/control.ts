/** What people do to a job: cancel it, start it again, decide about an item. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import { CancelledError, JobNotFoundError } from "../../Errors.js"
import type { Decision } from "../../Item.js"
import { encodeOutcome, findMade } from "../attempt/record.js"
import { inTransaction } from "../database/transaction.js"
import { finish } from "../items/updates.js"

type Control<A> = Effect.Effect<A, JobNotFoundError | SqlError, SqlClient.SqlClient>

const setCancelled = (job: string, cancelled: 0 | 1): Control<void> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql`UPDATE images_jobs SET cancelled = ${cancelled} WHERE job = ${job} RETURNING job`
    if (rows.length === 0) return yield* new JobNotFoundError({ job })
  })

/** Sends nothing more of a job. Items under way learn of it before their next attempt. */
export const cancel = (job: string): Control<void> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const outcome = encodeOutcome({ _tag: "Failed", error: new CancelledError({ job }), pictures: [] })
    yield* setCancelled(job, 1)
    yield* sql`
      UPDATE images_items SET
        state = 'cancelled', outcome = ${outcome}, error = 'CancelledError', billing = COALESCE(billing, 'notBilled')
      WHERE job = ${job} AND state = 'waiting'`
    yield* sql`UPDATE images_items SET decision = 'fail' WHERE job = ${job} AND state = 'undecided'`
    // This ends a submission that is under way.
    yield* sql`UPDATE images_jobs SET whole = 1 WHERE job = ${job}`
  }).pipe(inTransaction)

/** Finishes items whose call was taken for lost and came back since: their pictures are there and paid for. */
const recoverLost = (job: string): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const lost = yield* sql<{ readonly id: string; readonly round: number }>`
      SELECT id, round FROM images_items WHERE job = ${job} AND state IN ('failed', 'cancelled') AND billing = 'unknown'`
    yield* Effect.forEach(
      lost,
      ({ id, round }) =>
        Effect.gen(function* () {
          const made = yield* findMade(id)
          if (made === undefined) return
          yield* sql`
            UPDATE images_items SET state = 'running'
            WHERE id = ${id} AND round = ${round} AND state IN ('failed', 'cancelled')`
          yield* finish({ item: id, round }, made, "notBilled")
        }),
      { discard: true }
    )
  })

/** Starts items again. What an item may have cost stays with it, so the next time it needs `mayPayTwice` again. */
export const retryFailed = (job: string, mayPayTwice: boolean): Control<number> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* setCancelled(job, 0)
    yield* recoverLost(job)
    const again = yield* sql`
      UPDATE images_items SET
        state = 'waiting', round = round + 1, claims = 0, outcome = NULL, error = NULL, pictures = 0,
        cost_usd = NULL, finished_at = NULL, attempt = NULL, decision = NULL
      WHERE job = ${job} AND state IN ('failed', 'cancelled') AND (billing = 'notBilled' OR ${mayPayTwice ? 1 : 0} = 1)
      RETURNING id`
    return again.length
  }).pipe(inTransaction)

/** Decides about an item that waits for it; says whether it did. */
export const decide = (item: string, decision: Decision): Effect.Effect<boolean, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql`UPDATE images_items SET decision = ${decision}
        WHERE id = ${item} AND state = 'undecided' AND decision IS NULL RETURNING id`,
      (rows) => rows.length > 0
    )
  )
