/** Round steps for the axes of a chart. */
import { formatCount } from "./format.js"

/** The least round step, 1, 2 or 5 times a power of ten, that divides up to `max` into so many parts or fewer. */
const stepFor = (max: number, parts: number): number => {
  const power = 10 ** Math.floor(Math.log10(max / parts))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => max / each <= parts * (1 + 1e-9))
  return step ?? power * 10
}

/** From zero to the first that is no less than `max`. Where there is nothing to show it is one step. */
export const ticksUpTo = (max: number, parts: number, least: number): ReadonlyArray<number> => {
  const step = stepFor(Math.max(max, least), parts)
  const count = Math.ceil(Math.max(max, least) / step - 1e-9)
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)))
}

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const units = [
  [day, "d"],
  [hour, "h"],
  [minute, "min"],
  [second, "s"]
] as const

const durations = [
  ...[1, 2, 5, 10, 20, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 20, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((count) => count * day)
]

interface TimeTick {
  readonly at: number
  readonly text: string
}

/** Round times within so many milliseconds, from zero, all in the unit of their step. */
export const timeTicks = (millis: number, parts: number): ReadonlyArray<TimeTick> => {
  const step = durations.find((each) => millis / each <= parts) ?? 1_000 * day
  const [unit, name] = units.find(([length]) => step >= length) ?? [second, "s"]
  return Array.from({ length: Math.floor(millis / step) + 1 }, (_, i) => {
    const at = i * step
    return { at, text: i === 0 ? "0" : `${formatCount(at / unit)} ${name}` }
  })
}
