/** Schedules of tests. */
import * as Schedule from "effect/Schedule"

/** Goes on at once, while the failure is as the function says. */
export const whileFailure = <In>(holds: (failure: In) => boolean): Schedule.Schedule<unknown, In> =>
  Schedule.recurWhile(holds)
