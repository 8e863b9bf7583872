/** The places of a process: how many requests are under way at once, and how it comes to an end without leaving one half done. */
import * as Workflow from "@effect/workflow/Workflow"
import { WorkflowInstance } from "@effect/workflow/WorkflowEngine"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

export interface Places {
  /** Runs when there is a place. When the process is about to end the workflow is put to sleep instead, to go on elsewhere or later. */
  readonly within: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R | WorkflowInstance>
  /** A workflow for as long as it is awake in this process. */
  readonly awake: <A, E, R>(workflow: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R | WorkflowInstance>
  /** Waits within a place; when the process is about to end the workflow is put to sleep at once. */
  readonly pause: (duration: Duration.Duration) => Effect.Effect<void, never, WorkflowInstance>
  /** No workflow begins anything new; done when each is asleep or has ended. */
  readonly drain: Effect.Effect<void>
}

export const make = (concurrency: number): Effect.Effect<Places> =>
  Effect.gen(function* () {
    const places = yield* Effect.makeSemaphore(concurrency)
    const empty = yield* Effect.makeLatch(true)
    const ending = yield* Effect.makeLatch(false)
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
    return {
      within: (effect) => places.withPermits(1)(unlessDraining(effect)),
      awake: (workflow) =>
        Effect.acquireUseRelease(
          enter,
          () => unlessDraining(workflow),
          () => leave
        ),
      pause: (duration) =>
        Effect.zipRight(Effect.raceFirst(ending.await, Effect.sleep(duration)), unlessDraining(Effect.void)),
      drain: Effect.suspend(() => {
        draining = true
        return Effect.zipRight(ending.open, empty.await)
      })
    }
  })
