/** The trace that an item belongs to, over processes, as `traceparent` writes it: https://www.w3.org/TR/trace-context/ */
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"
import type { Outcome } from "../../Generation.js"
import type { ItemKey } from "../items/updates.js"

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

/** Attributes are named by the conventions of OpenTelemetry: https://opentelemetry.io/docs/specs/semconv/gen-ai/ */
const attributesOf = (job: string, { item, round }: ItemKey) => ({
  "openrouter.job.name": job,
  "openrouter.job.item": item,
  "openrouter.job.round": round
})

const outcomeAttributes = (outcome: Outcome): Record<string, string | number> => {
  if (outcome._tag === "Failed") {
    return { "error.type": outcome.error._tag, "openrouter.billing": outcome.error.billing }
  }
  const { costUsd, generationId, pictures } = outcome.generation
  return {
    "openrouter.billing": "billed",
    "openrouter.images": pictures.length,
    ...(costUsd === undefined ? {} : { "openrouter.cost_usd": costUsd }),
    ...(generationId === undefined ? {} : { "gen_ai.response.id": generationId })
  }
}

const annotateOutcome = (outcome: Outcome): Effect.Effect<void> =>
  Effect.annotateCurrentSpan(outcomeAttributes(outcome))

/**
 * The span of an item in this process. An item that waits for long leaves its worker: then it has a span for each time
 * that it is worked on.
 */
export const withItemSpan =
  (job: string, key: ItemKey) =>
  <A extends { readonly outcome: Outcome }, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.tap(effect, ({ outcome }) => annotateOutcome(outcome)).pipe(
      Effect.withSpan("Jobs.item", { attributes: attributesOf(job, key) })
    )

/** The span of one attempt, with its wait for a turn. */
export const withAttemptSpan =
  (job: string, key: ItemKey, attempt: number) =>
  <A extends Outcome, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.tap(effect, annotateOutcome).pipe(
      Effect.withSpan("Jobs.attempt", { attributes: { ...attributesOf(job, key), "openrouter.job.attempt": attempt } })
    )
