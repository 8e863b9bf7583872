/**
 * Answers that are kept for a while. Any number of callers share one request, and a new answer is fetched before the
 * old one expires.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { monotonicMillis } from "../concurrency/monotonic.js"
import { SingleFlight } from "../concurrency/singleFlight.js"

/** In the last quarter of its time, an answer is still returned while a new one is fetched. */
const refreshFrom = 0.75

/**
 * A lookup with a memory. Effect's own Cache would also keep failures, let a failed refresh replace a good answer, and
 * interrupt every caller along with the first. Here a request runs in a fiber of its own.
 */
export const make = <A, E>(
  lookup: (key: string) => Effect.Effect<A, E>,
  timeToLive: Duration.Duration
): Effect.Effect<(key: string) => Effect.Effect<A, E>, never, Scope.Scope> =>
  Effect.map(Effect.scope, (scope) => {
    const flights = new SingleFlight<A, E>()
    const kept = new Map<string, { readonly value: A; readonly at: number }>()
    const keep = (key: string, value: A): Effect.Effect<void> =>
      Effect.map(monotonicMillis, (at) => {
        kept.set(key, { value, at })
      })
    /** It costs nothing, so it continues when nobody waits for it any more. */
    const fetch = (key: string) =>
      flights
        .join(
          key,
          Effect.tap(lookup(key), (value) => keep(key, value))
        )
        .pipe(
          Effect.map(({ value }) => value),
          Effect.forkIn(scope)
        )
    return (key) =>
      Effect.flatMap(monotonicMillis, (now) => {
        const known = kept.get(key)
        const age = known === undefined ? Number.POSITIVE_INFINITY : now - known.at
        // A caller's own clock may still go back. The age of an answer is then unknown.
        if (known === undefined || age < 0 || age >= Duration.toMillis(timeToLive))
          return Effect.flatMap(fetch(key), Fiber.join)
        const value = Effect.succeed(known.value)
        return age < Duration.toMillis(timeToLive) * refreshFrom ? value : Effect.zipRight(fetch(key), value)
      })
  })
