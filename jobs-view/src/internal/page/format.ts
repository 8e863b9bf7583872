/** Amounts in words. */
import * as Duration from "effect/Duration"

const grouped = new Intl.NumberFormat("en-US")

/** `12,345`. */
export const count = (value: number): string => grouped.format(value)

/** `1 picture`, `12,345 pictures`. */
export const counted = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? "" : "s"}`

/** Cents where they say enough, as many more places as a small price needs. */
export const dollars = (value: number): string => {
  const places = value === 0 || value >= 1 ? 2 : value >= 0.01 ? 3 : 5
  const [whole = "", cents = ""] = value.toFixed(places).split(".")
  return `$${count(Number(whole))}.${cents.replace(/0+$/, "").padEnd(2, "0")}`
}

/** Never 100 % before everything has ended. */
export const percent = (part: number, whole: number): number => (whole === 0 ? 0 : Math.floor((part / whole) * 100))

/** In the two largest units, `2 h 5 min`. */
export const lasting = (duration: Duration.Duration): string => {
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

/** The beginning of a text that may be of any length. */
export const beginning = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most).trimEnd()}…`
