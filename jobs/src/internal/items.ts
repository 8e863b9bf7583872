/** What the workflow writes into the row of its item. Whoever runs it without a job has no row, and nothing is written. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Outcome } from "../Generation.js"
import { encodeOutcome } from "./attempts.js"

export const Decision = Schema.Literal("fail", "retry")
export type Decision = typeof Decision.Type

/** Which item, and which of its rounds. */
export interface ItemKey {
  readonly item: string
  readonly round: number
}

const stateOf = (outcome: Outcome): "done" | "failed" | "cancelled" =>
  outcome._tag === "Made" ? "done" : outcome.error._tag === "CancelledError" ? "cancelled" : "failed"

/** The end of an item. Done again it changes nothing. */
export const finish = (
  { item, round }: ItemKey,
  outcome: Outcome
): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* Clock.currentTimeMillis
    const isMade = outcome._tag === "Made"
    yield* sql`
      UPDATE images_items SET
        state = ${stateOf(outcome)},
        outcome = ${encodeOutcome(outcome)},
        error = ${isMade ? null : outcome.error._tag},
        billing = ${isMade ? "billed" : outcome.error.billing},
        pictures = ${isMade ? outcome.generation.pictures.length : outcome.pictures.length},
        cost_usd = ${isMade ? (outcome.generation.costUsd ?? null) : null},
        finished_at = ${now}, owner = NULL, lease = NULL, decision = NULL
      WHERE id = ${item} AND round = ${round} AND state IN ('running', 'undecided')`
  })

/** The item waits for somebody's decision, and takes no worker's place meanwhile. */
export const ask = (
  { item, round }: ItemKey,
  attempt: number,
  outcome: Outcome
): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`
      UPDATE images_items SET state = 'undecided', attempt = ${attempt}, outcome = ${encodeOutcome(outcome)}, owner = NULL, lease = NULL
      WHERE id = ${item} AND round = ${round} AND state = 'running'`
  )

/** The workflow has heard the decision. */
export const heard = ({ item, round }: ItemKey, attempt: number): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`
      UPDATE images_items SET decision = NULL, attempt = NULL, outcome = NULL
      WHERE id = ${item} AND round = ${round} AND attempt = ${attempt} AND state = 'running'`
  )
