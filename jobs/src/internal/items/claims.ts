/** Who works on which items: a worker takes some for as long as it says that it lives. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ImageGenerationRequest } from "effect-openrouter-images/Schema"
import * as Gate from "../attempt/gate.js"
import type { Decision } from "./updates.js"

/** A worker that was not heard of for this long has lost its items to the others. Taking up one that is still under way joins it and does no harm. */
export const lease = Duration.seconds(30)
const leaseMillis = Duration.toMillis(lease)

export const decodeRequest = Schema.decodeSync(Schema.parseJson(ImageGenerationRequest))
export const encodeRequest = Schema.encodeSync(Schema.parseJson(ImageGenerationRequest))

/** What a workflow is started with. */
export interface Claim {
  readonly id: string
  readonly job: string
  readonly turn: number
  readonly round: number
  readonly request: string
  /** How often it was taken in this round: the first time nobody knows it yet. */
  readonly claims: number
  /** What was decided about an attempt, and is not yet told. */
  readonly decision: Decision | null
  readonly attempt: number | null
}

/** The items that the database says a worker has, after saying that it lives. */
export const keepAlive = (owner: string): Effect.Effect<ReadonlyArray<string>, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* Gate.now
    const held = yield* sql<{ readonly id: string }>`
      UPDATE images_items SET lease = ${now} + ${leaseMillis} WHERE state = 'running' AND owner = ${owner} RETURNING id`
    return held.map(({ id }) => id)
  })

/** Takes up to `count` items: those of a worker that is gone, those that were decided about, and those that wait. The index has them in this order. */
export const claim = (
  owner: string,
  count: number
): Effect.Effect<ReadonlyArray<Claim>, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* Gate.now
    const skip = sql.onDialectOrElse({ pg: () => sql`FOR UPDATE SKIP LOCKED`, orElse: () => sql`` })
    return yield* sql<Claim>`
      UPDATE images_items SET state = 'running', claims = claims + 1, owner = ${owner}, lease = ${now} + ${leaseMillis}
      WHERE id IN (
        SELECT id FROM images_items
        WHERE state >= 'running'
          AND (state = 'waiting' OR (state = 'running' AND lease < ${now}) OR (state = 'undecided' AND decision IS NOT NULL))
        ORDER BY state, position LIMIT ${count} ${skip}
      )
      RETURNING id, job, turn, round, request, claims, decision, attempt`
  })

/** An item that a worker cannot begin is left alone for the time of a lease: it must not stand before the others, and another worker may know better. */
export const putOff = (id: string): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* Gate.now
    yield* sql`UPDATE images_items SET owner = NULL, lease = ${now} + ${leaseMillis} WHERE id = ${id} AND state = 'running'`
  })

/** Items that a worker has and never began, for the answer to its claim was lost, go to whoever comes next. */
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

/** What a worker still has when it ends goes to whoever comes next, without waiting for its lease. */
export const release = (owner: string): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`UPDATE images_items SET lease = 0 WHERE state = 'running' AND owner = ${owner}`
  )

/** A file of SQLite has one process: what another one had, it has no more, and nobody need wait for its lease. */
export const inherit: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql.onDialectOrElse({
    sqlite: () => Effect.asVoid(sql`UPDATE images_items SET lease = 0 WHERE state = 'running'`),
    orElse: () => Effect.void
  })
)
