/** The spans of a program. */
import { Effect, Layer, Tracer } from "effect"

/** A layer that notes each span that begins, and the spans so far. */
export const recordSpans = () => {
  const spans: Array<Tracer.Span> = []
  const layer = Layer.unwrapEffect(
    Effect.map(Effect.tracer, (native) =>
      Layer.setTracer(
        Tracer.make({
          span: (...all) => {
            const span = native.span(...all)
            spans.push(span)
            return span
          },
          context: (f, fiber) => native.context(f, fiber)
        })
      )
    )
  )
  return { layer, spans }
}
