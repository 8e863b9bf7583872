/** Attempts whose end nobody heard of. From here on they may have been billed, and their records are asked for. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type { Fragment } from "@effect/sql/Statement"
import * as Effect from "effect/Effect"
import { currentMillis } from "../database/clock.js"
import { firstPauseMillis } from "../settlement/schedule.js"
import type { AttemptKey } from "./record.js"

type Given<A> = Effect.Effect<A, SqlError, SqlClient.SqlClient>

/** What an attempt has once its billing is unknown; one that had it before keeps its times. */
const becameUnknown = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const now = yield* currentMillis
  const first = sql`CASE WHEN unknown_at IS NULL THEN ${now} + ${firstPauseMillis} ELSE next_ask_at END`
  return sql`unknown_at = COALESCE(unknown_at, ${now}), next_ask_at = ${first}`
})

const giveUpWhere = (which: (sql: SqlClient.SqlClient) => Fragment): Given<boolean> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql`
      UPDATE images_attempts SET ${yield* becameUnknown} WHERE ${which(sql)} AND outcome IS NULL RETURNING item`
    return rows.length > 0
  })

/** Gives an attempt up that stands open. Says whether it did: its end may have been recorded since. */
export const giveUp = ({ attempt, item, round }: Pick<AttemptKey, "item" | "round" | "attempt">): Given<boolean> =>
  giveUpWhere((sql) => sql`item = ${item} AND round = ${round} AND attempt = ${attempt}`)

/** Gives up all attempts of a round that stand open. */
export const giveUpOpen = ({ item, round }: Pick<AttemptKey, "item" | "round">): Given<boolean> =>
  giveUpWhere((sql) => sql`item = ${item} AND round = ${round}`)
