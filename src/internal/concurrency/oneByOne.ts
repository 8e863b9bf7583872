/** Runs effects of the same name one at a time in this process. Any caller may use a name. */
import * as Effect from "effect/Effect"

interface Turn {
  readonly semaphore: Effect.Semaphore
  /** How many hold it or wait for it. */
  users: number
}

/** Shared with any other copy of this module. */
const key = Symbol.for("effect-openrouter-images/oneByOne")
const shared = globalThis as { [key]?: Map<string, Turn> }
const turns = shared[key] ?? new Map<string, Turn>()
shared[key] = turns

const take = (name: string): Turn => {
  const turn = turns.get(name) ?? { semaphore: Effect.unsafeMakeSemaphore(1), users: 0 }
  turn.users += 1
  turns.set(name, turn)
  return turn
}

const leave = (name: string, turn: Turn): void => {
  turn.users -= 1
  if (turn.users === 0) turns.delete(name)
}

/** Runs an effect while no other effect of the same name runs. */
export const oneByOne =
  (name: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.acquireUseRelease(
      Effect.sync(() => take(name)),
      ({ semaphore }) => semaphore.withPermits(1)(effect),
      (turn) => Effect.sync(() => leave(name, turn))
    )
