/** Numbers, times and long texts as people read them. */
import * as Duration from "effect/Duration"

const numberFormat = new Intl.NumberFormat("en-US")

/** `12,345`. */
export const formatCount = (value: number): string => numberFormat.format(value)

/** `1 picture`, `12,345 pictures`. */
export const formatPlural = (value: number, noun: string): string =>
  `${formatCount(value)} ${noun}${value === 1 ? "" : "s"}`

/** Rounded down, so that 100 % means all. */
export const percentOf = (part: number, whole: number): number => (whole === 0 ? 0 : Math.floor((part / whole) * 100))

/** In the two largest units, `2 h 5 min`. */
export const formatDuration = (duration: Duration.Duration): string => {
  const { days, hours, minutes, seconds } = Duration.parts(duration)
  const parts = [
    [days, "d"],
    [hours, "h"],
    [minutes, "min"],
    [seconds, "s"]
  ] as const
  const first = parts.findIndex(([value]) => value > 0)
  if (first === -1) return "0 s"
  return parts
    .slice(first, first + 2)
    .flatMap(([value, unit]) => (value === 0 ? [] : [`${value} ${unit}`]))
    .join(" ")
}

/** `2026-01-31 14:05 UTC`, of milliseconds since 1970. */
export const formatTime = (millis: number): string =>
  `${new Date(millis).toISOString().slice(0, 16).replace("T", " ")} UTC`

/** The beginning of a text that may be of any length. */
export const truncate = (text: string, maxLength: number): string =>
  text.length <= maxLength ? text : `${text.slice(0, maxLength).trimEnd()}…`
