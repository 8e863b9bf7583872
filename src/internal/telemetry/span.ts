/** Spans that tolerate a broken tracer: the traced effect has the same outcome as without one. */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import { bestEffort, bestEffortOption } from "../layer/bestEffort.js"
import { endSpan } from "./endSpan.js"

export interface OpenSpan {
  /** None where the tracer could not start it. */
  readonly span: Option.Option<Tracer.Span>
  readonly end: (exit: Exit.Exit<unknown, unknown>) => Effect.Effect<void>
}

/** A stack would be this library's own. */
const withoutStack: Tracer.SpanOptions = { captureStackTrace: false }

/** A span that its owner ends: open it where nothing interrupts. */
export const openSpan = (name: string, options?: Tracer.SpanOptions): Effect.Effect<OpenSpan> =>
  Effect.map(
    bestEffortOption(`The span ${name} cannot begin`, () => Effect.makeSpan(name, { ...options, ...withoutStack })),
    (span) => ({
      span,
      end: (exit) =>
        Option.isNone(span) ? Effect.void : bestEffort(`The span ${name} cannot end`, () => endSpan(span.value, exit))
    })
  )

/** Makes the span the parent of those within the effect. */
export const childOf =
  (span: OpenSpan["span"]) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Option.isNone(span) ? effect : (Effect.withParentSpan(effect, span.value) as Effect.Effect<A, E, R>)

/** The same for a stream. */
export const streamChildOf =
  (span: OpenSpan["span"]) =>
  <A, E, R>(stream: Stream.Stream<A, E, R>): Stream.Stream<A, E, R> =>
    Option.isNone(span)
      ? stream
      : (Stream.provideService(stream, Tracer.ParentSpan, span.value) as Stream.Stream<A, E, R>)

/** Runs an effect in a span of its own. */
export const withSpan =
  (name: string, options?: Tracer.SpanOptions) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(openSpan(name, options), ({ end, span }) =>
        Effect.flatMap(Effect.exit(childOf(span)(restore(effect))), (exit) => Effect.zipRight(end(exit), exit))
      )
    )

/** Runs a stream in a span of its own, which ends with it. */
export const withStreamSpan =
  (name: string, options?: Tracer.SpanOptions) =>
  <A, E, R>(stream: Stream.Stream<A, E, R>): Stream.Stream<A, E, R> =>
    Stream.unwrapScoped(
      Effect.map(
        Effect.acquireRelease(openSpan(name, options), ({ end }, exit) => end(exit)),
        ({ span }) => streamChildOf(span)(stream)
      )
    )

/** Adds attributes to the open span. */
export const annotateSpan = (attributes: Readonly<Record<string, unknown>>): Effect.Effect<void> =>
  bestEffort("The span is told nothing", () => Effect.annotateCurrentSpan(attributes))
