/** What the items of a job failed with, in groups. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import type { ItemError, JobNotFoundError } from "../../Errors.js"
import { decodeOutcome } from "../attempt/record.js"
import { found } from "../items/queries.js"

export interface Failures {
  /** The `_tag` of their error. */
  readonly tag: string
  readonly billing: "notBilled" | "billed" | "unknown"
  readonly items: number
  /** The message of one of them. */
  readonly example: string
}

/** PostgreSQL gives counts as text. */
interface Row {
  readonly error: string
  readonly billing: Failures["billing"]
  readonly items: number | string
  readonly outcome: string
}

/** Items that failed alike, and the error of one of them. */
export interface Group extends Omit<Failures, "example"> {
  readonly error: ItemError | undefined
}

const errorOf = (text: string): ItemError | undefined => {
  const outcome = decodeOutcome(text)
  return outcome._tag === "Failed" ? outcome.error : undefined
}

export const groupsOf = (
  job: string
): Effect.Effect<ReadonlyArray<Group>, JobNotFoundError | SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* found(job)
    const rows = yield* sql<Row>`
      SELECT error, billing, COUNT(*) AS items, MIN(outcome) AS outcome
      FROM images_items WHERE job = ${job} AND state = 'failed' GROUP BY error, billing ORDER BY COUNT(*) DESC, error, billing`
    return rows.map(({ billing, error, items, outcome }) => ({
      tag: error,
      billing,
      items: Number(items),
      error: errorOf(outcome)
    }))
  })

/** What stands for the whole group. */
export const failuresIn = ({ error, ...group }: Group): Failures => ({ ...group, example: error?.message ?? "" })

export const failuresOf = (
  job: string
): Effect.Effect<ReadonlyArray<Failures>, JobNotFoundError | SqlError, SqlClient.SqlClient> =>
  Effect.map(groupsOf(job), (groups) => groups.map(failuresIn))
