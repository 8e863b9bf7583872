/** The two schedules of a policy: its delays, and all that ends the retrying. And the retrying itself. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"

/**
 * A schedule from `exponential`. It ends some time after the first failure; `withFloor` counts that time from the first
 * attempt instead.
 */
interface Limited<In> extends Schedule.Schedule<unknown, In> {
  readonly maxElapsedTime: Duration.Duration
}

const isLimited = <In>(schedule: Schedule.Schedule<unknown, In>): schedule is Limited<In> =>
  "maxElapsedTime" in schedule

/** Growing delays, ended by a number of retries or by a time. */
export const exponential = (options: {
  readonly initialInterval: Duration.DurationInput
  readonly exponent: number
  readonly jitter: boolean
  readonly maxInterval: Duration.Duration
  readonly maxRetries: number
  readonly maxElapsedTime: Duration.Duration
}): Schedule.Schedule<unknown> => {
  const { maxElapsedTime, maxInterval } = options
  const growing = Schedule.exponential(options.initialInterval, options.exponent)
  const schedule = (options.jitter ? Schedule.jittered(growing) : growing).pipe(
    Schedule.modifyDelay((_, delay) => Duration.min(delay, maxInterval)),
    Schedule.intersect(Schedule.recurs(options.maxRetries)),
    Schedule.upTo(maxElapsedTime)
  )
  return Object.assign(schedule, { maxElapsedTime })
}

/**
 * The delays of a schedule, none shorter than what the failure asks for, while `mayRetry` holds. The longest time of an
 * `exponential` schedule counts from the moment this effect runs. Outputs the delays.
 */
export const withFloor = <In>(
  schedule: Schedule.Schedule<unknown, In>,
  floorOf: (failure: In) => Duration.Duration,
  mayRetry: (failure: In) => boolean
): Effect.Effect<Schedule.Schedule<Duration.Duration, In>> =>
  Effect.map(Clock.currentTimeMillis, (start) => {
    const latest = isLimited(schedule) ? start + Duration.toMillis(schedule.maxElapsedTime) : Number.POSITIVE_INFINITY
    return schedule.pipe(
      Schedule.intersect(Schedule.identity<In>()),
      Schedule.modifyDelay(([, failure], delay) => Duration.max(delay, floorOf(failure))),
      Schedule.whileInput(mayRetry),
      Schedule.delays,
      Schedule.checkEffect((_, delay) =>
        Effect.map(Clock.currentTimeMillis, (now) => now + Duration.toMillis(delay) <= latest)
      )
    )
  })

/** Retries an effect as `Effect.retry` does, but prepares for that only when it has failed: most calls never do. */
export const retrying =
  <In, R1>(schedule: Schedule.Schedule<unknown, In, R1>) =>
  <A, E extends In, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | R1> =>
    Effect.catchAll(effect, (failure) => {
      let next: Effect.Effect<A, E, R> = Effect.fail(failure)
      return Effect.retry(
        Effect.suspend(() => {
          const now = next
          next = effect
          return now
        }),
        schedule
      )
    })
