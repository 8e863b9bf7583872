/** Reads what the items of a job failed with, in groups of the same error and billing. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import type { JobNotFoundError } from "../../Errors.js"
import type { FailedItem, Failures } from "../../Item.js"
import { decodeOutcome } from "../attempt/outcomeText.js"
import { lineIn, requireJob } from "../items/queries.js"
import { decodeRequest } from "../items/request.js"

/** PostgreSQL gives counts as text. */
interface Row {
  readonly error: string
  readonly billing: Failures["billing"]
  readonly items: number | string
  readonly outcome: string
}

/** How many of a group are named. */
const mostNamed = 3

interface NamedRow {
  readonly id: string
  readonly position: number
  readonly line: number | null
  readonly request: string
}

/** The first items of a group. */
const readFirst = (job: string, { billing, error }: Row) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<NamedRow>`
      SELECT id, position, line, request FROM images_items
      WHERE job = ${job} AND state = 'failed' AND error = ${error} AND billing = ${billing}
      ORDER BY position, id LIMIT ${mostNamed}`
    return rows.map(
      ({ id, line, position, request }): FailedItem => ({
        id,
        position,
        ...lineIn(line),
        prompt: decodeRequest(request).prompt
      })
    )
  })

const readGroup = (job: string, row: Row) =>
  Effect.gen(function* () {
    const one = decodeOutcome(row.outcome)
    if (one._tag === "Made") return []
    const { billing, error: tag, items } = row
    const first = yield* readFirst(job, row)
    return [{ tag, billing, items: Number(items), error: one.error, example: one.error.message, first }]
  })

/** The largest group first. */
export const readFailures = (
  job: string
): Effect.Effect<ReadonlyArray<Failures>, JobNotFoundError | SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* requireJob(job)
    const rows = yield* sql<Row>`
      SELECT error, billing, COUNT(*) AS items, MIN(outcome) AS outcome
      FROM images_items WHERE job = ${job} AND state = 'failed'
      GROUP BY error, billing ORDER BY COUNT(*) DESC, error, billing`
    return (yield* Effect.forEach(rows, (row) => readGroup(job, row))).flat()
  })
