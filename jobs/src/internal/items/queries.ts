/** The items of a job that have something to tell, page by page. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { ImageGenerationRequest } from "effect-openrouter-images/Schema"
import { JobNotFoundError } from "../../Errors.js"
import type { Outcome } from "../../Generation.js"
import { decodeOutcome } from "../attempt/record.js"
import { decodeRequest } from "./claims.js"
import type { Billing } from "./updates.js"

export interface Item {
  /** The job, the content of the request, and which one of the equal ones it is. */
  readonly id: string
  /** Its place in the submission that brought it, from 0. */
  readonly position: number
  readonly state: "done" | "failed" | "cancelled" | "undecided"
  readonly request: ImageGenerationRequest
  readonly outcome: Outcome
  /** Whether it was billed, by any of its attempts: that of the last one may have cost nothing. */
  readonly billing: Billing
  /** How often it was taken up again by `retryFailed`. */
  readonly round: number
}

/** As it stands in its row. What waits for a decision has no billing there yet. */
export interface Row extends Omit<Item, "request" | "outcome" | "billing"> {
  readonly request: string
  readonly outcome: string
  readonly billing: Billing | null
}

export const itemOf = (row: Row): Item => {
  const outcome = decodeOutcome(row.outcome)
  const billing = row.billing ?? (outcome._tag === "Made" ? "billed" : outcome.error.billing)
  return { ...row, request: decodeRequest(row.request), outcome, billing }
}

const page = 200

/** That there is such a job. */
export const found = (job: string): Effect.Effect<void, JobNotFoundError | SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.flatMap(sql`SELECT job FROM images_jobs WHERE job = ${job}`, (rows) =>
      rows.length === 0 ? Effect.fail(new JobNotFoundError({ job })) : Effect.void
    )
  )

export const resultsOf = (
  job: string,
  from: number
): Stream.Stream<Item, JobNotFoundError | SqlError, SqlClient.SqlClient> => {
  const after = (position: number, id: string) =>
    Effect.flatMap(
      SqlClient.SqlClient,
      (sql) => sql<Row>`
        SELECT id, position, state, request, outcome, billing, round FROM images_items
        WHERE job = ${job} AND outcome IS NOT NULL AND (position > ${position} OR (position = ${position} AND id > ${id}))
        ORDER BY position, id LIMIT ${page}`
    )
  const pages = Stream.paginateChunkEffect({ position: from, id: "" }, ({ id, position }) =>
    Effect.map(after(position, id), (rows) => {
      const items = rows.map(itemOf)
      const last = rows.length < page ? undefined : rows.at(-1)
      return [Chunk.fromIterable(items), Option.fromNullable(last)] as const
    })
  )
  return Stream.unwrap(Effect.as(found(job), pages))
}
