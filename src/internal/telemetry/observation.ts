/** One generation as telemetry sees it. Its span is updated while it runs, and the metrics when it has ended. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import type * as Tracer from "effect/Tracer"
import type { RequestOptions } from "../../Client.js"
import type * as Errors from "../../Errors.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import { monotonicMillis } from "../concurrency/monotonic.js"
import { failureOf, withListener } from "../layer/attemptHooks.js"
import { bestEffort } from "../layer/bestEffort.js"
import { isAmount } from "../schema/amount.js"
import * as GenAi from "./attributes.js"
import * as Metrics from "./metrics.js"

type Ended = Exit.Exit<unknown, Errors.OpenRouterError> | undefined

/** The tag of a failure, or `cancelled` for an interruption and for a stream whose consumer stopped early. */
const endingOf = (exit: Ended, billing: Errors.Billing): GenAi.Attributes => {
  if (exit !== undefined && Exit.isSuccess(exit)) return {}
  const cancelled = exit === undefined || Cause.isInterruptedOnly(exit.cause)
  return Option.match(failureOf(exit ?? Exit.void), {
    onSome: GenAi.failureAttributes,
    onNone: () => ({ "error.type": cancelled ? "cancelled" : "defect", "openrouter.billing": billing })
  })
}

export interface Observation {
  /** The call's options, with a listener at each attempt. */
  readonly listen: (options?: RequestOptions) => RequestOptions
  /** Records the result so far, in place of the previous one. */
  readonly update: (result: GenAi.Outcome) => void
  /** Records the end. Without an exit, the consumer stopped early. */
  readonly end: (exit?: Ended) => Effect.Effect<void>
}

const missing = "A generation is missing in telemetry"

export const observe = (
  span: Option.Option<Tracer.Span>,
  request: ImageGenerationRequest,
  content: GenAi.Content
): Effect.Effect<Observation> =>
  Effect.map(monotonicMillis, (start) => {
    const labels = GenAi.labels(request)
    let attempts = 0
    /** Cancelling may still cost money now: for the attempts in flight, or for one whose billing is unknown. */
    let underWay = 0
    let inDoubt = false
    let result: GenAi.Outcome = { images: [] }
    const toSpan = (tell: (span: Tracer.Span, now: bigint) => void): Effect.Effect<void> =>
      Option.match(span, {
        onNone: () => Effect.void,
        onSome: (span) => bestEffort(missing, () => Effect.map(Clock.currentTimeNanos, (now) => tell(span, now)))
      })
    const recordFailure = (error: Errors.OpenRouterError) =>
      Effect.suspend(() => {
        underWay--
        inDoubt ||= error.billing !== "notBilled"
        const attributes = { ...GenAi.failureAttributes(error), "openrouter.attempt": attempts }
        return Effect.zipRight(
          toSpan((span, now) => span.event("attempt failed", now, attributes)),
          Metric.increment(Metric.tagged(Metrics.tagMetric(Metrics.failedAttempts, labels), "error.type", error._tag))
        )
      })
    const record = (exit: Ended) =>
      Effect.flatMap(monotonicMillis, (now) => {
        const failure = Option.getOrUndefined(failureOf(exit ?? Exit.void))
        if (failure !== undefined && "images" in failure && failure.images.length > 0) {
          result = { ...result, images: [...result.images, ...failure.images] }
        }
        const ending = endingOf(exit, underWay > 0 || inDoubt ? "unknown" : "notBilled")
        const type = ending["error.type"]
        const all = { ...labels, ...(type === undefined ? {} : { "error.type": String(type) }) }
        return Effect.zipRight(
          toSpan((span, now) => {
            const deviations = GenAi.deviations(request, result)
            const attributes = {
              "openrouter.attempts": attempts,
              ...GenAi.resultAttributes(result, content),
              ...(deviations.length === 0 ? {} : { "openrouter.deviations": deviations.length }),
              ...ending
            }
            for (const deviation of deviations) span.event("picture deviates", now, deviation)
            for (const [name, value] of Object.entries(attributes)) span.attribute(name, value)
          }),
          count(result, (now - start) / 1000, all)
        )
      })
    return {
      listen: (options) =>
        withListener(
          {
            onSend: Effect.sync(() => {
              attempts++
              underWay++
            }),
            onAttemptEnd: (exit) => Option.match(failureOf(exit), { onNone: () => Effect.void, onSome: recordFailure })
          },
          options
        ),
      update: (now) => {
        result = now
      },
      end: (exit) => bestEffort(missing, () => record(exit))
    }
  })

const count = (
  result: GenAi.Outcome,
  seconds: number,
  labels: Readonly<Record<string, string>>
): Effect.Effect<void> => {
  // The usage of a cache hit was counted when its pictures were made.
  const usage = result.cached ? undefined : result.usage
  const ofTokens = (type: string) => Metrics.tagMetric(Metrics.tokens, { ...labels, "gen_ai.token.type": type })
  return Effect.all(
    [
      Metric.update(Metrics.tagMetric(Metrics.duration, labels), seconds),
      Metric.incrementBy(Metrics.tagMetric(Metrics.images, labels), result.images.length),
      ifAmount(GenAi.costOf(result), (spent) => Metric.incrementBy(Metrics.tagMetric(Metrics.cost, labels), spent)),
      ifAmount(usage?.promptTokens, (count) => Metric.update(ofTokens("input"), count)),
      ifAmount(usage?.completionTokens, (count) => Metric.update(ofTokens("output"), count))
    ],
    { discard: true }
  )
}

/** Anything else would spoil the sum for good. */
const ifAmount = (value: unknown, count: (value: number) => Effect.Effect<void>): Effect.Effect<void> =>
  isAmount(value) ? count(value) : Effect.void
