/** How far a job is, as HTML. */
import * as Duration from "effect/Duration"
import { formatUsd } from "effect-openrouter-images/Quote"
import type { Jobs } from "effect-openrouter-images-jobs"
import { formatCount, formatDuration, formatPlural, percentOf } from "./format.js"
import { empty, type Html, html, ifDefined } from "./html.js"
import { formatSpent } from "./money.js"
import { formatCalls, formatCost } from "./settlement.js"

/** How far a job is. Its pace is known after the second look. */
export type Snapshot = Jobs.Progress & Partial<Jobs.Pace>

const parts = ["done", "failed", "undecided", "unsettled", "cancelled", "running", "waiting"] as const

const names = {
  done: "done",
  failed: "failed",
  undecided: "undecided",
  unsettled: "unsettled",
  cancelled: "cancelled",
  running: "running",
  waiting: "waiting"
} as const

export const endedOf = ({ cancelled, done, failed }: Jobs.Progress): number => done + failed + cancelled

/** In a word. */
export const stateOf = (snapshot: Jobs.Progress): string => {
  if (snapshot.finished)
    return snapshot.failed > 0 ? "ended, with failures" : snapshot.cancelled > 0 ? "cancelled" : "finished"
  if (snapshot.paused !== undefined) return snapshot.paused.by === "user" ? "paused" : "paused by an outage"
  if (snapshot.undecided > 0 && snapshot.running + snapshot.waiting === 0) return "waits for a decision"
  if (snapshot.unsettled > 0 && snapshot.running + snapshot.waiting === 0) return "asks what was billed"
  return snapshot.submitting ? "being submitted" : snapshot.running > 0 ? "running" : "waiting"
}

const kindOf = (snapshot: Jobs.Progress): string =>
  snapshot.finished ? (snapshot.failed + snapshot.cancelled > 0 ? "flawed" : "whole") : "open"

export const badge = (snapshot: Jobs.Progress): Html =>
  html`<span class="badge ${kindOf(snapshot)}">${stateOf(snapshot)}</span>`

/** Drawn as SVG: the page's policy allows no styles within it, but does not mind attributes of SVG. */
export const bar = (snapshot: Jobs.Progress): Html => {
  const ended = endedOf(snapshot)
  const label = [
    `${formatCount(ended)} of ${formatCount(snapshot.total)} ended`,
    `${formatCount(snapshot.done)} done`,
    `${formatCount(snapshot.failed)} failed`
  ].join(", ")
  let x = 0
  const pieces = parts.map((part) => {
    const width = snapshot.total === 0 ? 0 : (snapshot[part] / snapshot.total) * 1000
    const piece = width === 0 ? empty : html`<rect class="${part}" x="${x}" width="${width}" height="10"/>`
    x += width
    return piece
  })
  return html`<div class="bar" role="progressbar" aria-label="${snapshot.job}" aria-valuemin="0" aria-valuemax="${snapshot.total}" aria-valuenow="${ended}" aria-valuetext="${label}">
<svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">${pieces}</svg></div>`
}

const legend = (snapshot: Jobs.Progress): Html => {
  const always: ReadonlyArray<string> = snapshot.finished
    ? ["done", "failed"]
    : ["done", "failed", "running", "waiting"]
  return html`<ul class="legend">${parts
    .filter((part) => snapshot[part] > 0 || always.includes(part))
    .map(
      (part) => html`<li class="${part}"><b data-count="${part}">${formatCount(snapshot[part])}</b> ${names[part]}</li>`
    )}</ul>`
}

const fact = (name: string, value: string, more: string | undefined = undefined): Html =>
  html`<div><dt>${name}</dt><dd>${value}${ifDefined(more, (text) => html`<small>${text}</small>`)}</dd></div>`

const left = (remaining: Duration.Duration | undefined): string =>
  remaining === undefined
    ? "not known yet"
    : Duration.lessThan(remaining, "1 second")
      ? "a moment"
      : `about ${formatDuration(remaining)}`

const money = ({
  done,
  emulatedUsd,
  limitUsd,
  pictures,
  reservedUsd,
  settlements: { billed },
  spentUsd
}: Jobs.Progress): ReadonlyArray<Html> => [
  fact(
    "Spent",
    formatSpent({ emulatedUsd, spentUsd }),
    limitUsd === undefined
      ? "no limit"
      : `of ${formatUsd(limitUsd)}${reservedUsd > 1e-9 ? `, ${formatUsd(reservedUsd)} set aside` : ""}`
  ),
  fact(
    "Pictures",
    formatCount(pictures),
    done === 0 || pictures === 0 ? undefined : `${formatUsd(spentUsd / pictures)} each`
  ),
  ...(billed.attempts === 0
    ? []
    : [fact("Billed, no picture", formatUsd(billed.costUsd), formatCalls(billed.attempts))])
]

const formatPace = (picturesPerMinute: number | undefined): string =>
  picturesPerMinute === undefined ? "0" : picturesPerMinute.toFixed(picturesPerMinute < 10 ? 1 : 0)

const facts = (snapshot: Snapshot): Html =>
  html`<dl class="figures">${[
    ...money(snapshot),
    ...(snapshot.finished
      ? []
      : [
          fact("Pace", formatPace(snapshot.picturesPerMinute), "pictures a minute"),
          fact(
            "Time left",
            snapshot.undecided > 0 && snapshot.running + snapshot.waiting === 0
              ? "until it is decided"
              : left(snapshot.remaining)
          )
        ])
  ]}</dl>`

const limitMeter = ({ emulatedUsd, limitUsd, reservedUsd, spentUsd }: Jobs.Progress): Html =>
  ifDefined(limitUsd, (limit) => {
    const width = (value: number) => (limit === 0 ? 0 : Math.min(1000, (value / limit) * 1000))
    const label = `${formatSpent({ emulatedUsd, spentUsd })} of ${formatUsd(limit)} spent`
    return html`<div class="bar money" role="meter" aria-label="Spent of the limit" aria-valuemin="0" aria-valuemax="${limit}" aria-valuenow="${Math.min(spentUsd, limit)}" aria-valuetext="${label}">
<svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="spent" width="${width(spentUsd)}" height="10"/><rect class="reserved" x="${width(spentUsd)}" width="${Math.max(0, width(spentUsd + reservedUsd) - width(spentUsd))}" height="10"/></svg></div>`
  })

const warning = (...parts: ReadonlyArray<Html>): Html => html`<p class="warning">${parts}</p>`

const unsettled = ({ waiting }: Jobs.Settlements): Html =>
  waiting.attempts === 0
    ? empty
    : warning(
        html`${formatCalls(waiting.attempts)} may have been billed${formatCost(waiting)}. `,
        html`Workers ask what ${waiting.attempts === 1 ? "it" : "they"} cost, and send again what cost nothing.`
      )

const pauseText = ({ by, looksAt, reason }: Jobs.Pause): Html => {
  const time = looksAt === undefined ? "" : ` at ${new Date(looksAt).toISOString().slice(11, 19)} UTC`
  const onward =
    by === "user"
      ? html`It goes on with <code>Jobs.resume</code>.`
      : html`One request tries the API${time}; when it succeeds, all go on.`
  return warning(html`Paused: ${reason}. `, onward)
}

const warnings = ({ paused, settlements, undecided, unknown }: Jobs.Progress): Html =>
  html`${[
    ifDefined(paused, pauseText),
    unsettled(settlements),
    ...(undecided === 0
      ? []
      : [
          warning(
            html`${formatPlural(undecided, "item")} may have been billed and ${undecided === 1 ? "waits" : "wait"} for a decision: `,
            html`<a href="?state=undecided">look at ${undecided === 1 ? "it" : "them"}</a>.`
          )
        ]),
    ...(unknown === 0
      ? []
      : [
          warning(
            html`${formatPlural(unknown, "failed item")} may have been billed${formatCost(settlements.unknown)}: `,
            html`look at the account's activity before ${unknown === 1 ? "it is" : "they are"} sent again.`
          )
        ])
  ]}`

const endedText = (snapshot: Snapshot): string => {
  const more = snapshot.submitting ? ", and more may come" : ""
  return `${formatCount(endedOf(snapshot))} of ${formatPlural(snapshot.total, "item")}${more}`
}

const percent = (snapshot: Snapshot): Html =>
  html`<b class="percent">${percentOf(endedOf(snapshot), snapshot.total)} %</b>`

export const summary = (snapshot: Snapshot): Html => html`
<p class="state">${badge(snapshot)} ${percent(snapshot)} <span class="soft">${endedText(snapshot)}</span></p>
${bar(snapshot)}
${legend(snapshot)}
${facts(snapshot)}
${limitMeter(snapshot)}
${warnings(snapshot)}`

/** What a screen reader says. It changes in steps of ten percent, so that it is not said too often. */
export const announcementOf = (snapshot: Jobs.Progress): string =>
  snapshot.finished
    ? `${stateOf(snapshot)}: ${formatCount(snapshot.done)} of ${formatCount(snapshot.total)} done, ${formatCount(snapshot.failed)} failed`
    : `${Math.floor(percentOf(endedOf(snapshot), snapshot.total) / 10) * 10} % ended`

export const titleOf = (snapshot: Jobs.Progress): string =>
  `${snapshot.finished ? stateOf(snapshot) : `${percentOf(endedOf(snapshot), snapshot.total)} %`} · ${snapshot.job}`
