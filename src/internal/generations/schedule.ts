/** When to ask for a record that is not there yet. */
import * as Duration from "effect/Duration"
import * as Schedule from "effect/Schedule"
import { exponential } from "../retry/schedule.js"

/** After 20 s, then with growing pauses of at most 2 minutes: 9 times within 12 minutes and a half. */
export const untilRecorded: Schedule.Schedule<unknown> = exponential({
  initialInterval: "20 seconds",
  exponent: 1.5,
  jitter: false,
  maxInterval: Duration.minutes(2),
  maxRetries: 9,
  maxElapsedTime: Duration.hours(1)
})

/** Then every hour for a day: some records appear only within an hour. */
export const untilNextDay: Schedule.Schedule<unknown> = Schedule.andThen(
  untilRecorded,
  Schedule.intersect(Schedule.spaced("1 hour"), Schedule.recurs(24))
)

/** A store may be away for a while. What was found out is not lost to that. */
export const untilStored = Schedule.union(Schedule.exponential("1 second"), Schedule.spaced("1 minute"))
