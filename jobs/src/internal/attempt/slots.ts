/**
 * The slots of a process: how many requests it has under way at once, and how it ends without leaving one half done.
 */
import * as Workflow from "@effect/workflow/Workflow"
import { WorkflowInstance } from "@effect/workflow/WorkflowEngine"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"

export interface Slots {
  /**
   * Runs an effect when a slot is free. When the process is to end it suspends the workflow, to go on elsewhere or
   * later.
   */
  readonly withSlot: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R | WorkflowInstance>
  /** Runs a workflow that `drain` waits for, as it waits for whatever has a slot. */
  readonly track: <A, E, R>(workflow: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R | WorkflowInstance>
  /** Waits and keeps the slot. When the process is to end it suspends the workflow at once. */
  readonly sleep: (duration: Duration.Duration) => Effect.Effect<void, never, WorkflowInstance>
  /**
   * Lets nothing new begin, and waits until each workflow has ended or is suspended, and each slot is free. A workflow
   * that the engine interrupts may end before the call that it has made. When its time is over, calls are abandoned.
   */
  readonly drain: Effect.Effect<void>
  /** Waits until calls under way are to be given up. */
  readonly abandoned: Effect.Effect<void>
}

export const make = (concurrency: number, drainTime: Duration.Duration): Effect.Effect<Slots> =>
  Effect.gen(function* () {
    const slots = yield* Effect.makeSemaphore(concurrency)
    const empty = yield* Effect.makeLatch(true)
    const ending = yield* Effect.makeLatch(false)
    const abandoning = yield* Effect.makeLatch(false)
    let draining = false
    let count = 0
    const unlessDraining = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | WorkflowInstance> =>
      Effect.suspend(
        (): Effect.Effect<A, E, R | WorkflowInstance> =>
          draining ? Effect.flatMap(WorkflowInstance, Workflow.suspend) : effect
      )
    const enter = Effect.suspend(() => {
      count += 1
      return empty.close
    })
    const leave = Effect.suspend(() => {
      count -= 1
      return count === 0 ? empty.open : Effect.void
    })
    const track: Slots["track"] = (effect) =>
      Effect.acquireUseRelease(
        enter,
        () => unlessDraining(effect),
        () => leave
      )
    return {
      withSlot: (effect) => slots.withPermits(1)(track(effect)),
      track,
      sleep: (duration) =>
        Effect.zipRight(Effect.raceFirst(ending.await, Effect.sleep(duration)), unlessDraining(Effect.void)),
      drain: Effect.gen(function* () {
        draining = true
        yield* ending.open
        const timer = yield* Effect.forkDaemon(Effect.interruptible(Effect.delay(abandoning.open, drainTime)))
        yield* empty.await
        yield* Fiber.interrupt(timer)
      }),
      abandoned: abandoning.await
    }
  })
