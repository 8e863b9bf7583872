/** What a gallery says about all of its pictures. */
import * as DateTime from "effect/DateTime"
import * as Cost from "../../output/Cost.js"
import { pluralize } from "../../output/Text.js"
import type { Entry } from "./Entry.js"

/** A forged file may hold a time that no calendar has. */
export const hasTime = (seconds: number | undefined): seconds is number =>
  seconds !== undefined && seconds >= 0 && seconds < 253_402_300_800

const months = Array.from({ length: 12 }, (_, month) =>
  new Date(Date.UTC(2000, month)).toLocaleString("en", { month: "long", timeZone: "UTC" })
)

/** `25 November 2026`, in its parts. */
const dayOf = (seconds: number): ReadonlyArray<string> => {
  const { day, month, year } = DateTime.toPartsUtc(DateTime.unsafeMake(seconds * 1000))
  return [String(day), months[month - 1] ?? "", String(year)]
}

/** `3 to 25 November 2026`: what both ends share is said once. */
const daysOf = (first: number, last: number): string => {
  const [from, to] = [dayOf(first), dayOf(last)]
  const shared = [0, 1, 2].find((i) => from.slice(i).join(" ") === to.slice(i).join(" ")) ?? from.length
  return shared === 0 ? to.join(" ") : `${from.slice(0, shared).join(" ")} to ${to.join(" ")}`
}

/** `12 pictures, 3 to 25 November 2026` (UTC), or without the days if none is known. */
export const title = (entries: ReadonlyArray<Entry>): string => {
  const times = entries.flatMap(({ created }) => (hasTime(created) ? [created] : []))
  const count = pluralize(entries.length, "picture")
  if (times.length === 0) return count
  const bounds = times.reduce(([first, last], time) => [Math.min(first, time), Math.max(last, time)] as const, [
    Number.POSITIVE_INFINITY,
    0
  ] as readonly [number, number])
  return `${count}, ${daysOf(...bounds)}`
}

const sumOf = (entries: ReadonlyArray<Entry>): number => entries.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0)

/** `$0.48; the cost of 2 is unknown`: what was paid, and apart from it what the emulator has said. */
export const costs = (entries: ReadonlyArray<Entry>): string => {
  const known = entries.filter(({ costUsd }) => costUsd !== undefined)
  const unknown = entries.filter(({ costUsd, emulated }) => costUsd === undefined && !emulated).length
  const sums = [false, true].flatMap((emulated) => {
    const some = known.filter((entry) => entry.emulated === emulated)
    return some.length === 0 ? [] : [Cost.format(sumOf(some), emulated)]
  })
  if (sums.length === 0) return unknown === 0 ? Cost.nothingBilled : "cost unknown"
  return `${sums.join(", and ")}${unknown > 0 ? `; the cost of ${unknown} is unknown` : ""}`
}

/** `12 pictures, $0.48; the cost of 2 is unknown`. */
export const summary = (entries: ReadonlyArray<Entry>): string =>
  `${pluralize(entries.length, "picture")}, ${costs(entries)}`
