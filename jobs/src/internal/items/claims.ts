/** Which worker has which items. A worker claims items, and keeps them for as long as it renews its lease. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type { Fragment } from "@effect/sql/Statement"
import * as Effect from "effect/Effect"
import type { Decision } from "../../Item.js"
import { currentMillis } from "../database/clock.js"
import type { Turns, WaitingJob } from "./turns.js"

/**
 * A worker that has not renewed its lease for this long loses its items to the others. Claiming an item that is still
 * under way joins its workflow and does no harm.
 */
const leaseMillis = 15_000

/** What a workflow is started with. */
export interface Claim {
  readonly id: string
  readonly job: string
  readonly turn: number
  readonly round: number
  readonly request: string
  /** How often it was claimed in this round. The first time the engine does not know it yet. */
  readonly claims: number
  /** What was decided about an attempt and not yet passed on to the workflow. */
  readonly decision: Decision | null
  /** The trace of its submission. */
  readonly trace: string | null
  readonly attempt: number | null
}

/** Renews the leases of a worker. Gives back the ids of the items that it has. */
export const renewLeases = (owner: string): Effect.Effect<ReadonlyArray<string>, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    const rows = yield* sql<{ readonly id: string }>`
      UPDATE images_items SET lease = ${now} + ${leaseMillis} WHERE state = 'running' AND owner = ${owner} RETURNING id`
    return rows.map(({ id }) => id)
  })

const columns = "id, job, turn, round, request, claims, decision, attempt, trace"

/** Claims the items of a query that selects their ids. */
const claimThose = (
  owner: string,
  ids: (sql: SqlClient.SqlClient, skipLocked: Fragment) => Fragment
): Effect.Effect<ReadonlyArray<Claim>, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    const skipLocked = sql.onDialectOrElse({ pg: () => sql`FOR UPDATE SKIP LOCKED`, orElse: () => sql`` })
    return yield* sql<Claim>`
      UPDATE images_items SET state = 'running', claims = claims + 1, owner = ${owner}, lease = ${now} + ${leaseMillis}
      WHERE id IN (${ids(sql, skipLocked)})
      RETURNING ${sql.literal(columns)}`
  })

/** Claims items of workers that are gone, and those with a decision. */
const claimBegun = (owner: string, count: number) =>
  Effect.flatMap(currentMillis, (now) =>
    claimThose(
      owner,
      (sql, skipLocked) => sql`
        SELECT id FROM images_items
        WHERE (state = 'running' AND lease < ${now}) OR (state = 'undecided' AND decision IS NOT NULL)
        ORDER BY state, position LIMIT ${count} ${skipLocked}`
    )
  )

/** Claims items of a job that wait. Where the door of the API is tried, the parked ones take turns. */
const claimWaiting = (owner: string, { isPaused, job }: WaitingJob, count: number) =>
  Effect.gen(function* () {
    const claimIn = (order: (sql: SqlClient.SqlClient) => Fragment) =>
      claimThose(
        owner,
        (sql, skipLocked) => sql`
          SELECT id FROM images_items WHERE state = 'waiting' AND job = ${job} ${order(sql)}
          LIMIT ${count} ${skipLocked}`
      )
    if (!isPaused) return yield* claimIn((sql) => sql`ORDER BY position`)
    const fresh = yield* claimIn((sql) => sql`AND parked_at IS NULL ORDER BY position`)
    return fresh.length > 0 ? fresh : yield* claimIn((sql) => sql`ORDER BY parked_at`)
  })

/** The jobs that have something to send now. One that is paused tries the door with one item, when it is time to look. */
const readWaitingJobs: Effect.Effect<ReadonlyArray<WaitingJob>, SqlError, SqlClient.SqlClient> = Effect.gen(
  function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    // It leaps from job to job in the index, so that neither their items nor ended jobs count.
    const rows = yield* sql<{ readonly job: string; readonly priority: number; readonly paused: string | null }>`
      WITH RECURSIVE waiting (job) AS (
        SELECT MIN(job) FROM images_items WHERE state = 'waiting'
        UNION ALL
        SELECT (SELECT MIN(items.job) FROM images_items items WHERE items.state = 'waiting' AND items.job > waiting.job)
        FROM waiting WHERE waiting.job IS NOT NULL
      )
      SELECT jobs.job, jobs.priority, jobs.paused FROM waiting JOIN images_jobs jobs ON jobs.job = waiting.job
      WHERE jobs.paused IS NULL OR jobs.cancelled <> 0 OR (jobs.paused = 'outage' AND jobs.look_at <= ${now})`
    return rows.map(({ job, paused, priority }) => ({ job, priority, isPaused: paused !== null }))
  }
)

/**
 * Claims up to `count` items: first those of workers that are gone and those with a decision, then waiting ones, for
 * which the jobs take turns.
 */
export const claim = (
  owner: string,
  count: number,
  turns: Turns
): Effect.Effect<ReadonlyArray<Claim>, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const claims = Array.from(yield* claimBegun(owner, count))
    let jobs = claims.length < count ? yield* readWaitingJobs : []
    while (jobs.length > 0 && claims.length < count) {
      const exhausted = new Set<string>()
      for (const { items, job } of turns.next(jobs, count - claims.length)) {
        const got = yield* claimWaiting(owner, job, items)
        claims.push(...got)
        if (got.length < items || job.isPaused) exhausted.add(job.job)
      }
      jobs = jobs.filter(({ job }) => !exhausted.has(job))
    }
    return claims
  })

/**
 * Leaves an item that a worker cannot start alone for the time of a lease. It must not stand before the others, and
 * another worker may be able to start it.
 */
export const postpone = (id: string): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const lease = sql`${yield* currentMillis} + ${leaseMillis}`
    yield* sql`UPDATE images_items SET owner = NULL, lease = ${lease} WHERE id = ${id} AND state = 'running'`
  })

/** Gives some items of a worker to whoever claims next: it did not hear that it had claimed them. */
export const giveBack = (
  owner: string,
  ids: ReadonlyArray<string>
): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  ids.length === 0
    ? Effect.void
    : Effect.flatMap(
        SqlClient.SqlClient,
        (sql) =>
          sql`UPDATE images_items SET lease = 0 WHERE state = 'running' AND owner = ${owner} AND ${sql.in("id", ids)}`
      )

/** Gives all items of a worker that ends to whoever claims next. */
export const releaseAll = (owner: string): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`UPDATE images_items SET lease = 0 WHERE state = 'running' AND owner = ${owner}`
  )

/** Ends the leases of earlier processes. A file of SQLite has one worker, so nobody need wait for those. */
export const expireEarlierLeases: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) =>
    sql.onDialectOrElse({
      sqlite: () => Effect.asVoid(sql`UPDATE images_items SET lease = 0 WHERE state = 'running'`),
      orElse: () => Effect.void
    })
)
