/** Where the attempts of a process wait until the gate lets them through. */
import type { WorkflowInstance } from "@effect/workflow/WorkflowEngine"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Limit } from "./gate.js"
import type { BeginResult } from "./record.js"
import type { Slots } from "./slots.js"

/** What an attempt finds when it need not wait any more. */
export type Admitted = Exclude<BeginResult, { readonly _tag: "Wait" }>

type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

export interface Admission {
  readonly limit: Limit | undefined
  /** Waits until the process ends and has no more time for calls under way. */
  readonly abandoned: Effect.Effect<void>
  /**
   * Repeats `begin` until it need not wait. Only the waiting can be interrupted. When the process is to end it suspends
   * the workflow.
   */
  readonly admit: <R>(
    begin: Effect.Effect<BeginResult, never, R>,
    restore: Restore
  ) => Effect.Effect<Admitted, never, R | WorkflowInstance>
}

/** The longest wait before the next try: the job may be cancelled meanwhile. */
const maxWaitMillis = 5_000

export const make = (limit: Limit | undefined, slots: Slots): Effect.Effect<Admission> =>
  Effect.map(Effect.makeSemaphore(1), (queue): Admission => {
    const repeat = <R>(begin: Effect.Effect<BeginResult, never, R>, restore: Restore) =>
      Effect.gen(function* () {
        const wait = (millis: number) => restore(slots.sleep(Duration.millis(Math.ceil(millis))))
        // The process may have been told to end while this attempt was in the queue.
        yield* wait(0)
        for (;;) {
          const result = yield* begin
          if (result._tag !== "Wait") return result
          yield* wait(Math.min(result.millis, maxWaitMillis))
        }
      })
    return {
      limit,
      abandoned: slots.abandoned,
      admit: (begin, restore) =>
        Effect.gen(function* () {
          const first = yield* begin
          if (first._tag !== "Wait") return first
          // Of all attempts of a process that wait, one asks the database again and again.
          return yield* Effect.acquireUseRelease(
            restore(queue.take(1)),
            () => repeat(begin, restore),
            () => queue.release(1)
          )
        })
    }
  })
