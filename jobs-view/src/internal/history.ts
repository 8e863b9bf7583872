/** The history of a job, as the view reads it. */
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import type { JobErrors, Jobs } from "effect-openrouter-images-jobs"

/** The API has checked the options. */
export const readHistory = (
  jobs: Jobs.Service,
  job: string,
  options: Jobs.HistoryOptions = {}
): Effect.Effect<Jobs.History, JobErrors.JobNotFoundError | SqlError> =>
  Effect.catchTag(jobs.history(job, options), "InvalidOptionsError", Effect.die)

const minIntervalMillis = 1_000
const maxIntervalMillis = 5_000

/** How long a history is shown before it is read again: no longer than its last span takes. */
export const historyIntervalMillis = ({ spanMillis }: Jobs.History): number =>
  Math.min(maxIntervalMillis, Math.max(minIntervalMillis, spanMillis))
