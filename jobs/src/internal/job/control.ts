/** What people do to a job: cancel it, start it again. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import { CancelledError, JobNotFoundError } from "../../Errors.js"
import type { Decision } from "../../Item.js"
import { encodeOutcome } from "../attempt/outcomeText.js"
import { currentMillis } from "../database/clock.js"
import { inTransaction } from "../database/transaction.js"
import { requireJob } from "../items/queries.js"
import { decideAll as decideItems, startedAgain } from "../items/updates.js"
import { resolve } from "../settlement/resolve.js"
import { opened } from "./door.js"
import { lockForChange } from "./permission.js"

type Control<A> = Effect.Effect<A, JobNotFoundError | SqlError, SqlClient.SqlClient>

const setCancelled = (job: string, cancelled: 0 | 1): Control<void> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* lockForChange(job)
    const rows = yield* sql`
      UPDATE images_jobs SET cancelled = ${cancelled}, ended_at = NULL
      WHERE job = ${job} AND removed_at IS NULL RETURNING job`
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
    // Their records are asked for all the same, but the job need not wait for that.
    yield* sql`UPDATE images_items SET state = 'failed' WHERE job = ${job} AND state = 'unsettled'`
    // This ends a submission that is under way.
    yield* sql`UPDATE images_jobs SET whole = 1, ${opened(sql, yield* currentMillis)} WHERE job = ${job}`
    // Some were put back after attempts that may have been billed.
    const begun = yield* sql<{ readonly id: string }>`
      SELECT id FROM images_items WHERE job = ${job} AND state = 'cancelled' AND claims > 0`
    yield* Effect.forEach(begun, ({ id }) => resolve(id), { discard: true })
  }).pipe(inTransaction)

/** Sends nothing more of a job until it is resumed. Attempts under way are finished. */
export const pause = (job: string, reason: string): Control<void> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    yield* lockForChange(job)
    const rows = yield* sql`
      UPDATE images_jobs SET
        paused = 'user', pause_reason = ${reason}, paused_at = ${now}, look_at = NULL, looks = 0
      WHERE job = ${job} AND removed_at IS NULL RETURNING job`
    if (rows.length === 0) return yield* new JobNotFoundError({ job })
  }).pipe(inTransaction)

/** Lets a job go on, whoever paused it. */
export const resume = (job: string): Control<void> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    const rows = yield* sql`
      UPDATE images_jobs SET ${opened(sql, now)} WHERE job = ${job} AND removed_at IS NULL RETURNING job`
    if (rows.length === 0) return yield* new JobNotFoundError({ job })
  })

/**
 * Finishes items whose call was taken for lost and came back since: their pictures are there and paid for. Gives how
 * many they were.
 */
const recoverLost = (job: string): Effect.Effect<number, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const lost = yield* sql<{ readonly id: string }>`
      SELECT id FROM images_items WHERE job = ${job} AND state IN ('failed', 'cancelled') AND billing <> 'notBilled'`
    const verdicts = yield* Effect.forEach(lost, ({ id }) => resolve(id))
    return verdicts.filter((verdict) => verdict === "Finish").length
  })

export const recover = (job: string): Control<number> =>
  Effect.zipRight(requireJob(job), recoverLost(job)).pipe(inTransaction)

/** Starts items again. What an item may have cost stays with it, so the next time it needs `mayPayTwice` again. */
export const retryFailed = (job: string, mayPayTwice: boolean): Control<number> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* setCancelled(job, 0)
    yield* recoverLost(job)
    const again = yield* sql`
      UPDATE images_items SET ${startedAgain(sql)}
      WHERE job = ${job} AND state IN ('failed', 'cancelled') AND (billing = 'notBilled' OR ${mayPayTwice ? 1 : 0} = 1)
      RETURNING id`
    return again.length
  }).pipe(inTransaction)

/** Decides about all items of a job that wait for it, or those that failed with one error. Gives how many they are. */
export const decideAll = (job: string, decision: Decision, tag: string | undefined): Control<number> =>
  Effect.zipRight(requireJob(job), decideItems(job, decision, tag))
