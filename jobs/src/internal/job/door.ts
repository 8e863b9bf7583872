/**
 * The door of the API. While it is closed, a job is paused: nothing of it is sent but an attempt now and then, which
 * tries the door. So an outage, an invalid key or an empty balance costs no item its attempts.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type { Fragment } from "@effect/sql/Statement"
import * as Effect from "effect/Effect"
import * as Retry from "effect-openrouter-images/Retry"
import type { ItemError } from "../../Errors.js"
import type { Outcome } from "../../Generation.js"
import { currentMillis } from "../database/clock.js"

/**
 * What an outcome says about the door.
 *
 * - `open`: the API answered this request, and may answer others.
 * - `trouble`: the API failed. If half of the last attempts did, the door is closed.
 * - `closed`: nobody is there, or this key may not go in.
 * - `unsaid`: none of these, such as a limit that the retries wait for.
 */
export type Door = "open" | "trouble" | "closed" | "unsaid"

const doorOfStatus = (error: Extract<ItemError, { readonly httpStatus: number }>): Door => {
  const { limitSource, status } = error
  if (status === 401) return "closed"
  if (status === 402) return limitSource === "openrouter_in_flight_budget" ? "unsaid" : "closed"
  if (status === 403) return limitSource?.startsWith("openrouter_") ? "closed" : "open"
  if (status === 408 || status === 429 || Retry.whenInFlight(error)) return "unsaid"
  return status >= 500 ? "trouble" : "open"
}

const doorOfError = (error: ItemError): Door => {
  switch (error._tag) {
    case "ConnectionError":
      return error.phase === "connect" ? "closed" : "trouble"
    case "RequestTimeoutError":
    case "ResponseValidationError":
      return "trouble"
    default:
      return "httpStatus" in error ? doorOfStatus(error) : "unsaid"
  }
}

export const doorOf = (outcome: Outcome): Door => (outcome._tag === "Made" ? "open" : doorOfError(outcome.error))

/** What a person reads about a closed door. */
const reasonOf = (outcome: Outcome): string =>
  outcome._tag === "Made" ? "" : `${outcome.error._tag}: ${outcome.error.message}`.slice(0, 500)

/** For how many milliseconds the door stays closed after a failure, by how often it has been tried. */
const pauseAfterLooks = `CASE
  WHEN paused IS NULL THEN 5000 WHEN looks <= 1 THEN 10000 WHEN looks = 2 THEN 20000 ELSE 30000 END`

/** Each attempt counts a fifth of what all before it do: four failures in a row, or about half of the last ten. */
const weight = 0.2
const tooMuchTrouble = 0.5

type Given = Effect.Effect<void, SqlError, SqlClient.SqlClient>

const close = (job: string, reason: string, begunAt: number): Given =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    yield* sql`
      UPDATE images_jobs SET
        paused = 'outage', pause_reason = ${reason}, trouble = 0,
        paused_at = CASE WHEN paused IS NULL THEN ${now} ELSE paused_at END,
        looks = CASE WHEN paused IS NULL THEN 0 ELSE looks END,
        look_at = ${now} + ${sql.literal(pauseAfterLooks)}
      WHERE job = ${job} AND (paused IS NULL OR (paused = 'outage' AND paused_at <= ${begunAt}))`
  })

/** What a job has whose door is open. */
export const opened = (sql: SqlClient.SqlClient, now: Fragment): Fragment => sql`
  paused = NULL, pause_reason = NULL, paused_at = NULL, look_at = NULL, looks = 0, opened_at = ${now}, trouble = 0`

/** Opens the door, if this attempt was made to try it. Attempts from before the pause say nothing about it. */
const open = (job: string, begunAt: number): Given =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    yield* sql`
      UPDATE images_jobs SET ${opened(sql, now)}
      WHERE job = ${job} AND paused = 'outage' AND paused_at <= ${begunAt}`
    yield* sql`
      UPDATE images_jobs SET trouble = CASE WHEN trouble > 0.01 THEN trouble * ${1 - weight} ELSE 0 END
      WHERE job = ${job}`
  })

const addTrouble = (job: string, reason: string, begunAt: number): Given =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<{ readonly trouble: number; readonly paused: string | null }>`
      UPDATE images_jobs SET trouble = trouble * ${1 - weight} + ${weight} WHERE job = ${job} RETURNING trouble, paused`
    if (row !== undefined && (row.trouble > tooMuchTrouble || row.paused !== null)) yield* close(job, reason, begunAt)
  })

/** What is known of an attempt and its job when it ends. */
export interface Ended {
  readonly begunAt: number
  /** Whether the job is paused or in trouble. Most attempts succeed, and there is nothing to change. */
  readonly isWatched: boolean
}

/** Takes into account how an attempt ended. Within the transaction that ends it. */
export const afterAttempt = (job: string, outcome: Outcome, { begunAt, isWatched }: Ended): Given => {
  switch (doorOf(outcome)) {
    case "open":
      return isWatched ? open(job, begunAt) : Effect.void
    case "closed":
      return close(job, reasonOf(outcome), begunAt)
    case "trouble":
      return addTrouble(job, reasonOf(outcome), begunAt)
    case "unsaid":
      return Effect.void
  }
}

/** An attempt that tries the door has this time. If it is never heard of again, another one tries. */
const lookMillis = 60_000

/** Lets one attempt through a closed door, when it is time to look. Says whether it may go. */
export const tryDoor = (job: string): Effect.Effect<boolean, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    const rows = yield* sql`
      UPDATE images_jobs SET look_at = ${now} + ${lookMillis}, looks = looks + 1
      WHERE job = ${job} AND paused = 'outage' AND look_at <= ${now} RETURNING job`
    return rows.length > 0
  })
