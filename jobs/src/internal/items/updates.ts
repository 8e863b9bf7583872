/** What the workflow writes into the row of its item. Whoever runs it without a job has no row, and nothing is written. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { ItemError } from "../../Errors.js"
import type { Outcome } from "../../Generation.js"
import { encodeOutcome } from "../attempt/record.js"

export const Decision = Schema.Literal("fail", "retry")
export type Decision = typeof Decision.Type

/** Which item, and which of its rounds. */
export interface ItemKey {
  readonly item: string
  readonly round: number
}

const stateOf = (outcome: Outcome): "done" | "failed" | "cancelled" =>
  outcome._tag === "Made" ? "done" : outcome.error._tag === "CancelledError" ? "cancelled" : "failed"

export type Billing = ItemError["billing"]

const gravity: Readonly<Record<Billing, number>> = { notBilled: 0, billed: 1, unknown: 2 }

/** What two attempts together may have cost. */
export const worse = (one: Billing, other: Billing): Billing => (gravity[other] > gravity[one] ? other : one)

/** The end of an item; `before` is the billing of its attempts but the last. Done again it changes nothing. */
export const finish = (
  { item, round }: ItemKey,
  outcome: Outcome,
  before: Billing
): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* Clock.currentTimeMillis
    const isMade = outcome._tag === "Made"
    const billing = isMade ? "billed" : worse(before, outcome.error.billing)
    yield* sql`
      UPDATE images_items SET
        state = ${stateOf(outcome)},
        outcome = ${encodeOutcome(outcome)},
        error = ${isMade ? null : outcome.error._tag},
        billing = ${billing === "notBilled" ? sql`COALESCE(billing, 'notBilled')` : billing},
        pictures = ${isMade ? outcome.generation.pictures.length : outcome.pictures.length},
        cost_usd = ${isMade ? (outcome.generation.costUsd ?? null) : null},
        finished_at = ${now}, owner = NULL, lease = NULL, decision = NULL
      WHERE id = ${item} AND round = ${round} AND state IN ('running', 'undecided')`
  })

/**
 * The item waits for somebody's decision, and takes no worker's place meanwhile. Done again when the decision is there it changes nothing; one about an earlier
 * attempt, which nobody took away, is none about this.
 */
export const ask = (
  { item, round }: ItemKey,
  attempt: number,
  outcome: Outcome
): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`
      UPDATE images_items SET state = 'undecided', attempt = ${attempt}, decision = NULL, outcome = ${encodeOutcome(outcome)}, owner = NULL, lease = NULL
      WHERE id = ${item} AND round = ${round} AND state = 'running' AND NOT (COALESCE(attempt, 0) = ${attempt} AND decision IS NOT NULL)`
  )

/** The workflow has heard the decision. */
export const heard = ({ item, round }: ItemKey, attempt: number): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`
      UPDATE images_items SET decision = NULL, attempt = NULL, outcome = NULL
      WHERE id = ${item} AND round = ${round} AND attempt = ${attempt} AND state = 'running'`
  )
