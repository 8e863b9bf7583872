/** The progress of a job: as a line of words, a row of a table, a bar. */

import * as Duration from "effect/Duration"
import { Quote } from "effect-openrouter-images"
import type { Jobs } from "effect-openrouter-images-jobs"
import * as Cost from "../../output/Cost.js"
import type { Column } from "../../output/Table.js"
import { formatEstimate } from "../../output/Text.js"
import * as LiveLine from "../../terminal/LiveLine.js"

export type Paced = Jobs.Progress & Jobs.Pace

type MaybePaced = Jobs.Progress & Partial<Jobs.Pace>

/** `$1.04 of $5`, `$0.48 (emulated)`, `$1.04 of $5 ($0.48 emulated)` */
export const spending = (progress: Jobs.Progress): string => {
  const { limitUsd, spentUsd } = progress
  const of = limitUsd === undefined ? "" : ` of ${Quote.formatUsd(limitUsd)}`
  return Quote.formatUsd(spentUsd) + of + Cost.mark(progress)
}

/** `6 (2 perhaps billed)` */
const failures = ({ failed, unknown }: Jobs.Progress): string =>
  `${failed}${unknown > 0 ? ` (${unknown} perhaps billed)` : ""}`

const rate = (perMinute: number): string => `${perMinute < 10 ? Number(perMinute.toFixed(1)) : Math.round(perMinute)}`

const remainingTime = ({ remaining }: MaybePaced): string | undefined =>
  remaining === undefined ? undefined : formatEstimate(remaining)

/** `12 of 50 done, 1 failed, 4 running, 33 waiting, $0.48, 31 a minute, 1 min 14 s left`; zeros are left out. */
export const format = (progress: MaybePaced): string => {
  const {
    cancelled,
    done,
    finished,
    picturesPerMinute = 0,
    running,
    submitting,
    total,
    undecided,
    unsettled,
    waiting
  } = progress
  const some = (count: number, word: string) => (count > 0 ? [`${count} ${word}`] : [])
  const time = remainingTime(progress)
  return [
    `${done} of ${total} done`,
    ...some(progress.failed, progress.unknown > 0 ? `failed (${progress.unknown} perhaps billed)` : "failed"),
    ...some(cancelled, "cancelled"),
    ...some(undecided, "undecided"),
    ...some(unsettled, "unsettled"),
    ...some(running, "running"),
    ...some(waiting, "waiting"),
    spending(progress),
    ...(picturesPerMinute > 0 && !finished ? [`${rate(picturesPerMinute)} a minute`] : []),
    ...(time === undefined || finished ? [] : [`${time} left`]),
    ...(submitting ? ["not fully submitted"] : []),
    ...(progress.paused === undefined ? [] : [`paused: ${progress.paused.reason.replaceAll(/\s+/g, " ")}`])
  ].join(", ")
}

const widest = 40

/** A shorter bar shows nothing. */
const narrowest = 5

/** `████████░░░░ 12 of 50 (24 %)`: what has ended. */
export const bar = ({ cancelled, done, failed, total }: Jobs.Progress, columns: number): string => {
  const ended = cancelled + done + failed
  const part = total === 0 ? 0 : ended / total
  const text = `${ended} of ${total} (${Math.floor(part * 100)} %)`
  const width = Math.min(widest, columns - 2 - text.length)
  const full = Math.floor(part * width)
  return LiveLine.truncate(width < narrowest ? text : `${"█".repeat(full)}${"░".repeat(width - full)} ${text}`, columns)
}

const always: ReadonlyArray<Column<MaybePaced>> = [
  { title: "JOB", cell: ({ job }) => job },
  // An unfinished submission may bring more.
  { title: "DONE", cell: ({ done, submitting, total }) => `${done} of ${total}${submitting ? "+" : ""}` },
  { title: "FAILED", cell: failures },
  { title: "RUNNING", cell: ({ running }) => String(running) },
  { title: "WAITING", cell: ({ waiting }) => String(waiting) }
]

const pausedBy: Readonly<Record<NonNullable<Jobs.Progress["paused"]>["by"], string>> = {
  user: "by hand",
  outage: "by an outage"
}

/** Columns that only rows with such items need. */
const rare = ["undecided", "unsettled", "cancelled"] as const

export const columns = (rows: ReadonlyArray<MaybePaced>): ReadonlyArray<Column<MaybePaced>> => [
  ...always,
  ...rare
    .filter((state) => rows.some((row) => row[state] > 0))
    .map((state) => ({ title: state.toUpperCase(), cell: (row: MaybePaced) => String(row[state]) })),
  { title: "SPENT", cell: spending },
  ...(rows.some(({ paused }) => paused !== undefined)
    ? [{ title: "PAUSED", cell: ({ paused }: MaybePaced) => (paused === undefined ? "-" : pausedBy[paused.by]) }]
    : [])
]

/** The same with the pace. */
export const pacedColumns = (row: Paced): ReadonlyArray<Column<MaybePaced>> => [
  ...columns([row]),
  { title: "A MINUTE", cell: ({ picturesPerMinute = 0 }) => rate(picturesPerMinute) },
  { title: "LEFT", cell: (looked) => remainingTime(looked) ?? "-" }
]

/** For programs, in the names of the library. */
export const document = ({ remaining, ...progress }: MaybePaced) => ({
  ...progress,
  ...(remaining === undefined ? {} : { remainingSeconds: Math.round(Duration.toSeconds(remaining)) })
})
