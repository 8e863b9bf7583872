/** The two schedules of a policy: its delays, and all that ends the retrying. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { type Growth, isLimited } from "./limited.js"

/** Growing delays, ended by a number of retries or by a time. */
export const exponential = (options: Growth): Schedule.Schedule<unknown> => {
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
