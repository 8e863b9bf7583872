/** One run of a piece of work for all who want it at the same time. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import { type Hooks, Waiters } from "./waiters.js"

/** What a waiter gets. */
export interface Shared<A> {
  readonly value: A
  /** Exactly one waiter is the first, also when the one who began it has left: that one tells what the work has cost. */
  readonly first: boolean
}

interface Flight<A, E> {
  readonly result: Deferred.Deferred<A, E>
  readonly waiters: Waiters
  /** The result has been given to somebody. */
  taken: boolean
  interrupt: Effect.Effect<unknown>
}

type Restore = <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>

/** Work, with the hooks of whoever waits for it at the time. */
type Work<A, E> = (hooks: Required<Hooks>) => Effect.Effect<A, E>

/**
 * Work that is under way, by its key. It runs in a fiber of its own: whoever is interrupted leaves the others what they wait for, and with the last
 * waiter the work is interrupted too. A result is forgotten once it is there, and a failure with it.
 */
export class SingleFlight<A, E> {
  private readonly flights = new Map<string, Flight<A, E>>()

  /** Runs the work, or waits for the work that runs under this key. */
  readonly join = (key: string, work: Effect.Effect<A, E>): Effect.Effect<Shared<A>, E> =>
    this.joinWith({}, key, () => work)

  /** The same for work that has hooks: they are those of a waiter who is still there. */
  readonly joinWith = (hooks: Hooks, key: string, work: Work<A, E>): Effect.Effect<Shared<A>, E> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() => {
        const flight = this.flights.get(key)
        if (flight === undefined) return this.begin(key, work, hooks, restore)
        if (flight.waiters.size > 0) return this.wait(flight, hooks, restore)
        // It is being interrupted. What it comes to all the same may spare doing it again.
        const ended = restore(Effect.exit(Deferred.await(flight.result)))
        return Effect.zipRight(ended, restore(this.joinWith(hooks, key, work)))
      })
    )

  private readonly begin = (key: string, work: Work<A, E>, hooks: Hooks, restore: Restore) => {
    const result = Deferred.unsafeMake<A, E>(FiberId.none)
    const flight: Flight<A, E> = { result, waiters: new Waiters(), taken: false, interrupt: Effect.void }
    this.flights.set(key, flight)
    const waiting = this.wait(flight, hooks, restore)
    // The fiber begins uninterruptible, so that it always comes to its end here.
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
    const waiter = flight.waiters.come(hooks)
    return restore(Deferred.await(flight.result)).pipe(
      Effect.map((value) => {
        const first = !flight.taken
        flight.taken = true
        return { value, first }
      }),
      Effect.ensuring(Effect.suspend(() => flight.waiters.go(waiter, flight.interrupt)))
    )
  }
}
