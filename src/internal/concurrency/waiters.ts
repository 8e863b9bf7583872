/** The waiters for one piece of work, whose hooks it runs. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type { RequestOptions } from "../../Client.js"

export type Hooks = Pick<RequestOptions, "onAttempt" | "onAttemptEnd" | "onGenerationId" | "onKeepAlive">

interface Waiter {
  readonly hooks: Hooks
  /** Interrupts this waiter's running hook. */
  stop: Effect.Effect<unknown>
}

/**
 * The work runs the hooks of one waiter at a time: the one that has waited longest. When that one leaves, its hook ends
 * before it is gone. The next waiter's hook then runs instead: the hook's purpose, such as a turn at a gate, was not
 * yet reached.
 */
export class Waiters {
  private readonly all = new Set<Waiter>()

  get size(): number {
    return this.all.size
  }

  readonly come = (hooks: Hooks): Waiter => {
    const waiter: Waiter = { hooks, stop: Effect.void }
    this.all.add(waiter)
    return waiter
  }

  /** Ends what still runs for this waiter: its hook, or with the last waiter the work itself. */
  readonly go = (waiter: Waiter, interruptWork: Effect.Effect<unknown>): Effect.Effect<void> =>
    Effect.suspend(() => {
      this.all.delete(waiter)
      return Effect.asVoid(this.all.size > 0 ? waiter.stop : interruptWork)
    })

  private readonly run = (hookOf: (hooks: Hooks) => Effect.Effect<void> | undefined): Effect.Effect<void> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() => {
        const [waiter] = this.all
        // The work is being interrupted. It must not go on, and perhaps be billed, for nobody.
        if (waiter === undefined) return Effect.interruptible(Effect.never)
        const hook = hookOf(waiter.hooks)
        if (hook === undefined) return Effect.void
        return Effect.flatMap(Effect.forkDaemon(restore(hook)), (fiber) => {
          waiter.stop = Fiber.interrupt(fiber)
          return restore(Fiber.await(fiber)).pipe(
            Effect.onInterrupt(() => waiter.stop),
            Effect.flatMap((exit) => {
              waiter.stop = Effect.void
              // It was stopped because its waiter has left.
              return Exit.isFailure(exit) && !this.all.has(waiter) ? restore(this.run(hookOf)) : exit
            })
          )
        })
      })
    )

  /** The hooks of the current waiter. */
  readonly hooks: Required<Hooks> = {
    onAttempt: this.run(({ onAttempt }) => onAttempt),
    onAttemptEnd: (exit) => this.run(({ onAttemptEnd }) => onAttemptEnd?.(exit)),
    onGenerationId: (id) => this.run(({ onGenerationId }) => onGenerationId?.(id)),
    onKeepAlive: (elapsed) => this.run(({ onKeepAlive }) => onKeepAlive?.(elapsed))
  }
}
