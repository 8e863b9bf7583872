// Overlay: a snapshot of Effect 4 has attributes and a state, without a key.
/** What the metrics are now. */
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"

export interface Measured {
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  /** A counter's count, a gauge's value, a histogram's sum. */
  readonly value: number
}

/** Every metric that has been used. */
export const metrics: Effect.Effect<ReadonlyArray<Measured>> = Effect.map(Metric.snapshot, (all) =>
  all.map(({ attributes, id, state }) => ({ name: id, tags: { ...attributes }, value: numberOf(state) }))
)

const numberOf = (state: object): number => {
  if ("sum" in state) return Number(state.sum)
  if ("count" in state) return Number(state.count)
  return "value" in state ? Number(state.value) : Number.NaN
}
