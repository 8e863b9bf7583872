/** Where the attempts of a process wait until the gate lets them through. */
import type { WorkflowInstance } from "@effect/workflow/WorkflowEngine"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Limit } from "./gate.js"
import type { Begun } from "./record.js"
import type { Places } from "./slots.js"

/** What an attempt finds when it need not wait any more. */
export type Admitted = Exclude<Begun, { readonly _tag: "Held" }>

type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

export interface Entrance {
  readonly limit: Limit | undefined
  /** Asks until it is let through. Only the waiting can be interrupted; when the process is about to end it puts the workflow to sleep. */
  readonly pass: <R>(
    ask: Effect.Effect<Begun, never, R>,
    restore: Restore
  ) => Effect.Effect<Admitted, never, R | WorkflowInstance>
}

/** A wait is looked at again after this time, for the job may be cancelled meanwhile. */
const longestWait = 5_000

export const make = (limit: Limit | undefined, places: Places): Effect.Effect<Entrance> =>
  Effect.map(Effect.makeSemaphore(1), (queue): Entrance => {
    const until = <R>(ask: Effect.Effect<Begun, never, R>, restore: Restore) =>
      Effect.gen(function* () {
        const wait = (millis: number) => restore(places.pause(Duration.millis(Math.ceil(millis))))
        // The process may be about to end since it came.
        yield* wait(0)
        for (;;) {
          const next = yield* ask
          if (next._tag !== "Held") return next
          yield* wait(Math.min(next.millis, longestWait))
        }
      })
    return {
      limit,
      pass: (ask, restore) =>
        Effect.gen(function* () {
          const first = yield* ask
          if (first._tag !== "Held") return first
          // One of a process asks the database again and again, the others stand behind it.
          return yield* Effect.acquireUseRelease(
            restore(queue.take(1)),
            () => until(ask, restore),
            () => queue.release(1)
          )
        })
    }
  })
