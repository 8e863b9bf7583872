/** What items failed with, and what to do about it. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Errors from "effect-openrouter-images/Errors"
import type { ItemError, JobNotFoundError } from "../../Errors.js"
import { decodeOutcome } from "../attempts.js"
import { failuresOf } from "../failures.js"
import type { Failures } from "./models.js"

export const adviceOn = (error: ItemError): string => {
  switch (error._tag) {
    case "OutcomeUnknownError":
      return "Look at the account's activity; retryFailed takes it up again with mayPayTwice."
    case "PictureLostError":
      return "Make room in the image store; retryFailed pays for it again with mayPayTwice."
    case "CancelledError":
      return "retryFailed takes it up again."
    default:
      return Errors.advice(error)
  }
}

/** In groups of the same error and billing, the largest first. */
export const causesOf = (
  job: string
): Effect.Effect<ReadonlyArray<Failures>, JobNotFoundError | SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const groups = yield* failuresOf(job)
    return yield* Effect.forEach(groups, (group) =>
      Effect.map(
        sql<{ readonly outcome: string }>`
          SELECT outcome FROM images_items
          WHERE job = ${job} AND state = 'failed' AND error = ${group.tag} AND billing = ${group.billing} LIMIT 1`,
        ([row]): Failures => {
          const outcome = row === undefined ? undefined : decodeOutcome(row.outcome)
          return { ...group, advice: outcome?._tag === "Failed" ? adviceOn(outcome.error) : "" }
        }
      )
    )
  })
