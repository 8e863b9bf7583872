/** What a worker puts in order now and then, so that a database that runs for months stays small. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { currentMillis } from "../database/clock.js"
import { inTransaction } from "../database/transaction.js"
import { type EndedItem, forgetWorkflows } from "../engine/forget.js"
import { failLate } from "./deadline.js"
import { noteEndedJobs, removeOldEvents } from "./events.js"
import { markRemoved, purge } from "./remove.js"
import { noteWhole } from "./submissions.js"

/** A worker that slept may still ask the engine for an item that has ended. */
const sweptAfterMillis = 10 * 60_000

const batchSize = 100

/** Has the engine forget a few items that have ended. Gives how many they were. */
const sweepSome: Effect.Effect<number, SqlError, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const now = yield* currentMillis
  const skipLocked = sql.onDialectOrElse({ pg: () => sql`FOR UPDATE SKIP LOCKED`, orElse: () => sql`` })
  const items = yield* sql<EndedItem>`
    UPDATE images_items SET swept = 1 WHERE id IN (
      SELECT id FROM images_items WHERE swept = 0 AND finished_at IS NOT NULL AND finished_at < ${now} - ${sweptAfterMillis}
      ORDER BY finished_at LIMIT ${batchSize} ${skipLocked}
    )
    RETURNING job, turn, round, request`
  yield* forgetWorkflows(items)
  return items.length
}).pipe(inTransaction)

/** Whoever removes a job with its pictures may need some time. What he has broken off is finished after a day. */
const brokenOffAfterMillis = 86_400_000

/** The jobs that ended before a time, and those that were not removed to the end. */
const readRemovable = (retentionMillis: number | undefined) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    const isOld = retentionMillis === undefined ? sql`1 = 0` : sql`ended_at < ${now} - ${retentionMillis}`
    return yield* sql<{ readonly job: string; readonly removed_at: number | null }>`
      SELECT job, removed_at FROM images_jobs jobs
      WHERE removed_at < ${now} - ${brokenOffAfterMillis} OR (removed_at IS NULL AND ${isOld})`
  })

/** For how long the row of a removed job stays: the records of unknown attempts are asked for a week. */
const tombstoneMillis = 8 * 86_400_000

const removeOld = (retentionMillis: number | undefined) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    for (const { job, removed_at } of yield* readRemovable(retentionMillis)) {
      if (removed_at === null) yield* Effect.ignore(markRemoved(job))
      yield* purge(job)
    }
    yield* sql`DELETE FROM images_jobs WHERE removed_at < ${yield* currentMillis} - ${tombstoneMillis}`
  })

/** Goes on until it is interrupted. What fails is tried again at the next turn. */
export const run = (retentionMillis: number | undefined): Effect.Effect<never, never, SqlClient.SqlClient> => {
  const sweep = Effect.repeat(Effect.delay(sweepSome, "1 second"), { while: (swept) => swept === batchSize })
  const every = <A, E, R>(interval: Duration.DurationInput, effect: Effect.Effect<A, E, R>) =>
    Effect.forever(Effect.delay(Effect.ignoreLogged(effect), interval))
  return Effect.raceFirst(
    every("1 second", noteWhole.pipe(Effect.zipRight(noteEndedJobs), Effect.zipRight(failLate))),
    Effect.raceFirst(
      every("20 seconds", sweep),
      every("1 minute", Effect.zipRight(removeOldEvents, removeOld(retentionMillis)))
    )
  )
}
