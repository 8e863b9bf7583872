/** Removes jobs that have ended: their items, attempts, and what the engine keeps of them. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import { type ImageStoreError, JobNotEndedError, type JobNotFoundError } from "../../Errors.js"
import type { ImageStore } from "../../ImageStore.js"
import type { Removed } from "../../Removal.js"
import { currentMillis } from "../database/clock.js"
import { inTransaction } from "../database/transaction.js"
import { type EndedItem, forgetWorkflows } from "../engine/forget.js"
import { opened } from "./door.js"
import { lockForChange } from "./permission.js"
import { removePictures } from "./pictures.js"
import { readProgress } from "./progress.js"

/** How many items one transaction removes. */
const batchSize = 200

interface ItemRow extends EndedItem {
  readonly id: string
}

/** Removes a few items of a job that is marked so. Gives how many they were. */
const removeSome = (job: string): Effect.Effect<number, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    // One at a time removes, so that an empty batch means that nothing is left.
    yield* lockForChange(job)
    const items = yield* sql<ItemRow>`
      DELETE FROM images_items WHERE id IN (
        SELECT items.id FROM images_items items JOIN images_jobs jobs ON jobs.job = items.job
        WHERE jobs.job = ${job} AND jobs.removed_at IS NOT NULL LIMIT ${batchSize}
      )
      RETURNING id, job, turn, round, request`
    const ids = items.map(({ id }) => id)
    if (ids.length > 0) yield* sql`DELETE FROM images_attempts WHERE ${sql.in("item", ids)}`
    yield* forgetWorkflows(items)
    return ids.length
  }).pipe(inTransaction)

/** Removes all that is left of a job that is marked so, but its row. Gives how many items they were. */
export const purge = (job: string): Effect.Effect<number, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    let removed = yield* removeSome(job)
    let total = removed
    while (removed > 0) {
      removed = yield* removeSome(job)
      total += removed
    }
    const isRemoved = sql`
      job = ${job} AND EXISTS (SELECT 1 FROM images_jobs WHERE job = ${job} AND removed_at IS NOT NULL)`
    yield* sql`DELETE FROM images_counts WHERE job = ${job} AND items = 0 AND pictures = 0`
    yield* sql`DELETE FROM images_history WHERE ${isRemoved}`
    yield* sql`DELETE FROM images_pauses WHERE ${isRemoved}`
    return total
  })

/** Marks a job as removed. From here on nobody sees it, and nothing of it is sent. */
export const markRemoved = (
  job: string
): Effect.Effect<void, JobNotFoundError | JobNotEndedError | SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    yield* lockForChange(job)
    const { cancelled, done, failed, finished, total } = yield* readProgress(job)
    if (!finished) return yield* new JobNotEndedError({ job, open: total - done - failed - cancelled })
    yield* sql`
      UPDATE images_jobs SET
        removed_at = ${now}, cancelled = 1,
        first_round = COALESCE((SELECT MAX(round) + 1 FROM images_items WHERE job = ${job}), first_round)
      WHERE job = ${job}`
  }).pipe(inTransaction)

/** Removes a job that has ended. */
export const remove = (
  job: string
): Effect.Effect<Removed, JobNotFoundError | JobNotEndedError | SqlError, SqlClient.SqlClient> =>
  Effect.zipRight(
    markRemoved(job),
    Effect.map(purge(job), (items) => ({ job, items, pictures: 0 }))
  )

/** Whether a removal was broken off before its end. */
const isBeingRemoved = (job: string): Effect.Effect<boolean, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql`
        SELECT job FROM images_jobs
        WHERE job = ${job} AND removed_at IS NOT NULL AND EXISTS (SELECT 1 FROM images_items WHERE job = ${job})`,
      (rows) => rows.length > 0
    )
  )

/** Its pictures go first: what names them must stay for whoever goes on after a crash. */
export const removeWithPictures = (
  job: string
): Effect.Effect<
  Removed,
  JobNotFoundError | JobNotEndedError | SqlError | ImageStoreError,
  SqlClient.SqlClient | ImageStore
> =>
  Effect.gen(function* () {
    if (!(yield* isBeingRemoved(job))) yield* markRemoved(job)
    const pictures = yield* removePictures(job)
    return { job, items: yield* purge(job), pictures }
  })

/** Makes room for a new job under the name of one that was removed. */
export const makeRoom = (job: string): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const removed = yield* sql`SELECT job FROM images_jobs WHERE job = ${job} AND removed_at IS NOT NULL`
    if (removed.length === 0) return
    yield* purge(job)
    yield* sql`
      UPDATE images_jobs SET
        removed_at = NULL, created_at = ${yield* currentMillis}, whole = 0, cancelled = 0, priority = 1,
        limit_usd = NULL, spent_usd = 0, emulated_usd = 0, reserved_usd = 0, ${opened(sql, sql`NULL`)}, ended_at = NULL
      WHERE job = ${job} AND removed_at IS NOT NULL`
  })
