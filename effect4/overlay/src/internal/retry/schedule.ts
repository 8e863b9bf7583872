// Overlay: the operators of a Schedule of Effect 4 take one object that describes the step.
/** The two schedules of a policy: its delays, and all that ends the retrying. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { type Growth, isLimited } from "./limited.js"

/** Growing delays, ended by a number of retries or by a time. */
export const exponential = (options: Growth): Schedule.Schedule<unknown> => {
  const { maxElapsedTime, maxInterval, maxRetries } = options
  const growing = Schedule.exponential(options.initialInterval, options.exponent)
  const schedule = (options.jitter ? Schedule.jittered(growing) : growing).pipe(
    Schedule.modifyDelay(({ duration }) => Effect.succeed(Duration.min(duration, maxInterval))),
    Schedule.upTo({ times: maxRetries }),
    Schedule.while(({ elapsed }) => elapsed < Duration.toMillis(maxElapsedTime))
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
      Schedule.modifyDelay(({ duration, input }) => Effect.succeed(Duration.max(duration, floorOf(input)))),
      Schedule.map(({ duration }) => Effect.succeed(duration)),
      Schedule.while(({ duration, input, now }) =>
        Effect.succeed(mayRetry(input) && now + Duration.toMillis(duration) <= latest)
      )
    )
  })
