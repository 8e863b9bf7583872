/** The waiters for one piece of work, whose hooks it runs. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import {
  type Attempt,
  forCall,
  forkable,
  type Hooks,
  hookOf,
  type Part,
  partsOf,
  takeOver
} from "../layer/attemptHooks.js"

export type { Hooks }

interface Waiter {
  readonly hooks: Hooks
  /** This waiter's running hooks. Work that makes several calls at a time runs several. */
  readonly running: Set<Fiber.Fiber<void>>
}

/** One call of the work. */
interface Call {
  readonly hooksOf: (waiter: Waiter) => Hooks
  latest: Attempt | undefined
}

/**
 * The work runs the hooks of one waiter at a time: the one that has waited longest. When that one leaves, its hook ends
 * before it is gone. The next waiter's hook then runs instead: the hook's purpose, such as a turn at a gate, was not
 * yet reached. The latest attempt of each call goes over to the next waiter too, whose layers then count what it costs.
 */
export class Waiters {
  private readonly all = new Set<Waiter>()
  private readonly calls: Array<Call> = []

  get size(): number {
    return this.all.size
  }

  readonly come = (hooks: Hooks): Waiter => {
    const waiter: Waiter = { hooks, running: new Set() }
    this.all.add(waiter)
    return waiter
  }

  /** Tells the layers of a waiter where the attempts are another's. */
  readonly welcome = (waiter: Waiter): Effect.Effect<void> =>
    Effect.suspend(() => {
      const [holder] = this.all
      return holder === waiter ? Effect.void : takeOver(waiter.hooks, undefined)
    })

  /** Ends what still runs for this waiter: its hook, or with the last waiter the work itself. */
  readonly go = (waiter: Waiter, hasResult: boolean, interruptWork: Effect.Effect<unknown>): Effect.Effect<void> =>
    Effect.suspend(() => {
      const [holder] = this.all
      this.all.delete(waiter)
      const [next] = this.all
      if (next === undefined) return Effect.asVoid(interruptWork)
      return Effect.zipRight(
        hasResult || holder !== waiter ? Effect.void : this.handOver(waiter, next),
        Effect.asVoid(Fiber.interruptAll(waiter.running))
      )
    })

  private readonly handOver = (from: Waiter, to: Waiter): Effect.Effect<void> =>
    Effect.forEach(
      this.calls,
      ({ hooksOf, latest }) =>
        latest === undefined
          ? Effect.void
          : Effect.zipRight(takeOver(hooksOf(from), undefined), takeOver(hooksOf(to), latest)),
      { discard: true }
    )

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

  /** The layers of the current waiter are told of an attempt. Nothing comes between this and the attempt. */
  private readonly send = (call: Call): Effect.Effect<void> =>
    Effect.suspend(() => {
      const [waiter] = this.all
      if (waiter === undefined) return Effect.interruptible(Effect.never)
      call.latest = {}
      return partsOf(call.hooksOf(waiter)).send ?? Effect.void
    })

  private readonly hooksOf = (of: Call["hooksOf"]): Required<Hooks> => {
    const call: Call = { hooksOf: of, latest: undefined }
    this.calls.push(call)
    /** Whoever takes it over from now on is told this of it. */
    const note = (facts: Attempt, hook: Effect.Effect<void>) =>
      Effect.suspend(() => {
        call.latest = { ...call.latest, ...facts }
        return hook
      })
    const wait = this.run((waiter) => partsOf(of(waiter)).wait)
    const send = this.send(call)
    return {
      onAttempt: hookOf({ wait, send }) ?? wait,
      onAttemptEnd: (exit) =>
        note(
          { exit },
          this.run((waiter) => of(waiter).onAttemptEnd?.(exit))
        ),
      onGenerationId: (generationId) =>
        note(
          { generationId },
          this.run((waiter) => of(waiter).onGenerationId?.(generationId))
        ),
      onKeepAlive: (elapsed) => this.run((waiter) => of(waiter).onKeepAlive?.(elapsed))
    }
  }

  /** The hooks of the current waiter for one of several calls. */
  private readonly fork = (part: Part): Required<Hooks> => {
    const made = new Map<Waiter, Hooks>()
    const hooksOf = (waiter: Waiter): Hooks => {
      const hooks = made.get(waiter) ?? forCall(waiter.hooks, part)
      made.set(waiter, hooks)
      return hooks
    }
    const [waiter] = this.all
    // Its layers are to know of a call that dies before its first attempt.
    if (waiter !== undefined) hooksOf(waiter)
    return this.hooksOf(hooksOf)
  }

  /** The hooks of the current waiter. */
  readonly hooks: Required<Hooks> = forkable(
    this.hooksOf(({ hooks }) => hooks),
    this.fork
  )
}
