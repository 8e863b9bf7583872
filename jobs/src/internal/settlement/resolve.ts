/** Brings the row of an item in line with the record of its attempts. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import type { Billing } from "effect-openrouter-images/Errors"
import { decodeOutcome } from "../attempt/outcomeText.js"
import * as Item from "../items/updates.js"
import { type Attempt, billingOfAll, settledCost, type Verdict, verdictOn } from "./verdict.js"

interface ItemRow {
  readonly job: string
  readonly state: string
  readonly round: number
  readonly billing: Billing | null
}

interface AttemptRow {
  readonly round: number
  readonly outcome: string | null
  readonly unknown_at: number | null
  readonly settlement: Attempt["settlement"]
  readonly cost_usd: number | null
  readonly generation_id: string | null
  readonly next_ask_at: number | null
  readonly first_asked_at: number | null
  readonly asked_at: number | null
}

const attemptOf = (row: AttemptRow): Attempt => ({
  round: row.round,
  outcome: row.outcome === null ? undefined : decodeOutcome(row.outcome),
  wasUnknown: row.unknown_at !== null,
  settlement: row.settlement,
  costUsd: row.cost_usd ?? undefined,
  isAwaited:
    row.unknown_at !== null && row.settlement === null && row.generation_id !== null && row.next_ask_at !== null,
  askedForMillis: (row.asked_at ?? 0) - (row.first_asked_at ?? 0)
})

/**
 * Locks an item until the end of the transaction, and gives what stands in its row. It is an update, because SQLite
 * refuses to write after it has read what another process has changed since.
 */
const lockItem = (item: string): Effect.Effect<ItemRow | undefined, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql<ItemRow>`UPDATE images_items SET billing = billing WHERE id = ${item} RETURNING job, state, round, billing`,
      ([row]) => row
    )
  )

const readAttempts = (item: string): Effect.Effect<ReadonlyArray<Attempt>, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql<AttemptRow>`
        SELECT round, outcome, unknown_at, settlement, cost_usd, generation_id, next_ask_at, first_asked_at, asked_at
        FROM images_attempts WHERE item = ${item} ORDER BY round, attempt`,
      (rows) => rows.map(attemptOf)
    )
  )

const isCancelled = (job: string): Effect.Effect<boolean, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(sql`SELECT job FROM images_jobs WHERE job = ${job} AND cancelled <> 0`, (rows) => rows.length > 0)
  )

/** Carries a verdict out. */
const apply = (
  item: string,
  { state }: ItemRow,
  verdict: Verdict
): Effect.Effect<unknown, SqlError, SqlClient.SqlClient> => {
  const isUndecided = state === "undecided"
  switch (verdict._tag) {
    case "Stay":
      return Effect.void
    case "Finish":
      return Item.finishLate(item, verdict.made)
    case "SendAgain":
      return isUndecided ? Item.decide(item, "retry") : Item.startAgain(item)
    case "Fail":
      return isUndecided ? Item.decide(item, "fail") : Item.fail(item)
  }
}

/**
 * Makes of an item what the record of its attempts says: done, sent again, failed, or none of these yet. Says which.
 * Within a transaction. A second call changes nothing.
 */
export const resolve = (item: string): Effect.Effect<Verdict["_tag"], SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const row = yield* lockItem(item)
    if (row === undefined || row.state === "done") return "Stay"
    const attempts = yield* readAttempts(item)
    const billing = billingOfAll(attempts) ?? row.billing
    yield* sql`
      UPDATE images_items SET billing = ${billing}, cost_usd = ${settledCost(attempts) ?? null} WHERE id = ${item}`
    const verdict = verdictOn({ ...row, isJobCancelled: yield* isCancelled(row.job) }, attempts)
    yield* apply(item, row, verdict)
    return verdict._tag
  })
