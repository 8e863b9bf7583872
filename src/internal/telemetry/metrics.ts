/** The metrics of generations: OpenTelemetry's for generative AI, and our own beside them. */
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"

// The boundaries are those of the conventions, so that dashboards made for them fit.
export const duration: Metric.Metric.Histogram<number> = Metric.histogram(
  "gen_ai.client.operation.duration",
  MetricBoundaries.fromIterable(Array.from({ length: 14 }, (_, i) => 0.01 * 2 ** i)),
  "How long a generation took, with all of its attempts"
).pipe(Metric.tagged("unit", "s"))

export const tokens: Metric.Metric.Histogram<number> = Metric.histogram(
  "gen_ai.client.token.usage",
  MetricBoundaries.fromIterable(Array.from({ length: 14 }, (_, i) => 4 ** i)),
  "How many tokens a generation used"
).pipe(Metric.tagged("unit", "{token}"))

export const cost: Metric.Metric.Counter<number> = Metric.counter("openrouter.client.cost", {
  description: "What generations cost by their usage",
  incremental: true
}).pipe(Metric.tagged("unit", "USD"))

export const images: Metric.Metric.Counter<number> = Metric.counter("openrouter.client.images", {
  description: "How many pictures came back",
  incremental: true
}).pipe(Metric.tagged("unit", "{image}"))

export const failedAttempts: Metric.Metric.Counter<number> = Metric.counter("openrouter.client.failed_attempts", {
  description: "How many attempts failed, those that were tried again included",
  incremental: true
}).pipe(Metric.tagged("unit", "{attempt}"))

export const settlements: Metric.Metric.Counter<number> = Metric.counter("openrouter.client.settlements", {
  description: "How many generations of unknown cost were asked about until the end",
  incremental: true
}).pipe(Metric.tagged("unit", "{generation}"))

export const settledCost: Metric.Metric.Counter<number> = Metric.counter("openrouter.client.settled_cost", {
  description: "What generations of unknown cost turned out to have cost",
  incremental: true
}).pipe(Metric.tagged("unit", "USD"))

export const tagMetric = <Type, In, Out>(
  metric: Metric.Metric<Type, In, Out>,
  labels: Readonly<Record<string, string>>
) => Object.entries(labels).reduce((all, [name, value]) => Metric.tagged(all, name, value), metric)
