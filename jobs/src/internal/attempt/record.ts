/**
 * The record of every attempt. It is written before anything is sent, and again when the outcome is known; the job's
 * money moves in the same transactions.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Outcome } from "../../Generation.js"
import { currentMillis } from "../database/clock.js"
import { inTransaction } from "../database/transaction.js"
import * as Door from "../job/door.js"
import { askJob, Refusal } from "../job/permission.js"
import { spend } from "../job/spending.js"
import { firstPauseMillis } from "../settlement/schedule.js"
import * as Gate from "./gate.js"
import { decodeOutcome, encodeOutcome } from "./outcomeText.js"

/** Which attempt at which item. `round` counts how often the item was started again. */
export interface AttemptKey {
  readonly job: string
  readonly item: string
  readonly round: number
  readonly attempt: number
  /**
   * Who asks. When the database's answer to `begin` is lost, the same token asks again and is not taken for a second
   * worker.
   */
  readonly token: string
  /** The worker that asks. */
  readonly worker: string
}

/** What an attempt finds when it wants to begin, where its job does not refuse it. */
type Found = Data.TaggedEnum<{
  /** It is recorded now, and its cost is reserved: it may send. */
  Fresh: object
  /** It was begun before, and ended. */
  Ended: { readonly outcome: Outcome }
  /** It was begun before and its end is not recorded. Its worker has not been heard for so long. */
  Open: { readonly begunAt: number; readonly silentMillis: number; readonly generationId: string | undefined }
  /** Its deadline has passed. */
  TooLate: { readonly deadlineAt: number }
  /** The gate is closed for so long. Nothing was written. */
  Wait: { readonly millis: number }
}>
const Found = Data.taggedEnum<Found>()

export type BeginResult = Found | Refusal

/** What a request may cost, in US dollars. */
export interface Bounds {
  readonly minUsd: number
  readonly maxUsd: number
}

interface AttemptRow {
  readonly token: string
  readonly begun_at: number
  readonly generation_id: string | null
  readonly outcome: string | null
}

/** The gate, the job, and the attempt where it was begun. */
type BeginRow = Gate.GateRow & {
  readonly cancelled: number | null
  readonly heard_at: number | null
  readonly deadline_at: number | null
  readonly first_round: number | null
} & (AttemptRow | { readonly [name in keyof AttemptRow]: null })

/** What a job may cost; nothing where it has no limit. */
export const findLimit = (job: string): Effect.Effect<number | undefined, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql<{ readonly limit_usd: number | null }>`SELECT limit_usd FROM images_jobs WHERE job = ${job}`,
      ([row]) => row?.limit_usd ?? undefined
    )
  )

/**
 * Begins an attempt. The first to ask may send; everybody after it learns what is known of the attempt. There is no
 * quote where the job had no limit.
 */
export const begin = (
  { attempt, item, job, round, token, worker }: AttemptKey,
  quote: Bounds | undefined,
  limit: Gate.Limit | undefined
): Effect.Effect<BeginResult, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    const [before] = yield* sql<BeginRow>`
      SELECT gate.held_until, ${now} AS now, jobs.cancelled, jobs.first_round,
        attempts.begun_at, attempts.token, attempts.generation_id, attempts.outcome, workers.heard_at,
        items.deadline_at
      FROM images_gate gate
      LEFT JOIN images_jobs jobs ON jobs.job = ${job}
      LEFT JOIN images_attempts attempts
        ON attempts.item = ${item} AND attempts.round = ${round} AND attempts.attempt = ${attempt}
      LEFT JOIN images_workers workers ON workers.worker = attempts.worker
      LEFT JOIN images_items items ON items.id = ${item}
      ${Gate.lockFor(sql, limit)}`
    if (before === undefined) return yield* Effect.dieMessage("the row of images_gate is gone")
    if (before.token !== null) {
      if (before.outcome !== null) return Found.Ended({ outcome: decodeOutcome(before.outcome) })
      return before.token === token
        ? Found.Fresh()
        : Found.Open({
            begunAt: before.begun_at,
            silentMillis: before.now - (before.heard_at ?? before.begun_at),
            generationId: before.generation_id ?? undefined
          })
    }
    // A job that was removed may have a successor of the same name, with rounds of its own.
    if (before.cancelled === 1 || round < (before.first_round ?? 0)) return Refusal.Cancelled()
    const { deadline_at: deadlineAt } = before
    if (deadlineAt !== null && deadlineAt < before.now) return Found.TooLate({ deadlineAt })
    const millis = yield* Gate.waitMillis(before, limit)
    if (millis > 0) return Found.Wait({ millis })
    const refusal = yield* askJob(job, quote?.maxUsd)
    if (refusal !== undefined) return refusal
    yield* sql`
      INSERT INTO images_attempts (
        item, round, attempt, token, worker, begun_at, beats, reserved_usd, min_usd, max_usd
      ) VALUES (
        ${item}, ${round}, ${attempt}, ${token}, ${worker}, ${now}, 0, ${quote?.maxUsd ?? 0},
        ${quote?.minUsd ?? null}, ${quote?.maxUsd ?? null}
      )`
    return Found.Fresh()
  }).pipe(inTransaction)

/** Whether an attempt is on record. */
export const isBegun = ({ attempt, item, round }: AttemptKey): Effect.Effect<boolean, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql`SELECT item FROM images_attempts WHERE item = ${item} AND round = ${round} AND attempt = ${attempt}`,
      (rows) => rows.length > 0
    )
  )

/** What an outcome cost: a sum, or all that was reserved. `open` keeps the reservation. */
const chargeOf = (outcome: Outcome): number | "all" | "open" => {
  if (outcome._tag === "Made") return outcome.generation.costUsd ?? "all"
  const { billing } = outcome.error
  if (outcome.error._tag === "PictureLostError" && outcome.error.costUsd !== undefined) return outcome.error.costUsd
  return billing === "notBilled" ? 0 : billing === "billed" ? "all" : "open"
}

/**
 * What an outcome makes of the settlement. One whose billing is unknown is asked about from now on, for its cost or at
 * least for its quote. So is one that was billed and does not say its cost. Any other ends the asking; if it comes
 * after the attempt was given up, the item is told at once.
 */
const settlementAfter = (outcome: Outcome, generationId: string | undefined) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    const first = sql`${now} + ${firstPauseMillis}`
    const charge = chargeOf(outcome)
    return charge === "open"
      ? sql`
        unknown_at = COALESCE(unknown_at, ${now}),
        next_ask_at = CASE WHEN settlement IS NULL THEN COALESCE(next_ask_at, ${first}) ELSE next_ask_at END`
      : sql`
        settlement = CASE WHEN unknown_at IS NULL THEN settlement ELSE COALESCE(settlement, 'answered') END,
        next_ask_at = CASE
          WHEN unknown_at IS NOT NULL THEN ${now}
          ELSE ${charge === "all" && generationId !== undefined ? first : null}
        END`
  })

/** What the transaction that ends an attempt finds. */
interface EndedRow {
  readonly reserved_usd: number
  readonly settlement: "billed" | "notBilled" | "answered" | null
  readonly begun_at: number
  /** Whether the job is paused or in trouble. */
  readonly is_watched: number | null
}

/** What an outcome moves in a job's money. A settlement that was there before has moved some of it already. */
const paymentOf = (outcome: Outcome, { reserved_usd: reserved, settlement }: EndedRow) => {
  const charge = chargeOf(outcome)
  if (charge === "open" || settlement === "billed") return undefined
  return { paid: charge === "all" ? reserved : charge, freed: settlement === "notBilled" ? 0 : reserved }
}

/**
 * Records the outcome, once, and starts a cooldown where it asks for one. `generationId` is that of the generation
 * which the outcome is about.
 */
export const end = (
  { attempt, item, job, round }: AttemptKey,
  outcome: Outcome,
  generationId: string | undefined
): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    const [ended] = yield* sql<EndedRow>`
      UPDATE images_attempts SET
        outcome = ${encodeOutcome(outcome)}, ended_at = ${now}, succeeded = ${outcome._tag === "Made" ? 1 : 0},
        generation_id = ${generationId ?? null}, ${yield* settlementAfter(outcome, generationId)}
      WHERE item = ${item} AND round = ${round} AND attempt = ${attempt} AND outcome IS NULL
      RETURNING reserved_usd, settlement, begun_at, (
        SELECT CASE WHEN paused IS NOT NULL OR trouble > 0 THEN 1 ELSE 0 END FROM images_jobs WHERE job = ${job}
      ) AS is_watched`
    if (ended === undefined) return
    yield* Gate.startCooldown(outcome)
    yield* Door.afterAttempt(job, outcome, { begunAt: ended.begun_at, isWatched: ended.is_watched === 1 })
    const payment = paymentOf(outcome, ended)
    if (payment === undefined) return
    yield* sql`
      UPDATE images_jobs SET
        ${spend(sql, payment.paid, generationId, now)}, reserved_usd = reserved_usd - ${payment.freed}
      WHERE job = ${job}`
  }).pipe(inTransaction)

/** How long an attempt took, in milliseconds; 0 where its end is not recorded. */
export const readDuration = ({
  attempt,
  item,
  round
}: Pick<AttemptKey, "item" | "round" | "attempt">): Effect.Effect<number, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql<{ readonly millis: number | null }>`
        SELECT ended_at - begun_at AS millis FROM images_attempts
        WHERE item = ${item} AND round = ${round} AND attempt = ${attempt}`,
      ([row]) => Math.max(0, row?.millis ?? 0)
    )
  )
