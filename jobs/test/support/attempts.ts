/** The attempts of a job as its workers recorded them. */
import * as SqlClient from "@effect/sql/SqlClient"
import { Effect } from "effect"

export interface RecordedAttempt {
  /** Milliseconds since 1970, by the database's clock: how busy the machine is does not change it. */
  readonly begun: number
  readonly ended: number | null
  readonly succeeded: number | null
}

/** The attempts of a job, in the order in which they began. */
export const attemptsOf = (job: string) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql<RecordedAttempt>`
      SELECT begun_at AS begun, ended_at AS ended, succeeded
      FROM images_attempts attempts JOIN images_items items ON items.id = attempts.item
      WHERE items.job = ${job} ORDER BY begun_at`
  )

/** When the latest cooldown of all workers ends, by the same clock; 0 where there was none. */
export const cooldownUntil = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.map(
    sql<{ readonly until: number }>`SELECT COALESCE(held_until, 0) AS until FROM images_gate`,
    ([row]) => row?.until ?? 0
  )
)
