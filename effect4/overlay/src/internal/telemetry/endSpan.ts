// Overlay: Effect 4 has references in the place of FiberRefs.
/** The end of a span. */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as References from "effect/References"
import type * as Tracer from "effect/Tracer"

/** As the tracer of Effect does it: a program may have measured no times, or have ended the span itself. */
export const endSpan = (span: Tracer.Span, exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> =>
  Effect.flatMap(References.TracerTimingEnabled, (isTimed) =>
    Effect.clockWith((clock) =>
      Effect.sync(() => {
        if (span.status._tag === "Started") span.end(isTimed ? clock.currentTimeNanosUnsafe() : 0n, exit)
      })
    )
  )
