/** One generation as telemetry sees it: told to its span while it runs, and to the metrics when it has ended. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import * as Option from "effect/Option"
import type * as Tracer from "effect/Tracer"
import type { RequestOptions } from "../Client.js"
import type * as Errors from "../Errors.js"
import type { ImageGenerationRequest } from "../Schema/ImageGenerationRequest.js"
import * as GenAi from "./genAi.js"

// The boundaries are those of the conventions, so that dashboards made for them fit.
const duration = Metric.histogram(
  "gen_ai.client.operation.duration",
  MetricBoundaries.fromIterable(Array.from({ length: 14 }, (_, i) => 0.01 * 2 ** i)),
  "How long a generation took, with all of its attempts"
).pipe(Metric.tagged("unit", "s"))

const tokens = Metric.histogram(
  "gen_ai.client.token.usage",
  MetricBoundaries.fromIterable(Array.from({ length: 14 }, (_, i) => 4 ** i)),
  "How many tokens a generation used"
).pipe(Metric.tagged("unit", "{token}"))

const cost = Metric.counter("openrouter.client.cost", {
  description: "What generations cost by their usage",
  incremental: true
}).pipe(Metric.tagged("unit", "USD"))

const images = Metric.counter("openrouter.client.images", {
  description: "How many pictures came back",
  incremental: true
}).pipe(Metric.tagged("unit", "{image}"))

const failedAttempts = Metric.counter("openrouter.client.failed_attempts", {
  description: "How many attempts failed, those that were tried again included",
  incremental: true
}).pipe(Metric.tagged("unit", "{attempt}"))

type Ended = Exit.Exit<unknown, Errors.OpenRouterError> | undefined

const failureOf = (exit: Ended): Option.Option<Errors.OpenRouterError> =>
  exit === undefined || Exit.isSuccess(exit) ? Option.none() : Cause.failureOption(exit.cause)

/** A failure by its tag; whoever interrupted it, or took no more of its stream, cancelled it. */
const endingOf = (exit: Ended, billing: Errors.Billing): GenAi.Attributes => {
  if (exit !== undefined && Exit.isSuccess(exit)) return {}
  const cancelled = exit === undefined || Cause.isInterruptedOnly(exit.cause)
  return Option.match(failureOf(exit), {
    onSome: GenAi.failureAttributes,
    onNone: () => ({ "error.type": cancelled ? "cancelled" : "defect", "openrouter.billing": billing })
  })
}

export interface Observation {
  /** The call's options, with an ear at each attempt. The caller's own hooks may make it wait, before it is sent and after it failed. */
  readonly hooked: (options?: RequestOptions) => RequestOptions
  /** What has come of it, each time in place of what was known before. */
  readonly came: (result: GenAi.Result) => void
  /** Its end; without an exit, nobody wanted the rest of it. */
  readonly ended: (exit?: Ended) => Effect.Effect<void>
}

export const observe = (
  span: Tracer.Span,
  request: ImageGenerationRequest,
  content: GenAi.Content
): Effect.Effect<Observation> =>
  Effect.map(Clock.currentTimeNanos, (start) => {
    const labels = GenAi.labels(request)
    let attempts = 0
    /** Who cancels it now may have to pay: for the attempt that is under way, or for one that ended in doubt. */
    let underWay = false
    let inDoubt = false
    let result: GenAi.Result = { images: [] }
    const failed = (error: Errors.OpenRouterError) =>
      Effect.flatMap(Clock.currentTimeNanos, (now) => {
        underWay = false
        inDoubt ||= error.billing !== "notBilled"
        span.event("attempt failed", now, { ...GenAi.failureAttributes(error), "openrouter.attempt": attempts })
        return Metric.increment(Metric.tagged(tagged(failedAttempts, labels), "error.type", error._tag))
      })
    return {
      hooked: (options = {}) => ({
        ...options,
        onAttempt: Effect.zipRight(
          options.onAttempt ?? Effect.void,
          Effect.sync(() => {
            attempts++
            underWay = true
          })
        ),
        onAttemptError: (error) => Effect.zipRight(failed(error), options.onAttemptError?.(error) ?? Effect.void)
      }),
      came: (now) => {
        result = now
      },
      ended: (exit) =>
        Effect.flatMap(Clock.currentTimeNanos, (now) => {
          const failure = Option.getOrUndefined(failureOf(exit))
          if (failure !== undefined && "images" in failure && failure.images.length > 0) {
            result = { ...result, images: [...result.images, ...failure.images] }
          }
          const ending = endingOf(exit, underWay || inDoubt ? "unknown" : "notBilled")
          const all = { "openrouter.attempts": attempts, ...GenAi.resultAttributes(result, content), ...ending }
          for (const [name, value] of Object.entries(all)) span.attribute(name, value)
          const type = ending["error.type"]
          return counted(result, Number(now - start) / 1e9, {
            ...labels,
            ...(type === undefined ? {} : { "error.type": String(type) })
          })
        })
    }
  })

const tagged = <Type, In, Out>(metric: Metric.Metric<Type, In, Out>, labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).reduce((all, [name, value]) => Metric.tagged(all, name, value), metric)

const counted = (
  result: GenAi.Result,
  seconds: number,
  labels: Readonly<Record<string, string>>
): Effect.Effect<void> => {
  // What was used for a hit of a cache was counted when it was made.
  const usage = result.cached ? undefined : result.usage
  const spent = GenAi.costOf(result)
  const ofTokens = (type: string) => tagged(tokens, { ...labels, "gen_ai.token.type": type })
  return Effect.all(
    [
      Metric.update(tagged(duration, labels), seconds),
      Metric.incrementBy(tagged(images, labels), result.images.length),
      spent === undefined ? Effect.void : Metric.incrementBy(tagged(cost, labels), spent),
      usage?.promptTokens === undefined ? Effect.void : Metric.update(ofTokens("input"), usage.promptTokens),
      usage?.completionTokens === undefined ? Effect.void : Metric.update(ofTokens("output"), usage.completionTokens)
    ],
    { discard: true }
  )
}
