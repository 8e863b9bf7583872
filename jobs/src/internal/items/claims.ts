/** Which worker has which items. A worker claims items, and keeps them for as long as it renews its lease. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Decision } from "../../Item.js"
import { currentMillis } from "../database/clock.js"

/**
 * A worker that has not renewed its lease for this long loses its items to the others. Claiming an item that is still
 * under way joins its workflow and does no harm.
 */
export const leaseDuration = Duration.seconds(15)
const leaseMillis = Duration.toMillis(leaseDuration)

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

/**
 * Claims up to `count` items: first those of a worker that is gone, then those with a decision, then waiting ones. The
 * index has them in this order.
 */
export const claim = (
  owner: string,
  count: number
): Effect.Effect<ReadonlyArray<Claim>, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    const skip = sql.onDialectOrElse({ pg: () => sql`FOR UPDATE SKIP LOCKED`, orElse: () => sql`` })
    return yield* sql<Claim>`
      UPDATE images_items SET state = 'running', claims = claims + 1, owner = ${owner}, lease = ${now} + ${leaseMillis}
      WHERE id IN (
        SELECT id FROM images_items
        WHERE state >= 'running' AND (
          state = 'waiting'
          OR (state = 'running' AND lease < ${now})
          OR (state = 'undecided' AND decision IS NOT NULL)
        )
        ORDER BY state, position LIMIT ${count} ${skip}
      )
      RETURNING id, job, turn, round, request, claims, decision, attempt`
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
