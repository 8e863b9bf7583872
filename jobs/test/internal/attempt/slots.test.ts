import { describe, expect, it } from "@effect/vitest"
import * as WorkflowEngine from "@effect/workflow/WorkflowEngine"
import { Deferred, Duration, Effect, Fiber } from "effect"
import { GenerateImage } from "effect-openrouter-images-jobs"
import * as Slots from "../../../src/internal/attempt/slots.js"

const instance = WorkflowEngine.WorkflowInstance.initial(GenerateImage.GenerateImage, "an execution")

describe("a process that is to end", () => {
  it.effect("waits for a call whose workflow the engine has interrupted", () =>
    Effect.gen(function* () {
      const slots = yield* Slots.make(2, Duration.infinity)
      const answer = yield* Deferred.make<void>()
      const begun = yield* Deferred.make<void>()
      const call = Effect.uninterruptible(Effect.zipRight(Deferred.succeed(begun, undefined), Deferred.await(answer)))
      const workflow = yield* Effect.fork(
        slots.track(Effect.flatMap(Effect.forkDaemon(slots.withSlot(call)), Fiber.join))
      )
      yield* Deferred.await(begun)
      yield* Fiber.interrupt(workflow)
      const draining = yield* Effect.fork(slots.drain)
      yield* Effect.yieldNow()
      expect(draining.unsafePoll()).toBeNull()
      yield* Deferred.succeed(answer, undefined)
      yield* Fiber.join(draining)
    }).pipe(Effect.provideService(WorkflowEngine.WorkflowInstance, instance))
  )
})
