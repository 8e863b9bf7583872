/** The effects of someone else's functions. */
import * as Effect from "effect/Effect"
import type { LazyArg } from "effect/Function"

/**
 * The effect that a function gives. A function of someone else's may give something else, which the runtime of Effect 4
 * takes for an end that nothing can catch: no finalizer would run. Here it is a defect like any other.
 */
export const effectOf = <A, E, R>(effect: LazyArg<Effect.Effect<A, E, R>>): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    const value = effect()
    return Effect.isEffect(value) ? value : Effect.die(new TypeError("Not a valid effect"))
  })
