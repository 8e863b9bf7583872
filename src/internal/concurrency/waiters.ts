/** Those who wait for one piece of work, and whose hooks it runs. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type { RequestOptions } from "../../Client.js"

export type Hooks = Pick<RequestOptions, "onAttempt" | "onAttemptEnd" | "onKeepAlive">

interface Waiter {
  readonly hooks: Hooks
  /** Ends the hook of this waiter that is running. */
  stop: Effect.Effect<unknown>
}

/**
 * The work runs the hooks of one waiter at a time: the one who has waited longest. When that one leaves, its hook has ended before it is gone, and the
 * next one's runs in its place: what the hook is for, such as a turn at a gate, was not there yet.
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
        // The work is being interrupted: it must not go on, and perhaps pay, for nobody.
        if (waiter === undefined) return Effect.interruptible(Effect.never)
        const hook = hookOf(waiter.hooks)
        if (hook === undefined) return Effect.void
        return Effect.flatMap(Effect.forkDaemon(restore(hook)), (fiber) => {
          waiter.stop = Fiber.interrupt(fiber)
          return restore(Fiber.await(fiber)).pipe(
            Effect.onInterrupt(() => waiter.stop),
            Effect.flatMap((exit) => {
              waiter.stop = Effect.void
              // It was stopped, for its waiter has left.
              return Exit.isFailure(exit) && !this.all.has(waiter) ? restore(this.run(hookOf)) : exit
            })
          )
        })
      })
    )

  /** The hooks of whoever waits at the time. */
  readonly hooks: Required<Hooks> = {
    onAttempt: this.run(({ onAttempt }) => onAttempt),
    onAttemptEnd: (exit) => this.run(({ onAttemptEnd }) => onAttemptEnd?.(exit)),
    onKeepAlive: (elapsed) => this.run(({ onKeepAlive }) => onKeepAlive?.(elapsed))
  }
}
