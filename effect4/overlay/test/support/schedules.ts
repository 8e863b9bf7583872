// Overlay: a Schedule of Effect 4 looks at its failures by one object that describes the step.
/** Schedules of tests. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"

/** Goes on at once, while the failure is as the function says. */
export const whileFailure = <In>(holds: (failure: In) => boolean): Schedule.Schedule<unknown, In> =>
  Schedule.forever.pipe(
    Schedule.satisfiesInputType<In>(),
    Schedule.while(({ input }) => Effect.succeed(holds(input)))
  )
