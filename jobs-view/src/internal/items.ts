/** Few items of a job, without a look at the others. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import { type Item, itemOf, type Row } from "../items/queries.js"
import type { State } from "./models.js"

/** Which items, and how many at most. The cursors are keys of items. */
export interface Window {
  /** Default: all but the cancelled ones. */
  readonly state?: State | undefined
  /** Only those before this item in the submission. */
  readonly before?: string | undefined
  /** Only those after it. */
  readonly after?: string | undefined
  readonly limit: number
}

/** What names an item within its job. */
export const keyOf = (job: string, id: string): string => id.slice(job.length + 1)

const positionOf = (sql: SqlClient.SqlClient, job: string, key: string | undefined) =>
  key === undefined
    ? Effect.succeed(undefined)
    : Effect.map(
        sql<{
          readonly position: number
        }>`SELECT position FROM images_items WHERE id = ${`${job}/${key}`} AND job = ${job}`,
        ([row]) => row?.position
      )

/** A part of the items that have something to tell, the last of the submission first. */
export const itemsIn = (
  job: string,
  { after, before, limit, state }: Window
): Effect.Effect<ReadonlyArray<Item>, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const cursor = after ?? before
    const position = yield* positionOf(sql, job, cursor)
    const from =
      position === undefined
        ? sql``
        : after === undefined
          ? sql`AND (position, id) < (${position}, ${`${job}/${cursor}`})`
          : sql`AND (position, id) > (${position}, ${`${job}/${cursor}`})`
    const upwards = position !== undefined && after !== undefined
    const order = upwards ? sql`ORDER BY position, id` : sql`ORDER BY position DESC, id DESC`
    const rows = yield* sql<Row>`
      SELECT id, position, state, request, outcome, billing, round FROM images_items
      WHERE job = ${job} AND outcome IS NOT NULL AND ${state === undefined ? sql`state <> 'cancelled'` : sql`state = ${state}`} ${from}
      ${order} LIMIT ${limit}`
    return (upwards ? [...rows].reverse() : rows).map(itemOf)
  })

/** What came of one item, if anything did yet. */
export const itemOfKey = (job: string, key: string): Effect.Effect<Item | undefined, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<Row>`
      SELECT id, position, state, request, outcome, billing, round FROM images_items
      WHERE id = ${`${job}/${key}`} AND job = ${job} AND outcome IS NOT NULL`
    return row === undefined ? undefined : itemOf(row)
  })
