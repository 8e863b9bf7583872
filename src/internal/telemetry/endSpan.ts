/** The end of a span. */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as FiberRef from "effect/FiberRef"
import type * as Tracer from "effect/Tracer"

/** As the tracer of Effect does it: a program may have measured no times, or have ended the span itself. */
export const endSpan = (span: Tracer.Span, exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> =>
  Effect.flatMap(FiberRef.get(FiberRef.currentTracerTimingEnabled), (isTimed) =>
    Effect.clockWith((clock) =>
      Effect.sync(() => {
        if (span.status._tag === "Started") span.end(isTimed ? clock.unsafeCurrentTimeNanos() : 0n, exit)
      })
    )
  )
