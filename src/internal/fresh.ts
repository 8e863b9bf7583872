/** Answers that are kept for a while: one request for any number of callers, and a new one before the old is too old. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberMap from "effect/FiberMap"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"

/** In the last quarter of its time an answer is still given, and a new one fetched. */
const refreshFrom = 0.75

/**
 * A lookup that remembers. Effect's own Cache would keep a failure as well, put one in the place of a good answer when it refreshes, and interrupt every
 * caller with the first: here a request runs in a fiber of its own.
 */
export const make = <K, A, E>(
  lookup: (key: K) => Effect.Effect<A, E>,
  timeToLive: Duration.Duration
): Effect.Effect<(key: K) => Effect.Effect<A, E>, never, Scope.Scope> =>
  Effect.map(FiberMap.make<K, A, E>(), (flights) => {
    const kept = new Map<K, { readonly value: A; readonly at: number }>()
    const keep = (key: K, value: A): Effect.Effect<void> =>
      Effect.map(Clock.currentTimeMillis, (at) => {
        kept.set(key, { value, at })
      })
    const fetch = (key: K): Effect.Effect<Fiber.Fiber<A, E>> =>
      Effect.suspend(() =>
        Option.match(FiberMap.unsafeGet(flights, key), {
          onSome: Effect.succeed,
          onNone: () =>
            FiberMap.run(
              flights,
              key,
              Effect.tap(lookup(key), (value) => keep(key, value))
            )
        })
      )
    return (key) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const known = kept.get(key)
        const age = known === undefined ? Number.POSITIVE_INFINITY : now - known.at
        if (known === undefined || age >= Duration.toMillis(timeToLive)) return Effect.flatMap(fetch(key), Fiber.join)
        const value = Effect.succeed(known.value)
        return age < Duration.toMillis(timeToLive) * refreshFrom ? value : Effect.zipRight(fetch(key), value)
      })
  })
