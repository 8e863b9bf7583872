/** When to ask for a record that is not there yet. */
import * as Duration from "effect/Duration"
import * as Schedule from "effect/Schedule"

const longestPause = Duration.minutes(2)

/** After 20 s, then with growing pauses of at most 2 minutes: 9 times within 12 minutes and a half. */
export const untilRecorded: Schedule.Schedule<unknown> = Schedule.exponential("20 seconds", 1.5).pipe(
  Schedule.modifyDelay((_, pause) => Duration.min(pause, longestPause)),
  Schedule.intersect(Schedule.recurs(9))
)
