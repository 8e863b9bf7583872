/** The questions that are due: who asks them, and what their answers change in the record. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import { currentMillis } from "../database/clock.js"
import { inTransaction } from "../database/transaction.js"
import { spend } from "../job/spending.js"
import { longestPauseMillis, pauseAfter } from "./schedule.js"

type Change = Effect.Effect<void, SqlError, SqlClient.SqlClient>

/** An attempt that a worker has claimed to ask about. */
export interface Question {
  readonly item: string
  readonly round: number
  readonly attempt: number
  readonly generation_id: string | null
  readonly min_usd: number | null
  /** When its billing became unknown; null where it was billed and only its cost is asked for. */
  readonly unknown_at: number | null
  /** Whether its cost is known by now, and only the item is still to be told. */
  readonly settlement: string | null
  readonly asked: number
  /** Until when nobody else gets it. */
  readonly next_ask_at: number
  /** When the first question was asked; for the first one, now. */
  readonly first_asked_at: number
  readonly now: number
}

/** A worker that has not answered for this long has died. It takes longer than any question. */
const leaseMillis = 60_000

/** Claims up to `count` questions that are due. Nobody else gets them before the lease ends. */
export const claim = (count: number): Effect.Effect<ReadonlyArray<Question>, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* currentMillis
    const skip = sql.onDialectOrElse({ pg: () => sql`FOR UPDATE SKIP LOCKED`, orElse: () => sql`` })
    return yield* sql<Question>`
      UPDATE images_attempts SET next_ask_at = ${now} + ${leaseMillis}
      WHERE (item, round, attempt) IN (
        SELECT item, round, attempt FROM images_attempts
        WHERE next_ask_at <= ${now} ORDER BY next_ask_at LIMIT ${count} ${skip}
      )
      RETURNING item, round, attempt, generation_id, min_usd, unknown_at, settlement, asked, next_ask_at,
        COALESCE(first_asked_at, ${now}) AS first_asked_at, ${now} AS now`
  })

const isAbout = (sql: SqlClient.SqlClient, { attempt, item, round }: Question) =>
  sql`item = ${item} AND round = ${round} AND attempt = ${attempt}`

const wasAsked = (sql: SqlClient.SqlClient, { first_asked_at, now }: Question) =>
  sql`asked = asked + 1, asked_at = ${now}, first_asked_at = ${first_asked_at}`

/** Keeps what the attempt may have cost. */
export const quoted = (question: Question, minUsd: number, maxUsd: number): Change =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`
      UPDATE images_attempts SET min_usd = ${minUsd}, max_usd = ${Number.isFinite(maxUsd) ? maxUsd : null}
      WHERE ${isAbout(sql, question)}`
  )

const askAgainAt = (question: Question, pause: number | undefined): Change =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`
      UPDATE images_attempts SET
        ${wasAsked(sql, question)}, next_ask_at = ${pause === undefined ? null : question.now + pause}
      WHERE ${isAbout(sql, question)} AND asked = ${question.asked} AND settlement IS NULL`
  )

/** There is no record yet. It is asked for again, unless there is no hope any more. */
export const notRecorded = (question: Question): Change =>
  askAgainAt(question, pauseAfter(question.now - question.first_asked_at))

/** Nobody answered, which says nothing. It is asked again, however long that may go on. */
export const notAnswered = (question: Question, atLeastMillis: number): Change =>
  askAgainAt(
    question,
    Math.max(pauseAfter(question.now - question.first_asked_at) ?? longestPauseMillis, atLeastMillis)
  )

/**
 * The record says what the attempt cost: the job's money moves, once. What was reserved is replaced; where the attempt
 * was billed and did not say its cost, all of that has been charged already. An answer to the call itself that came
 * meanwhile wins. The question stays claimed until the item has been told.
 */
export const recorded = (question: Question, costUsd: number): Change =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [settled] = yield* sql<{ readonly reserved_usd: number }>`
      UPDATE images_attempts SET
        ${wasAsked(sql, question)}, settlement = ${costUsd > 0 ? "billed" : "notBilled"},
        cost_usd = ${costUsd > 0 ? costUsd : null}
      WHERE ${isAbout(sql, question)} AND settlement IS NULL
      RETURNING reserved_usd`
    if (settled === undefined) return
    const reserved = settled.reserved_usd
    const [charged, freed] = question.unknown_at === null ? [reserved, 0] : [0, reserved]
    yield* sql`
      UPDATE images_jobs SET
        ${spend(sql, costUsd - charged, question.generation_id ?? undefined, yield* currentMillis)},
        reserved_usd = reserved_usd - ${freed}
      WHERE job = (SELECT job FROM images_items WHERE id = ${question.item})`
  }).pipe(inTransaction)

/**
 * Ends the asking where there is nothing to ask any more. An answer to the call itself that came since the question was
 * claimed is still to be told.
 */
export const close = (question: Question): Change =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`
      UPDATE images_attempts SET next_ask_at = NULL
      WHERE ${isAbout(sql, question)} AND next_ask_at = ${question.next_ask_at}
        AND (settlement IS NOT NULL OR generation_id IS NULL)`
  )
