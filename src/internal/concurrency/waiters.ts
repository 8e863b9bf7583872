/** The waiters for one piece of work, whose hooks it runs. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { forCall, forkable, type Hooks } from "../layer/attemptHooks.js"

export type { Hooks }

interface Waiter {
  readonly hooks: Hooks
  /** This waiter's running hooks. Work that makes several calls at a time runs several. */
  readonly running: Set<Fiber.Fiber<void>>
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
    const waiter: Waiter = { hooks, running: new Set() }
    this.all.add(waiter)
    return waiter
  }

  /** Ends what still runs for this waiter: its hook, or with the last waiter the work itself. */
  readonly go = (waiter: Waiter, interruptWork: Effect.Effect<unknown>): Effect.Effect<void> =>
    Effect.suspend(() => {
      this.all.delete(waiter)
      return Effect.asVoid(this.all.size > 0 ? Fiber.interruptAll(waiter.running) : interruptWork)
    })

  private readonly run = (hookOf: (waiter: Waiter) => Effect.Effect<void> | undefined): Effect.Effect<void> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() => {
        const [waiter] = this.all
        // The work is being interrupted. It must not go on, and perhaps be billed, for nobody.
        if (waiter === undefined) return Effect.interruptible(Effect.never)
        const hook = hookOf(waiter)
        if (hook === undefined) return Effect.void
        return Effect.flatMap(Effect.forkDaemon(restore(hook)), (fiber) => {
          waiter.running.add(fiber)
          return restore(Fiber.await(fiber)).pipe(
            Effect.onInterrupt(() => Fiber.interrupt(fiber)),
            Effect.flatMap((exit) => {
              waiter.running.delete(fiber)
              // It was stopped because its waiter has left.
              return Exit.isFailure(exit) && !this.all.has(waiter) ? restore(this.run(hookOf)) : exit
            })
          )
        })
      })
    )

  private readonly hooksOf = (each: (waiter: Waiter) => Hooks): Required<Hooks> => ({
    onAttempt: this.run((waiter) => each(waiter).onAttempt),
    onAttemptEnd: (exit) => this.run((waiter) => each(waiter).onAttemptEnd?.(exit)),
    onGenerationId: (id) => this.run((waiter) => each(waiter).onGenerationId?.(id)),
    onKeepAlive: (elapsed) => this.run((waiter) => each(waiter).onKeepAlive?.(elapsed))
  })

  /** The hooks of the current waiter for one of several calls. */
  private readonly fork = (): Required<Hooks> => {
    const made = new Map<Waiter, Hooks>()
    return this.hooksOf((waiter) => {
      const hooks = made.get(waiter) ?? forCall(waiter.hooks)
      made.set(waiter, hooks)
      return hooks
    })
  }

  /** The hooks of the current waiter. */
  readonly hooks: Required<Hooks> = forkable(
    this.hooksOf(({ hooks }) => hooks),
    this.fork
  )
}
