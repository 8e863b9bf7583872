/**
 * What a workflow writes into the row of its item. A workflow that runs without a job has no row: nothing is written.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Billing } from "effect-openrouter-images/Errors"
import type { Outcome } from "../../Generation.js"
import { encodeOutcome } from "../attempt/record.js"

/** Which item, and which of its rounds. */
export interface ItemKey {
  readonly item: string
  readonly round: number
}

const stateOf = (outcome: Outcome): "done" | "failed" | "cancelled" =>
  outcome._tag === "Made" ? "done" : outcome.error._tag === "CancelledError" ? "cancelled" : "failed"

const gravity: Readonly<Record<Billing, number>> = { notBilled: 0, billed: 1, unknown: 2 }

/** The billing of two attempts together. */
export const worseBilling = (one: Billing, other: Billing): Billing => (gravity[other] > gravity[one] ? other : one)

/** Records how an item ended. `earlier` is the billing of its attempts but the last. A second call changes nothing. */
export const finish = (
  { item, round }: ItemKey,
  outcome: Outcome,
  earlier: Billing
): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* Clock.currentTimeMillis
    const isMade = outcome._tag === "Made"
    const billing = isMade ? "billed" : worseBilling(earlier, outcome.error.billing)
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
 * Has the item wait for a decision, and takes it from its worker. A second call, when the decision is there, changes
 * nothing. A decision about an earlier attempt that nobody cleared does not count for this one.
 */
export const askForDecision = (
  { item, round }: ItemKey,
  attempt: number,
  outcome: Outcome
): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`
      UPDATE images_items SET
        state = 'undecided', attempt = ${attempt}, decision = NULL, outcome = ${encodeOutcome(outcome)},
        owner = NULL, lease = NULL
      WHERE id = ${item} AND round = ${round} AND state = 'running'
        AND NOT (COALESCE(attempt, 0) = ${attempt} AND decision IS NOT NULL)`
  )

/** Clears a decision that the workflow has received. */
export const clearDecision = (
  { item, round }: ItemKey,
  attempt: number
): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`
      UPDATE images_items SET decision = NULL, attempt = NULL, outcome = NULL
      WHERE id = ${item} AND round = ${round} AND attempt = ${attempt} AND state = 'running'`
  )
