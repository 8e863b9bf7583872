/** What people do to a job on its way. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import { CancelledError, JobNotFoundError } from "../../Errors.js"
import { encodeOutcome, madeOf } from "../attempt/record.js"
import { type Decision, finish } from "../items/updates.js"

type Steering<A> = Effect.Effect<A, JobNotFoundError | SqlError, SqlClient.SqlClient>

const flag = (job: string, cancelled: 0 | 1): Steering<void> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql`UPDATE images_jobs SET cancelled = ${cancelled} WHERE job = ${job} RETURNING job`
    if (rows.length === 0) return yield* new JobNotFoundError({ job })
  })

/** Those under way learn of it before they send the next time. */
export const cancel = (job: string): Steering<void> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const outcome = encodeOutcome({ _tag: "Failed", error: new CancelledError({ job }), pictures: [] })
    yield* flag(job, 1)
    yield* sql`
      UPDATE images_items SET state = 'cancelled', outcome = ${outcome}, error = 'CancelledError', billing = COALESCE(billing, 'notBilled')
      WHERE job = ${job} AND state = 'waiting'`
    yield* sql`UPDATE images_items SET decision = 'fail' WHERE job = ${job} AND state = 'undecided'`
    // A submission that is cut off by this has come to its end.
    yield* sql`UPDATE images_jobs SET whole = 1 WHERE job = ${job}`
  }).pipe((all) => Effect.flatMap(SqlClient.SqlClient, (sql) => sql.withTransaction(all)))

/** A call that was given up for lost may have come back since: its picture is there, and nothing need be paid again. */
const recover = (job: string): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const lost = yield* sql<{ readonly id: string; readonly round: number }>`
      SELECT id, round FROM images_items WHERE job = ${job} AND state IN ('failed', 'cancelled') AND billing = 'unknown'`
    yield* Effect.forEach(
      lost,
      ({ id, round }) =>
        Effect.gen(function* () {
          const made = yield* madeOf(id)
          if (made === undefined) return
          yield* sql`UPDATE images_items SET state = 'running' WHERE id = ${id} AND round = ${round} AND state IN ('failed', 'cancelled')`
          yield* finish({ item: id, round }, made, "notBilled")
        }),
      { discard: true }
    )
  })

/** What an item may have cost stays with it: the next time it needs leave again. */
export const retryFailed = (job: string, mayPayTwice: boolean): Steering<number> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* flag(job, 0)
    yield* recover(job)
    const again = yield* sql`
      UPDATE images_items SET state = 'waiting', round = round + 1, claims = 0, outcome = NULL, error = NULL, pictures = 0,
        cost_usd = NULL, finished_at = NULL, attempt = NULL, decision = NULL
      WHERE job = ${job} AND state IN ('failed', 'cancelled') AND (billing = 'notBilled' OR ${mayPayTwice ? 1 : 0} = 1)
      RETURNING id`
    return again.length
  }).pipe((all) => Effect.flatMap(SqlClient.SqlClient, (sql) => sql.withTransaction(all)))

export const decide = (item: string, decision: Decision): Effect.Effect<boolean, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql`UPDATE images_items SET decision = ${decision}
        WHERE id = ${item} AND state = 'undecided' AND decision IS NULL RETURNING id`,
      (rows) => rows.length > 0
    )
  )
