/** How a job's money moves. */
import type * as SqlClient from "@effect/sql/SqlClient"
import type { Fragment } from "@effect/sql/Statement"
import { isEmulated } from "effect-openrouter-images/Generations"

/** Of a row of `images_jobs`: adds what a generation cost, and keeps count of what nobody paid. */
export const spend = (
  sql: SqlClient.SqlClient,
  usd: number,
  generationId: string | undefined,
  now: Fragment
): Fragment => {
  const emulated = generationId !== undefined && isEmulated(generationId) ? usd : 0
  return sql`spent_usd = spent_usd + ${usd}, spent_at = ${now}, emulated_usd = emulated_usd + ${emulated}`
}
