/** The tables of the jobs, and a layer that creates them or brings them up to date. */
import * as Migrator from "@effect/sql/Migrator"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { addCounts } from "./migrations/counts.js"
import { addEmulated } from "./migrations/emulated.js"
import { addEvents } from "./migrations/events.js"
import { addHistory } from "./migrations/history.js"
import { createJobs } from "./migrations/jobs.js"
import { addLines } from "./migrations/lines.js"
import { addPauses } from "./migrations/pauses.js"
import { addRemovals } from "./migrations/removals.js"
import { addSettlements } from "./migrations/settlements.js"
import { addSubmissions } from "./migrations/submissions.js"
import { addWorkers } from "./migrations/workers.js"

/** Each is made once, in this order, and never changes afterwards. They only add, so that a running worker goes on. */
export const migrations = {
  "1_jobs": createJobs,
  "2_settlements": addSettlements,
  "3_workers": addWorkers,
  "4_counts": addCounts,
  "5_pauses": addPauses,
  "6_removals": addRemovals,
  "7_submissions": addSubmissions,
  "8_events": addEvents,
  "9_history": addHistory,
  "10_emulated": addEmulated,
  "11_lines": addLines
} as const

const table = "images_jobs_migrations"
const latest = Object.keys(migrations).length

const migrate = Migrator.make({})({ loader: Migrator.fromRecord(migrations), table })

/** A database of a newer version: nobody knows what this one would do to it. */
const refuseNewer = (step: number) =>
  Effect.dieMessage(
    `This database belongs to a newer version of effect-openrouter-images-jobs: its tables are at step ${step}, and ` +
      `this version knows ${latest}. Update this program.`
  )

const readStep: Effect.Effect<number, SqlError, SqlClient.SqlClient> = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.map(
    sql<{ readonly step: number | null }>`SELECT MAX(migration_id) AS step FROM ${sql(table)}`,
    ([row]) => row?.step ?? 0
  )
)

/** A database that was restored elsewhere counts its transactions anew: those of the past come before all others. */
const forgetFuture: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql.onDialectOrElse({
    pg: () => {
      const next = sql`CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT)`
      return Effect.zipRight(
        sql`UPDATE images_events SET tx = 0 WHERE tx > ${next}`,
        Effect.asVoid(sql`UPDATE images_consumers SET tx = 0 WHERE tx > ${next}`)
      )
    },
    orElse: () => Effect.void
  })
)

/**
 * A constant, so that all who need the tables share one run. When workers start together only one can create the
 * tables; the others try again and find them.
 */
export const layer: Layer.Layer<never, never, SqlClient.SqlClient> = Layer.effectDiscard(
  migrate.pipe(
    Effect.sandbox,
    Effect.retry(Schedule.intersect(Schedule.spaced("500 millis"), Schedule.recurs(20))),
    Effect.zipRight(readStep),
    Effect.orDie,
    Effect.filterOrElse((step) => step <= latest, refuseNewer),
    Effect.zipRight(Effect.orDie(forgetFuture))
  )
)
