// Overlay: a Schedule of Effect 4 looks at its failures by one object that describes the step.
/** Schedules of tests. */
import * as Schedule from "effect/Schedule"

/** Goes on at once, while the failure is as the function says. */
export const whileFailure = <In>(holds: (failure: In) => boolean): Schedule.Schedule<unknown, In> => {
  const forever: Schedule.Schedule<number, In> = Schedule.forever
  return Schedule.while(forever, ({ input }) => holds(input))
}
