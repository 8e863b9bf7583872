/** Tracers that show the spans. */
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"

/** The tracer of now, and `see` is given each span when it begins. */
export const watching = (see: (span: Tracer.Span) => void): Effect.Effect<Tracer.Tracer> =>
  Effect.map(Effect.tracer, (native) =>
    Tracer.make({
      ...native,
      span: (...args) => {
        const span = native.span(...args)
        see(span)
        return span
      }
    })
  )
