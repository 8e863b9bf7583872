/** The trace that an item belongs to, over processes, as `traceparent` writes it: https://www.w3.org/TR/trace-context/ */
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"

/** The span around, or null where there is none. */
export const currentTrace: Effect.Effect<string | null> = Effect.currentParentSpan.pipe(
  Effect.map(({ sampled, spanId, traceId }) => `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`),
  Effect.orElseSucceed(() => null)
)

/** Runs an effect as part of the trace that a row names. */
export const within =
  (trace: string | null) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
    const [, traceId, spanId, flags] = /^00-([^-]+)-([^-]+)-([0-9a-f]{2})$/.exec(trace ?? "") ?? []
    return traceId === undefined || spanId === undefined
      ? effect
      : (Effect.withParentSpan(
          effect,
          Tracer.externalSpan({ traceId, spanId, sampled: flags === "01" })
        ) as typeof effect)
  }
