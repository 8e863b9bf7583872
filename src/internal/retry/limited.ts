/** Schedules that end after some time. */
import type * as Duration from "effect/Duration"
import type * as Schedule from "effect/Schedule"

/**
 * A schedule from `exponential`. It ends some time after the first failure; `withFloor` counts that time from the first
 * attempt instead.
 */
export interface Limited<In> extends Schedule.Schedule<unknown, In> {
  readonly maxElapsedTime: Duration.Duration
}

export const isLimited = <In>(schedule: Schedule.Schedule<unknown, In>): schedule is Limited<In> =>
  "maxElapsedTime" in schedule

/** How `exponential` delays. */
export interface Growth {
  readonly initialInterval: Duration.DurationInput
  readonly exponent: number
  readonly jitter: boolean
  readonly maxInterval: Duration.Duration
  readonly maxRetries: number
  readonly maxElapsedTime: Duration.Duration
}
