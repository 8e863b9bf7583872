/** Reads the events of jobs in their order, and adds those of whole jobs. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { InvalidOptionsError } from "../../Errors.js"
import type { Event, EventsOptions } from "../../Event.js"
import { currentMillis } from "../database/clock.js"
import { inTransaction } from "../database/transaction.js"
import { isFinished } from "./progress.js"

/** A place among the events: the transaction that wrote it, and its number. PostgreSQL gives both as text. */
export interface Place {
  readonly tx: string
  readonly seq: string
}

export const start: Place = { tx: "0", seq: "0" }

const toCursor = ({ seq, tx }: Place): string => `${tx}.${seq}`

export const placeOf = (cursor: string): Effect.Effect<Place, InvalidOptionsError> => {
  const [, tx, seq] = /^(\d{1,19})\.(\d{1,19})$/.exec(cursor) ?? []
  const message = `must be the cursor of an event, such as "0.17", got ${JSON.stringify(cursor.slice(0, 60))}`
  return tx === undefined || seq === undefined
    ? Effect.fail(new InvalidOptionsError({ issues: [{ path: ["after"], message }] }))
    : Effect.succeed({ tx, seq })
}

interface Row {
  readonly tx: string | number
  readonly seq: string | number
  readonly at: number
  readonly job: string
  readonly item: string | null
  readonly kind: Event["kind"]
}

const eventOf = (row: Row): Event => ({
  cursor: toCursor({ tx: String(row.tx), seq: String(row.seq) }),
  kind: row.kind,
  job: row.job,
  ...(row.item === null ? {} : { item: row.item }),
  at: Math.round(row.at)
})

const batchSize = 200

/** The events after a place, as many as one batch. Those of transactions that may still get earlier ones wait. */
export const readAfter = (
  { seq, tx }: Place,
  job: string | undefined
): Effect.Effect<ReadonlyArray<Event>, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const ofJob = job === undefined ? sql`` : sql`AND job = ${job}`
    // A database that was restored elsewhere counts its transactions anew: a place of the future is one of the past.
    const from = sql.onDialectOrElse({
      pg: () => sql`CASE
        WHEN ${sql.literal(tx)} >= CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT) THEN 0
        ELSE ${sql.literal(tx)} END`,
      orElse: () => sql`${sql.literal(tx)}`
    })
    const after = sql`(tx, seq) > (${from}, ${sql.literal(seq)})`
    const isSettled = sql.onDialectOrElse({
      pg: () => sql`AND tx < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)`,
      orElse: () => sql``
    })
    const rows = yield* sql<Row>`
      SELECT tx, seq, at, job, item, kind FROM images_events WHERE ${after} ${ofJob} ${isSettled}
      ORDER BY tx, seq LIMIT ${batchSize}`
    return rows.map(eventOf)
  })

/** Goes on for ever, and looks every second. */
export const events = ({
  after,
  job
}: EventsOptions): Stream.Stream<Event, InvalidOptionsError | SqlError, SqlClient.SqlClient> =>
  Stream.unwrap(
    Effect.map(after === undefined ? Effect.succeed(start) : placeOf(after), (first) =>
      Stream.paginateEffect({ place: first, isIdle: false }, ({ isIdle, place }) =>
        Effect.gen(function* () {
          if (isIdle) yield* Effect.sleep("1 second")
          const found = yield* readAfter(place, job)
          const last = found.at(-1)
          const next = last === undefined ? place : yield* Effect.orDie(placeOf(last.cursor))
          return [found, Option.some({ place: next, isIdle: found.length < batchSize })] as const
        })
      ).pipe(Stream.flattenIterables)
    )
  )

/** Notes the jobs that have ended since the last time, each with its event. */
export const noteEndedJobs: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const now = yield* currentMillis
  // Locked first: whoever reopens such a job meanwhile is waited for, and seen by the question after this one.
  const skipLocked = sql.onDialectOrElse({ pg: () => sql`FOR UPDATE SKIP LOCKED`, orElse: () => sql`` })
  const hasEnded = sql`ended_at IS NULL AND removed_at IS NULL AND ${isFinished(sql)}`
  const candidates = yield* sql<{ readonly job: string }>`
    SELECT job FROM images_jobs WHERE ${hasEnded} LIMIT 200 ${skipLocked}`
  if (candidates.length === 0) return
  const jobs = candidates.map(({ job }) => job)
  const ended = yield* sql<{ readonly job: string }>`
    UPDATE images_jobs SET ended_at = ${now} WHERE ${sql.in("job", jobs)} AND ${hasEnded} RETURNING job`
  for (const { job } of ended) yield* sql`INSERT INTO images_events (job, kind) VALUES (${job}, 'ended')`
}).pipe(inTransaction)

/** Events are kept for a week. */
const keptMillis = 7 * 86_400_000

export const removeOldEvents: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`DELETE FROM images_events WHERE at < ${yield* currentMillis} - ${keptMillis}`
})
