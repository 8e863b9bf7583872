/** What is written into the row of an item. A workflow that runs without a job has no row: nothing is written. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type { Fragment } from "@effect/sql/Statement"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Billing } from "effect-openrouter-images/Errors"
import type { Failed, Made, Outcome } from "../../Generation.js"
import { encodeOutcome } from "../attempt/outcomeText.js"
import { currentMillis } from "../database/clock.js"

/** Which item, and which of its rounds. */
export interface ItemKey {
  readonly item: string
  readonly round: number
}

type Update<A> = Effect.Effect<A, SqlError, SqlClient.SqlClient>

/** What an item has when it has ended: all but its state and its billing. */
const ended = (sql: SqlClient.SqlClient, outcome: Outcome, now: number): Fragment => {
  const isMade = outcome._tag === "Made"
  return sql`
    outcome = ${encodeOutcome(outcome)},
    error = ${isMade ? null : outcome.error._tag},
    pictures = ${isMade ? outcome.generation.pictures.length : outcome.pictures.length},
    cost_usd = ${isMade ? (outcome.generation.costUsd ?? null) : null},
    finished_at = ${now}, owner = NULL, lease = NULL, decision = NULL`
}

/** What is under way has these states. */
const isOpen = (sql: SqlClient.SqlClient, { item, round }: ItemKey): Fragment =>
  sql`id = ${item} AND round = ${round} AND state IN ('running', 'undecided')`

/** Records that an item has its pictures. A second call changes nothing. */
export const finishMade = (key: ItemKey, outcome: Made): Update<void> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* Clock.currentTimeMillis
    yield* sql`
      UPDATE images_items SET state = 'done', billing = 'billed', ${ended(sql, outcome, now)}
      WHERE ${isOpen(sql, key)}`
  })

const stateOf = ({ error }: Failed, billing: Billing): "failed" | "cancelled" | "unsettled" => {
  if (error._tag === "CancelledError") return "cancelled"
  return billing === "unknown" ? "unsettled" : "failed"
}

/**
 * Records that an item has failed, by what is known of it without its record, and gives what it may have cost. A second
 * call changes nothing, and gives nothing.
 */
export const finishFailed = (key: ItemKey, outcome: Failed, billing: Billing): Update<Billing | undefined> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* Clock.currentTimeMillis
    const [row] = yield* sql<{ readonly billing: Billing }>`
      UPDATE images_items SET
        state = ${stateOf(outcome, billing)},
        billing = ${billing === "notBilled" ? sql`COALESCE(billing, 'notBilled')` : billing},
        ${ended(sql, outcome, now)}
      WHERE ${isOpen(sql, key)} RETURNING billing`
    return row?.billing
  })

/** Puts an item back that may not be sent now. Its workflow is suspended: whoever claims it resumes it. */
export const putBack = ({ item, round }: ItemKey): Update<void> =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`
      UPDATE images_items SET state = 'waiting', owner = NULL, lease = NULL
      WHERE id = ${item} AND round = ${round} AND state = 'running'`
  )

/**
 * Why an item is parked. `gone`: nobody is there. `refused`: the API takes nothing from this account. `trouble`: it
 * fails, while its job is paused for that.
 */
export type ParkReason = "gone" | "refused" | "trouble"

/**
 * Parks an item that failed at the door of the API and cost nothing: it is sent again when the door is open. Says
 * whether it was parked. An item that is refused three times while others pass is what the API refuses, and one that
 * has met with trouble in three whole rounds of retries may be what it fails at: these are not parked again.
 */
export const park = ({ item, round }: ItemKey, reason: ParkReason): Update<boolean> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    const rules: Record<ParkReason, { readonly counted: Fragment; readonly may: Fragment }> = {
      gone: { counted: sql`0`, may: sql`` },
      refused: { counted: sql`CASE WHEN parked_at < jobs.opened_at THEN 1 ELSE 0 END`, may: sql`AND parks < 3` },
      trouble: { counted: sql`1`, may: sql`AND parks < 2 AND jobs.paused IS NOT NULL` }
    }
    const { counted, may } = rules[reason]
    const rows = yield* sql`
      UPDATE images_items SET
        ${startedAgain(sql)}, owner = NULL, lease = NULL, parked_at = ${now}, parks = parks + ${counted}
      FROM images_jobs jobs
      WHERE jobs.job = images_items.job AND jobs.cancelled = 0 ${may}
        AND id = ${item} AND round = ${round} AND state = 'running'
      RETURNING id`
    return rows.length > 0
  })

/** Gives an item the pictures that came after all, whatever had become of it. */
export const finishLate = (item: string, outcome: Made): Update<void> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* Clock.currentTimeMillis
    yield* sql`
      UPDATE images_items SET state = 'done', billing = 'billed', ${ended(sql, outcome, now)} WHERE id = ${item}`
  })

/** Lets an item fail that waited to be settled. */
export const fail = (item: string): Update<void> =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`UPDATE images_items SET state = 'failed' WHERE id = ${item} AND state = 'unsettled'`
  )

/** What an item has that is started again. What it may have cost stays with it. */
export const startedAgain = (sql: SqlClient.SqlClient): Fragment => sql`
  state = 'waiting', round = round + 1, claims = 0, outcome = NULL, error = NULL, pictures = 0, cost_usd = NULL,
  finished_at = NULL, swept = 0, attempt = NULL, decision = NULL`

/** Starts an item again that has ended. Its job has something open again. */
export const startAgain = (item: string): Update<void> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<{ readonly job: string }>`
      UPDATE images_items SET ${startedAgain(sql)} WHERE id = ${item} AND state IN ('failed', 'unsettled')
      RETURNING job`
    if (row !== undefined) yield* sql`UPDATE images_jobs SET ended_at = NULL WHERE job = ${row.job}`
  })

/**
 * Has the item wait for a decision, and takes it from its worker. A second call, when the decision is there, changes
 * nothing. A decision about an earlier attempt that nobody cleared does not count for this one.
 */
export const markUndecided = ({ item, round }: ItemKey, attempt: number, outcome: Outcome): Update<void> =>
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
export const clearDecision = ({ item, round }: ItemKey, attempt: number): Update<void> =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`
      UPDATE images_items SET decision = NULL, attempt = NULL, outcome = NULL
      WHERE id = ${item} AND round = ${round} AND attempt = ${attempt} AND state = 'running'`
  )

/** Decides about all items of a job that wait for it, or those with one error; gives how many they are. */
export const decideAll = (job: string, decision: "fail" | "retry", tag: string | undefined): Update<number> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => {
    // The error of an item that waits stands in its outcome alone.
    const ofTag = tag === undefined ? sql`` : sql`AND outcome LIKE ${`%"error":{%"_tag":"${tag}"%`}`
    return Effect.map(
      sql`UPDATE images_items SET decision = ${decision}
        WHERE job = ${job} AND state = 'undecided' AND decision IS NULL ${ofTag} RETURNING id`,
      (rows) => rows.length
    )
  })

/** Decides about an item that waits for it; says whether it did. */
export const decide = (item: string, decision: "fail" | "retry"): Update<boolean> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql`UPDATE images_items SET decision = ${decision}
        WHERE id = ${item} AND state = 'undecided' AND decision IS NULL RETURNING id`,
      (rows) => rows.length > 0
    )
  )
