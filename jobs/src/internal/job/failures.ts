/** Reads what the items of a job failed with, in groups of the same error and billing. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import type { JobNotFoundError } from "../../Errors.js"
import type { Failures } from "../../Item.js"
import { decodeOutcome } from "../attempt/outcomeText.js"
import { requireJob } from "../items/queries.js"

/** PostgreSQL gives counts as text. */
interface Row {
  readonly error: string
  readonly billing: Failures["billing"]
  readonly items: number | string
  readonly outcome: string
}

const failuresOf = ({ billing, error: tag, items, outcome }: Row): ReadonlyArray<Failures> => {
  const one = decodeOutcome(outcome)
  if (one._tag === "Made") return []
  return [{ tag, billing, items: Number(items), error: one.error, example: one.error.message }]
}

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
    return rows.flatMap(failuresOf)
  })
