/** The record of every attempt: written before anything is sent, and again when its outcome is known. The job's money is moved in the same transactions. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Outcome } from "../../Generation.js"
import * as Gate from "./gate.js"

/** Which attempt at which item. `round` counts how often the item was taken up again. */
export interface AttemptKey {
  readonly job: string
  readonly item: string
  readonly round: number
  readonly attempt: number
  /** Who asks: an answer of the database that was lost on the way must not make the one who asks again a second one. */
  readonly token: string
}

/** What an attempt finds when it wants to begin. */
export type Begun = Data.TaggedEnum<{
  /** It is the first to be here, and what it may cost is set aside: it may send. */
  Fresh: object
  /** It was here before, to the end. */
  Ended: { readonly outcome: Outcome }
  /** It was here before and its end was not recorded; `beats` grow for as long as somebody works at it. */
  Open: { readonly begunAt: number; readonly beats: number }
  Cancelled: object
  /** The gate is closed for so long; nothing was written. */
  Held: { readonly millis: number }
  /** The job has got a limit since the attempt was told that it has none. */
  Unquoted: object
  OverBudget: { readonly limitUsd: number; readonly spentUsd: number; readonly reservedUsd: number }
}>
export const Begun = Data.taggedEnum<Begun>()

const OutcomeText = Schema.parseJson(Outcome)
export const encodeOutcome: (outcome: Outcome) => string = Schema.encodeSync(OutcomeText)
export const decodeOutcome: (text: string) => Outcome = Schema.decodeSync(OutcomeText)

interface Before {
  readonly token: string
  readonly begun_at: number
  readonly beats: number
  readonly outcome: string | null
}

/** The gate, the job, and the attempt where it was begun. */
type BeginRow = Gate.Row & { readonly cancelled: number | null } & (Before | { readonly [name in keyof Before]: null })

interface JobRow {
  readonly cancelled: number
  readonly limit_usd: number | null
  readonly spent_usd: number
  readonly reserved_usd: number
}

/** Sums of decimal fractions are not exact. */
const epsilon = 1e-9

/** What a job may still spend; none where it has no limit. */
export const limitOf = (job: string): Effect.Effect<number | undefined, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql<{ readonly limit_usd: number | null }>`SELECT limit_usd FROM images_jobs WHERE job = ${job}`,
      ([row]) => row?.limit_usd ?? undefined
    )
  )

/** The first to ask may send; everybody after it learns what is known of the attempt. There is no quote where the job had no limit. */
export const begin = (
  { attempt, item, job, round, token }: AttemptKey,
  quoteUsd: number | undefined,
  limit: Gate.Limit | undefined
): Effect.Effect<Begun, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* Gate.now
    const reserve = quoteUsd ?? 0
    const isQuoted = quoteUsd === undefined ? 0 : 1
    const [before] = yield* sql<BeginRow>`
      SELECT gate.held_until, ${now} AS now, jobs.cancelled, attempts.begun_at, attempts.token, attempts.beats, attempts.outcome
      FROM images_gate gate
      LEFT JOIN images_jobs jobs ON jobs.job = ${job}
      LEFT JOIN images_attempts attempts ON attempts.item = ${item} AND attempts.round = ${round} AND attempts.attempt = ${attempt}
      ${Gate.lockFor(sql, limit)}`
    if (before === undefined) return yield* Effect.dieMessage("the row of images_gate is gone")
    if (before.token !== null) {
      if (before.outcome !== null) return Begun.Ended({ outcome: decodeOutcome(before.outcome) })
      return before.token === token ? Begun.Fresh() : Begun.Open({ begunAt: before.begun_at, beats: before.beats })
    }
    if (before.cancelled === 1) return Begun.Cancelled()
    const millis = yield* Gate.closedFor(before, limit)
    if (millis > 0) return Begun.Held({ millis })
    // The row is locked by its change, so that no other reservation comes between the question and the answer.
    const reserved = yield* sql`
      UPDATE images_jobs SET reserved_usd = reserved_usd + ${reserve}
      WHERE job = ${job} AND cancelled = 0
        AND (limit_usd IS NULL OR (${isQuoted} = 1 AND spent_usd + reserved_usd + ${reserve} <= limit_usd + ${epsilon}))
      RETURNING job`
    if (reserved.length === 0) {
      const [row] = yield* sql<JobRow>`
        SELECT cancelled, limit_usd, spent_usd, reserved_usd FROM images_jobs WHERE job = ${job}`
      if (row !== undefined) {
        if (row.cancelled !== 0) return Begun.Cancelled()
        if (quoteUsd === undefined) return Begun.Unquoted()
        return Begun.OverBudget({
          limitUsd: row.limit_usd ?? 0,
          spentUsd: row.spent_usd,
          reservedUsd: row.reserved_usd
        })
      }
    }
    yield* sql`
      INSERT INTO images_attempts (item, round, attempt, token, begun_at, beats, reserved_usd)
      VALUES (${item}, ${round}, ${attempt}, ${token}, ${now}, 0, ${reserve})`
    return Begun.Fresh()
  }).pipe((all) => Effect.flatMap(SqlClient.SqlClient, (sql) => sql.withTransaction(all)))

/** Says that somebody works at it. */
export const beat = ({ attempt, item, round }: AttemptKey): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`
      UPDATE images_attempts SET beats = beats + 1 WHERE item = ${item} AND round = ${round} AND attempt = ${attempt}`
  )

/** What an outcome cost: nothing, a sum, or what was set aside (`all`); `open` leaves that where it is. */
const chargeOf = (outcome: Outcome): number | "all" | "open" => {
  if (outcome._tag === "Made") return outcome.generation.costUsd ?? "all"
  const { billing } = outcome.error
  return billing === "notBilled" ? 0 : billing === "billed" ? "all" : "open"
}

/** Records the outcome, once, and that everybody is to wait where it says so. */
export const end = (
  { attempt, item, job, round }: AttemptKey,
  outcome: Outcome
): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const now = yield* Gate.now
    const [ended] = yield* sql<{ readonly reserved_usd: number }>`
      UPDATE images_attempts SET outcome = ${encodeOutcome(outcome)}, ended_at = ${now}, succeeded = ${outcome._tag === "Made" ? 1 : 0}
      WHERE item = ${item} AND round = ${round} AND attempt = ${attempt} AND outcome IS NULL
      RETURNING reserved_usd`
    if (ended === undefined) return
    yield* Gate.hold(outcome)
    const charge = chargeOf(outcome)
    if (charge === "open") return
    const paid = charge === "all" ? ended.reserved_usd : charge
    yield* sql`
      UPDATE images_jobs SET spent_usd = spent_usd + ${paid}, reserved_usd = reserved_usd - ${ended.reserved_usd}
      WHERE job = ${job}`
  }).pipe((all) => Effect.flatMap(SqlClient.SqlClient, (sql) => sql.withTransaction(all)))

/** How long it took, in milliseconds, where its end is recorded. */
export const lasted = ({
  attempt,
  item,
  round
}: Pick<AttemptKey, "item" | "round" | "attempt">): Effect.Effect<number, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql<{ readonly millis: number | null }>`
        SELECT ended_at - begun_at AS millis FROM images_attempts WHERE item = ${item} AND round = ${round} AND attempt = ${attempt}`,
      ([row]) => Math.max(0, row?.millis ?? 0)
    )
  )

/** What the attempts at an item came to in the end, in whichever round, where one of them made the pictures after all. */
export const madeOf = (item: string): Effect.Effect<Outcome | undefined, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql<{ readonly outcome: string }>`
        SELECT outcome FROM images_attempts WHERE item = ${item} AND outcome IS NOT NULL`,
      (rows) => rows.map(({ outcome }) => decodeOutcome(outcome)).find(({ _tag }) => _tag === "Made")
    )
  )
