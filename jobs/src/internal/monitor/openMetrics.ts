/** Metrics as text, by OpenMetrics 1.0: https://prometheus.io/docs/specs/om/open_metrics_spec/ */
import type * as MetricPair from "effect/MetricPair"
import * as MetricState from "effect/MetricState"
import * as Option from "effect/Option"

export interface Sample {
  /** What follows the family's name: `_total`, `_bucket`. */
  readonly suffix: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** All samples of one metric. */
export interface Family {
  readonly name: string
  readonly type: "counter" | "gauge" | "histogram" | "summary"
  readonly help: string
  readonly samples: ReadonlyArray<Sample>
}

/** A name may hold letters, digits, underscores and colons. */
const nameOf = (name: string): string => name.replace(/[^a-zA-Z0-9_:]/g, "_").replace(/^(?=\d)/, "_")

const escapeText = (text: string): string => text.replace(/[\\"\n]/g, (c) => (c === "\n" ? "\\n" : `\\${c}`))

const formatValue = (value: number): string =>
  Number.isNaN(value) ? "NaN" : Number.isFinite(value) ? String(value) : value > 0 ? "+Inf" : "-Inf"

const lineOf = (name: string, { labels, suffix, value }: Sample): string => {
  const pairs = Object.entries(labels).map(([label, text]) => `${nameOf(label)}="${escapeText(text)}"`)
  return `${name}${suffix}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${formatValue(value)}`
}

/** The whole text. Families of the same name become one. */
export const format = (families: ReadonlyArray<Family>): string => {
  const merged = new Map<string, Family>()
  for (const family of families) {
    const name = nameOf(family.name)
    const before = merged.get(name)
    merged.set(name, before === undefined ? family : { ...before, samples: [...before.samples, ...family.samples] })
  }
  const blocks = Array.from(merged, ([name, { help, samples, type }]) => [
    `# TYPE ${name} ${type}`,
    ...(help === "" ? [] : [`# HELP ${name} ${escapeText(help)}`]),
    ...samples.map((sample) => lineOf(name, sample))
  ])
  return `${[...blocks.flat(), "# EOF"].join("\n")}\n`
}

type Measured = Pick<Family, "type" | "samples">

const histogramOf = (
  { buckets, count, sum }: MetricState.MetricState.Histogram,
  labels: Sample["labels"]
): Measured => {
  const bounded = buckets.filter(([bound]) => Number.isFinite(bound))
  const bucket = (bound: number, within: number): Sample => ({
    suffix: "_bucket",
    labels: { ...labels, le: formatValue(bound) },
    value: within
  })
  return {
    type: "histogram",
    samples: [
      ...bounded.map(([bound, within]) => bucket(bound, within)),
      bucket(Number.POSITIVE_INFINITY, count),
      { suffix: "_count", labels, value: count },
      { suffix: "_sum", labels, value: sum }
    ]
  }
}

const measuredOf = (state: MetricState.MetricState.Untyped, labels: Sample["labels"]): Measured | undefined => {
  if (MetricState.isCounterState(state)) {
    return { type: "counter", samples: [{ suffix: "_total", labels, value: Number(state.count) }] }
  }
  if (MetricState.isGaugeState(state)) {
    return { type: "gauge", samples: [{ suffix: "", labels, value: Number(state.value) }] }
  }
  if (MetricState.isHistogramState(state)) return histogramOf(state, labels)
  if (MetricState.isFrequencyState(state)) {
    const samples = Array.from(state.occurrences, ([value, count]) => ({
      suffix: "_total",
      labels: { ...labels, value },
      value: count
    }))
    return { type: "counter", samples }
  }
  return undefined
}

/** A metric of Effect. A label that names its unit is no label here. */
export const familyOf = ({ metricKey, metricState }: MetricPair.MetricPair.Untyped): ReadonlyArray<Family> => {
  const labels = Object.fromEntries(
    metricKey.tags.filter(({ key }) => key !== "unit").map(({ key, value }) => [key, value])
  )
  const measured = measuredOf(metricState, labels)
  const help = Option.getOrElse(metricKey.description, () => "")
  return measured === undefined ? [] : [{ name: metricKey.name.replace(/_total$/, ""), help, ...measured }]
}
