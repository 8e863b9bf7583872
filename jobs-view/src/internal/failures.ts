/** What items failed with, and what to do about it. */
import type * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Errors from "effect-openrouter-images/Errors"
import type { ItemError, JobNotFoundError } from "../../Errors.js"
import { failuresIn, groupsOf } from "../job/failures.js"
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
  Effect.map(groupsOf(job), (groups) =>
    groups.map((group) => ({
      ...failuresIn(group),
      advice: group.error === undefined ? "" : adviceOn(group.error)
    }))
  )
