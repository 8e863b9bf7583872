/** The items of a job that have an outcome: all of them, a window of them, or one. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type { Fragment } from "@effect/sql/Statement"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { JobNotFoundError } from "../../Errors.js"
import type { Item, PageOptions } from "../../Item.js"
import { decodeOutcome } from "../attempt/outcomeText.js"
import { readSettlements } from "../settlement/read.js"
import { decodeRequest } from "./request.js"

/** An item as it stands in its row. One that waits for a decision has no billing there yet. */
interface Row extends Omit<Item, "line" | "request" | "outcome" | "billing" | "settlements"> {
  readonly line: number | null
  readonly request: string
  readonly outcome: string
  readonly billing: Item["billing"] | null
}

/** Most items come from no file. */
export const lineIn = (line: number | null): Pick<Item, "line"> => (line === null ? {} : { line })

const decodeRow = ({ line, ...row }: Row): Omit<Item, "settlements"> => {
  const outcome = decodeOutcome(row.outcome)
  const billing = row.billing ?? (outcome._tag === "Made" ? "billed" : outcome.error.billing)
  return { ...row, ...lineIn(line), request: decodeRequest(row.request), outcome, billing }
}

const select = (rest: (sql: SqlClient.SqlClient) => Fragment) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<Row>`
      SELECT id, position, line, state, request, outcome, billing,
        round - (SELECT first_round FROM images_jobs jobs WHERE jobs.job = images_items.job) AS round
      FROM images_items
      WHERE outcome IS NOT NULL AND ${rest(sql)}`
    const settlements = yield* readSettlements(rows.map(({ id }) => id))
    return rows.map((row): Item => ({ ...decodeRow(row), settlements: settlements.get(row.id) ?? [] }))
  })

/** Fails where there is no such job. */
export const requireJob = (job: string): Effect.Effect<void, JobNotFoundError | SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.flatMap(sql`SELECT job FROM images_jobs WHERE job = ${job} AND removed_at IS NULL`, (rows) =>
      rows.length === 0 ? Effect.fail(new JobNotFoundError({ job })) : Effect.void
    )
  )

/** How many items `streamItems` reads at once. */
const batchSize = 200

/** All of them in the order of the submission. */
export const streamItems = (
  job: string,
  from: number
): Stream.Stream<Item, JobNotFoundError | SqlError, SqlClient.SqlClient> => {
  const after = (position: number, id: string) =>
    select(
      (sql) => sql`job = ${job} AND (position > ${position} OR (position = ${position} AND id > ${id}))
        ORDER BY position, id LIMIT ${batchSize}`
    )
  const batches = Stream.paginateChunkEffect({ position: from, id: "" }, ({ id, position }) =>
    Effect.map(after(position, id), (items) => {
      const last = items.length < batchSize ? undefined : items.at(-1)
      return [Chunk.fromIterable(items), Option.fromNullable(last)] as const
    })
  )
  return Stream.unwrap(Effect.as(requireJob(job), batches))
}

/** One of them, by its id. */
export const findItem = (job: string, id: string): Effect.Effect<Option.Option<Item>, SqlError, SqlClient.SqlClient> =>
  Effect.map(
    select((sql) => sql`id = ${id} AND job = ${job}`),
    ([item]) => Option.fromNullable(item)
  )

const findPosition = (job: string, id: string | undefined) =>
  id === undefined
    ? Effect.succeed(undefined)
    : Effect.flatMap(SqlClient.SqlClient, (sql) =>
        Effect.map(
          sql<{ readonly position: number }>`SELECT position FROM images_items WHERE id = ${id} AND job = ${job}`,
          ([row]) => row?.position
        )
      )

/** A window of them, the last of the submission first. No other item is read. */
export const readPage = (
  job: string,
  { after, before, limit = 24, state }: PageOptions
): Effect.Effect<ReadonlyArray<Item>, JobNotFoundError | SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    yield* requireJob(job)
    const cursor = after ?? before
    const position = yield* findPosition(job, cursor)
    const isUpwards = position !== undefined && after !== undefined
    const items = yield* select((sql) => {
      const states = state === undefined ? sql`state <> 'cancelled'` : sql`state = ${state}`
      const row = sql`(${position ?? 0}, ${cursor ?? ""})`
      const range =
        position === undefined ? sql`` : isUpwards ? sql`AND (position, id) > ${row}` : sql`AND (position, id) < ${row}`
      const order = isUpwards ? sql`position, id` : sql`position DESC, id DESC`
      return sql`job = ${job} AND ${states} ${range} ORDER BY ${order} LIMIT ${limit}`
    })
    return isUpwards ? items.reverse() : items
  })
