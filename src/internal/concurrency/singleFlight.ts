/** One run of a piece of work for all who want it at the same time. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import { type Hooks, Waiters } from "./waiters.js"

/** The result for a waiter. */
export interface Shared<A> {
  readonly value: A
  /**
   * Exactly one waiter is the first, even when the one who started the work has left. The first reports the cost of the
   * work.
   */
  readonly first: boolean
}

interface Flight<A, E> {
  readonly result: Deferred.Deferred<A, E>
  readonly waiters: Waiters
  /** Whether a waiter has already received the result. */
  taken: boolean
  interrupt: Effect.Effect<unknown>
}

type Restore = <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>

/** Work, with the hooks of whoever waits for it at the time. */
type Work<A, E> = (hooks: Required<Hooks>) => Effect.Effect<A, E>

/**
 * Work in flight, by its key. It runs in a fiber of its own. Interrupting one waiter does not affect the others;
 * interrupting the last one interrupts the work. A result is forgotten once it exists, and so is a failure.
 */
export class SingleFlight<A, E> {
  private readonly flights = new Map<string, Flight<A, E>>()

  /** Starts the work, or waits for the work already in flight under this key. */
  readonly join = (key: string, work: Effect.Effect<A, E>): Effect.Effect<Shared<A>, E> =>
    this.joinWith({}, key, () => work)

  /** The same for work that has hooks. They are those of a waiter that is still there. */
  readonly joinWith = (hooks: Hooks, key: string, work: Work<A, E>): Effect.Effect<Shared<A>, E> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() => {
        const flight = this.flights.get(key)
        if (flight === undefined) return this.begin(key, work, hooks, restore)
        if (flight.waiters.size > 0) return this.wait(flight, hooks, restore)
        // The work is being interrupted. Its result may still save doing it again.
        const ended = restore(Effect.exit(Deferred.await(flight.result)))
        return Effect.zipRight(ended, restore(this.joinWith(hooks, key, work)))
      })
    )

  private readonly begin = (key: string, work: Work<A, E>, hooks: Hooks, restore: Restore) => {
    const result = Deferred.unsafeMake<A, E>(FiberId.none)
    const flight: Flight<A, E> = { result, waiters: new Waiters(), taken: false, interrupt: Effect.void }
    this.flights.set(key, flight)
    const waiting = this.wait(flight, hooks, restore)
    // The fiber starts uninterruptible, so that it always runs this to its end.
    return Effect.interruptible(Effect.suspend(() => work(flight.waiters.hooks))).pipe(
      Effect.onExit((exit) => {
        this.flights.delete(key)
        return Deferred.done(result, exit)
      }),
      Effect.forkDaemon,
      Effect.flatMap((fiber) => {
        flight.interrupt = Fiber.interrupt(fiber)
        return waiting
      })
    )
  }

  private readonly wait = (flight: Flight<A, E>, hooks: Hooks, restore: Restore): Effect.Effect<Shared<A>, E> => {
    const { result, waiters } = flight
    const waiter = waiters.come(hooks)
    return Effect.zipRight(waiters.welcome(waiter), restore(Deferred.await(result))).pipe(
      Effect.map((value) => {
        const first = !flight.taken
        flight.taken = true
        return { value, first }
      }),
      Effect.onExit((exit) => Effect.suspend(() => waiters.go(waiter, !Exit.isInterrupted(exit), flight.interrupt)))
    )
  }
}
