/**
 * The pace and the spending of a job over its life, as two charts. They stretch with the page, and their texts do not:
 * marks are drawn in a frame that is stretched, and texts stand at percentages.
 */
import * as Duration from "effect/Duration"
import { formatUsd } from "effect-openrouter-images/Quote"
import type { Jobs } from "effect-openrouter-images-jobs"
import { formatCount, formatDuration, formatPlural, formatTime } from "./format.js"
import { encodePart, type Html, html } from "./html.js"
import { ticksUpTo, timeTicks } from "./scale.js"

/** In pixels, but for what is within a frame. */
const top = 10
const height = 112
const bottom = 26

/** A job that has just begun does not fill the chart with one bar. */
const minSpans = 10

/** What both charts of a job have in common. */
interface Life {
  readonly history: Jobs.History
  /** Whether the last span is over. */
  readonly isOver: boolean
  /** How many spans the width has room for. */
  readonly room: number
}

const round = (value: number): number => Math.round(value * 100) / 100

/** Sums of decimal fractions are not exact. */
const formatSum = (usd: number): string => formatUsd(Math.abs(usd) < 1e-9 ? 0 : usd)

const percentAt = ({ room }: Life, spans: number): string => `${round((spans / room) * 100)}%`

const yOf = (value: number, max: number): number => round(height - (value / max) * height)

const agesOf = (spanMillis: number, index: number): string =>
  [index, index + 1].map((at) => formatDuration(Duration.millis(at * spanMillis))).join(" to ")

/** Where a pause begins and ends, in spans since the submission. */
const pauseRange = ({ from, spanMillis, spans }: Jobs.History, { since, until }: Jobs.PastPause) => {
  const at = (time: number) => Math.min(spans.length, Math.max(0, (time - from) / spanMillis))
  return { begin: at(since), end: until === undefined ? spans.length : at(until) }
}

/** A pause that is short beside the whole life is still to be seen. */
const minPausePart = 0.004

const pauseBands = (life: Life): Html =>
  html`${life.history.pauses.map((pause) => {
    const { begin, end } = pauseRange(life.history, pause)
    const length = Math.max(end - begin, life.room * minPausePart)
    return html`<rect class="paused" x="${percentAt(life, begin)}" width="${percentAt(life, length)}" y="${top}" height="${height}"/>`
  })}`

const yAxis = (ticks: ReadonlyArray<number>, format: (value: number) => string): Html => {
  const max = ticks.at(-1) ?? 1
  return html`${ticks.map((tick) => {
    const y = top + yOf(tick, max)
    return html`<line class="${tick === 0 ? "base" : "grid"}" x1="0" x2="100%" y1="${y}" y2="${y}"/><text class="y" x="-8" y="${y}" dy=".35em">${format(tick)}</text>`
  })}`
}

const maxTimes = 5

const xAxis = (life: Life): Html => {
  const millis = life.room * life.history.spanMillis
  const y = top + height + bottom - 6
  return html`${timeTicks(millis, maxTimes).map(({ at, text }) => {
    const part = at / millis
    const anchor = at === 0 ? "start" : part > 0.94 ? "end" : "middle"
    return html`<text class="x" x="${round(part * 100)}%" y="${y}" text-anchor="${anchor}">${text}</text>`
  })}`
}

const wasPausedIn = (history: Jobs.History, index: number): boolean =>
  history.pauses.some((pause) => {
    const { begin, end } = pauseRange(history, pause)
    return begin < index + 1 && end > index
  })

/** What a pointer finds in each span. */
const details = ({ history }: Life): Html =>
  html`<g class="details">${history.spans.map(({ done, failed, spentUsd }, i) => {
    const facts = [`${formatCount(done)} done`, `${formatCount(failed)} failed`, `${formatSum(spentUsd)} spent`]
    const text = [...facts, ...(wasPausedIn(history, i) ? ["paused"] : [])].join(", ")
    return html`<rect x="${i}" width="1" height="${height}"><title>${agesOf(history.spanMillis, i)}: ${text}</title></rect>`
  })}</g>`

/** What is the chart's own. */
interface Plot {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly marks: Html
  readonly ticks: ReadonlyArray<number>
  readonly format: (value: number) => string
}

const plot = (life: Life, { description, format, id, marks, ticks, title }: Plot): Html => html`
<svg class="plot" width="100%" height="${top + height + bottom}" role="img" aria-labelledby="${id}-title ${id}-text">
<title id="${id}-title">${title}</title>
<desc id="${id}-text">${description}</desc>
${pauseBands(life)}
${yAxis(ticks, format)}
<svg x="0" y="${top}" width="100%" height="${height}" viewBox="0 0 ${life.room} ${height}" preserveAspectRatio="none">${marks}${details(life)}</svg>
${xAxis(life)}
</svg>`

interface Bar {
  readonly index: number
  readonly from: number
  readonly to: number
}

const barPath = (bars: ReadonlyArray<Bar>, max: number): string =>
  bars
    .filter(({ from, to }) => to > from)
    .map(({ from, index, to }) => `M${index + 0.1} ${yOf(from, max)}V${yOf(to, max)}h.8V${yOf(from, max)}z`)
    .join("")

const perMinute = (value: number, { spanMillis }: Jobs.History): number => (value * 60_000) / spanMillis

const formatRate = (value: number): string => formatCount(Number(value.toPrecision(3)))

const pausesText = ({ pauses }: Jobs.History): string => {
  const [last] = pauses.slice(-1)
  if (last === undefined) return "It was not paused."
  const times = pauses.length === 1 ? "once" : `${formatCount(pauses.length)} times`
  const end = last.until === undefined ? "and still is" : `until ${formatTime(last.until)}`
  return `It was paused ${times}, last from ${formatTime(last.since)} ${end}: ${last.reason.slice(0, 200)}.`
}

const pace = (life: Life): Html => {
  const { history, isOver } = life
  const rates = history.spans.map(({ done, failed }, index) => ({
    index,
    done: perMinute(done, history),
    ended: perMinute(done + failed, history)
  }))
  const most = Math.max(...rates.map(({ ended }) => ended))
  const ticks = ticksUpTo(most, 4, 1)
  const max = ticks.at(-1) ?? 1
  const series = (are: typeof rates, part: string) => html`
<path class="done${part}" d="${barPath(
    are.map(({ done, index }) => ({ index, from: 0, to: done })),
    max
  )}"/><path class="failed${part}" d="${barPath(
    are.map(({ done, ended, index }) => ({ index, from: done, to: ended })),
    max
  )}"/>`
  const over = isOver ? rates : rates.slice(0, -1)
  const [done, failed] = (["done", "failed"] as const).map((state) =>
    history.spans.reduce((sum, span) => sum + span[state], 0)
  )
  const fastest = rates.findIndex(({ ended }) => ended === most)
  const description = [
    `Since ${formatTime(history.from)}, in spans of ${formatDuration(Duration.millis(history.spanMillis))}:`,
    `${formatCount(done ?? 0)} done and ${formatCount(failed ?? 0)} failed,`,
    `at most ${formatRate(most)} a minute, ${agesOf(history.spanMillis, fastest)} after the submission.`,
    pausesText(history)
  ].join(" ")
  const marks = html`${series(over, "")}${series(rates.slice(over.length), " part")}`
  return plot(life, { id: "pace", title: "Items ended a minute", description, marks, ticks, format: formatRate })
}

const spending = (life: Life): Html => {
  const { history } = life
  let sum = 0
  const sums = history.spans.map(({ spentUsd }) => (sum += spentUsd))
  const ticks = ticksUpTo(Math.max(...sums), 4, 0.01)
  const max = ticks.at(-1) ?? 1
  const line = sums.map((usd, i) => `L${i + 1} ${yOf(Math.max(0, usd), max)}`).join("")
  const marks = html`<path class="area" d="M0 ${height}${line}V${height}z"/><path class="line" d="M0 ${height}${line}"/>`
  const description = `${formatSum(sum)} in ${formatPlural(history.spans.length, "span")} of ${formatDuration(Duration.millis(history.spanMillis))} since ${formatTime(history.from)}.`
  return plot(life, { id: "spending", title: "Spent, in US dollars", description, marks, ticks, format: formatUsd })
}

const legend: Html = html`<ul class="legend"><li class="done">done</li><li class="failed">failed</li><li class="paused">paused</li></ul>`

/** `isOver` says whether the job has finished, so that its last span does not grow any more. */
export const charts = (history: Jobs.History, isOver: boolean): Html => {
  const life: Life = { history, isOver, room: Math.max(history.spans.length, minSpans) }
  return html`
<figure><figcaption><h2>Items ended a minute</h2>${legend}</figcaption>${pace(life)}</figure>
<figure><figcaption><h2>Spent, in US dollars</h2></figcaption>${spending(life)}</figure>
<p class="soft">Times are since the submission at ${formatTime(history.from)}. <a href="../api/jobs/${encodePart(history.job)}/history">The numbers as JSON</a></p>`
}
