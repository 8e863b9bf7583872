/** How far a job is, as HTML. */
import * as Duration from "effect/Duration"
import type { Pace } from "../job/pace.js"
import type { Progress } from "../job/progress.js"
import { given, type Html, html, nothing } from "./html.js"
import { count, counted, dollars, lasting, percent } from "./words.js"

/** The pace is known after the second look. */
export type Seen = Progress & Partial<Pace>

const parts = ["done", "failed", "undecided", "cancelled", "running", "waiting"] as const

const names = {
  done: "done",
  failed: "failed",
  undecided: "undecided",
  cancelled: "cancelled",
  running: "running",
  waiting: "waiting"
} as const

export const endedOf = ({ cancelled, done, failed }: Progress): number => done + failed + cancelled

/** In a word. */
export const stateOf = (seen: Progress): string => {
  if (seen.finished) return seen.failed > 0 ? "ended, with failures" : seen.cancelled > 0 ? "cancelled" : "finished"
  if (seen.undecided > 0 && seen.running + seen.waiting === 0) return "waits for a decision"
  return seen.submitting ? "being submitted" : seen.running > 0 ? "running" : "waiting"
}

const kindOf = (seen: Progress): string =>
  seen.finished ? (seen.failed + seen.cancelled > 0 ? "flawed" : "whole") : "open"

export const badge = (seen: Progress): Html => html`<span class="badge ${kindOf(seen)}">${stateOf(seen)}</span>`

/** Drawn, for a policy that allows no styles within the page leaves attributes of SVG alone. */
export const bar = (seen: Progress): Html => {
  const ended = endedOf(seen)
  const said = `${count(ended)} of ${count(seen.total)} ended, ${count(seen.done)} done, ${count(seen.failed)} failed`
  let x = 0
  const pieces = parts.map((part) => {
    const width = seen.total === 0 ? 0 : (seen[part] / seen.total) * 1000
    const piece = width === 0 ? nothing : html`<rect class="${part}" x="${x}" width="${width}" height="10"/>`
    x += width
    return piece
  })
  return html`<div class="bar" role="progressbar" aria-label="${seen.job}" aria-valuemin="0" aria-valuemax="${seen.total}" aria-valuenow="${ended}" aria-valuetext="${said}">
<svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">${pieces}</svg></div>`
}

const legend = (seen: Progress): Html => {
  const always: ReadonlyArray<string> = seen.finished ? ["done", "failed"] : ["done", "failed", "running", "waiting"]
  return html`<ul class="legend">${parts
    .filter((part) => seen[part] > 0 || always.includes(part))
    .map(
      (part) => html`<li class="${part}"><b data-count="${part}">${count(seen[part])}</b> ${names[part]}</li>`
    )}</ul>`
}

const fact = (name: string, value: string, more: string | undefined = undefined): Html =>
  html`<div><dt>${name}</dt><dd>${value}${given(more, (text) => html`<small>${text}</small>`)}</dd></div>`

const left = (remaining: Duration.Duration | undefined): string =>
  remaining === undefined
    ? "not known yet"
    : Duration.lessThan(remaining, "1 second")
      ? "a moment"
      : `about ${lasting(remaining)}`

const money = ({ done, limitUsd, pictures, reservedUsd, spentUsd }: Progress): ReadonlyArray<Html> => [
  fact(
    "Spent",
    dollars(spentUsd),
    limitUsd === undefined
      ? "no limit"
      : `of ${dollars(limitUsd)}${reservedUsd > 1e-9 ? `, ${dollars(reservedUsd)} set aside` : ""}`
  ),
  fact("Pictures", count(pictures), done === 0 || pictures === 0 ? undefined : `${dollars(spentUsd / pictures)} each`)
]

const facts = (seen: Seen): Html =>
  html`<dl class="figures">${[
    ...money(seen),
    ...(seen.finished
      ? []
      : [
          fact(
            "Pace",
            `${(seen.picturesPerMinute ?? 0).toFixed(seen.picturesPerMinute !== undefined && seen.picturesPerMinute < 10 ? 1 : 0)}`,
            "pictures a minute"
          ),
          fact(
            "Time left",
            seen.undecided > 0 && seen.running + seen.waiting === 0 ? "until it is decided" : left(seen.remaining)
          )
        ])
  ]}</dl>`

const limited = ({ limitUsd, reservedUsd, spentUsd }: Progress): Html =>
  given(limitUsd, (limit) => {
    const width = (value: number) => (limit === 0 ? 0 : Math.min(1000, (value / limit) * 1000))
    const said = `${dollars(spentUsd)} of ${dollars(limit)} spent`
    return html`<div class="bar money" role="meter" aria-label="Spent of the limit" aria-valuemin="0" aria-valuemax="${limit}" aria-valuenow="${Math.min(spentUsd, limit)}" aria-valuetext="${said}">
<svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="spent" width="${width(spentUsd)}" height="10"/><rect class="reserved" x="${width(spentUsd)}" width="${Math.max(0, width(spentUsd + reservedUsd) - width(spentUsd))}" height="10"/></svg></div>`
  })

const warnings = ({ undecided, unknown }: Progress): Html =>
  html`${[
    ...(undecided === 0
      ? []
      : [
          html`<p class="warning">${counted(undecided, "item")} may have been billed and ${undecided === 1 ? "waits" : "wait"} for a decision: <a href="?state=undecided">look at ${undecided === 1 ? "it" : "them"}</a>.</p>`
        ]),
    ...(unknown === 0
      ? []
      : [
          html`<p class="warning">${counted(unknown, "failed item")} may have been billed: look at the account's activity before ${unknown === 1 ? "it is" : "they are"} sent again.</p>`
        ])
  ]}`

export const summary = (seen: Seen): Html => html`
<p class="state">${badge(seen)} <b class="percent">${percent(endedOf(seen), seen.total)} %</b> <span class="soft">${count(endedOf(seen))} of ${counted(seen.total, "item")}${seen.submitting ? ", and more may come" : ""}</span></p>
${bar(seen)}
${legend(seen)}
${facts(seen)}
${limited(seen)}
${warnings(seen)}`

/** Said aloud, and so only as often as it changes: in steps of ten. */
export const announced = (seen: Progress): string =>
  seen.finished
    ? `${stateOf(seen)}: ${count(seen.done)} of ${count(seen.total)} done, ${count(seen.failed)} failed`
    : `${Math.floor(percent(endedOf(seen), seen.total) / 10) * 10} % ended`

export const titleOf = (seen: Progress): string =>
  `${seen.finished ? stateOf(seen) : `${percent(endedOf(seen), seen.total)} %`} · ${seen.job}`
