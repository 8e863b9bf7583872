/** Small pieces of text for people. */
import * as Duration from "effect/Duration"
import * as Color from "../terminal/Color.js"
import { wrap } from "./Table.js"

/** Removes the control characters by which a stranger's text could steer a terminal; line breaks and tabs stay. */
export const sanitize = (text: string): string => text.replace(/[^\P{Cc}\n\t]/gu, "")

/** Whether it has none of what shows that bytes were no text: control characters, and what replaces invalid bytes. */
export const isText = (text: string): boolean => !/[^\P{Cc}\t\r\n]|\ufffd/u.test(text)

/** Escapes the control characters that JSON lets through. */
export const escapeJson = (json: string): string =>
  json.replace(/[\u007f-\u009f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)

/** `812 B`, `79.4 kB`, `2.1 MB`. */
export const formatBytes = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 999_950 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** `0.8 s`, `12.3 s`, `2 min 5 s`. */
export const formatDuration = (took: Duration.Duration): string => {
  const seconds = Duration.toSeconds(took)
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** `12 s`, `2 min 5 s`, `1 h 2 min`, `3 d 4 h`: of what is only a guess. */
export const formatEstimate = (about: Duration.Duration): string => {
  const seconds = Math.ceil(Duration.toSeconds(about))
  const [minutes, hours, days] = [60, 3600, 86_400].map((unit) => Math.floor(seconds / unit))
  if (days) return `${days} d ${(hours ?? 0) % 24} h`
  if (hours) return `${hours} h ${(minutes ?? 0) % 60} min`
  return minutes ? `${minutes} min ${seconds % 60} s` : `${seconds} s`
}

/** `2026-11-25 09:17:43 UTC` */
export const formatTime = (time: Date): string => `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`

/** `1 request`, `2 requests`. */
export const pluralize = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`

export type Rows = ReadonlyArray<readonly [label: string, value: string]>

/** How wide a label is, with the gap after it. */
const margin = 12

/** A value in less room than this is hard to read. */
const narrowest = 24

/** How a block is laid out. */
interface Layout {
  /** The characters of a line. Default: as many as there are. */
  readonly width?: number | undefined
  /** The first label. Default: as the others. */
  readonly first?: (label: string) => string
}

/**
 * Labelled lines, without characters that could steer a terminal; the further lines of a value stand below its first.
 * Within a width, values break at words.
 */
export const block = (rows: Rows, { first = Color.head, width = Number.POSITIVE_INFINITY }: Layout = {}): string => {
  const room = width - margin < narrowest ? Number.POSITIVE_INFINITY : width - margin
  return rows
    .map(([label, value], index) => {
      const paint = index === 0 ? first : Color.head
      const lines = sanitize(value)
        .split("\n")
        .flatMap((line) => wrap(line, room))
        .map((line) => (label === "cost" ? Color.cost(line) : line))
      return `${paint(sanitize(label).padEnd(margin - 2))}  ${lines.join(`\n${" ".repeat(margin)}`)}`
    })
    .join("\n")
}
