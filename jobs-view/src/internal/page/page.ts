/** The pages, whole before any script runs. */
import { formatUsd } from "effect-openrouter-images/Quote"
import type { Jobs } from "effect-openrouter-images-jobs"
import * as Assets from "../http/assets.js"
import type { Failures } from "../http/models.js"
import { isLatest, keyOf, type Window } from "../window.js"
import { card } from "./card.js"
import { charts } from "./chart.js"
import { formatCount, formatPlural, percentOf } from "./format.js"
import { empty, encodePart, type Html, html, ifDefined, withWordBreaks } from "./html.js"
import { formatSpent } from "./money.js"
import { announcementOf, badge, bar, endedOf, type Snapshot, summary, titleOf } from "./summary.js"

interface Document {
  readonly title: string
  /** From the page to the folder of the view, `./` or `../`. */
  readonly root: string
  readonly body: Html
  /** Where its events come from, relative to the page. */
  readonly events?: string
  /** Whether it loads itself again without a script, for as long as something may change. */
  readonly reloads?: boolean
}

const renderDocument = ({ body, events, reloads, root, title }: Document): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
${reloads === true ? html`<noscript><meta http-equiv="refresh" content="10"></noscript>` : empty}
<title>${title}</title>
<link rel="icon" href="${root}${Assets.icon.path}" type="image/svg+xml">
<link rel="stylesheet" href="${root}${Assets.style.path}">
${events === undefined ? empty : html`<script src="${root}${Assets.script.path}" defer></script>`}
</head>
<body${ifDefined(events, (address) => html` data-events="${address}"`)}>
${body}
</body>
</html>
`.html

const liveStatus: Html = html`<span id="live" class="live" hidden></span>`

/** The parts of a page that updates replace, by their ids. */
export type Parts = Readonly<Record<string, Html>>

/** How many items may have been billed, by what is known of them now. */
const unsure = ({ undecided, unknown, unsettled }: Jobs.Progress): number => undecided + unsettled + unknown

const jobFacts = (progress: Jobs.Progress): string => {
  const { failed, limitUsd, pictures, total } = progress
  const spent = formatSpent(progress)
  return [
    formatPlural(total, "item"),
    formatPlural(pictures, "picture"),
    `${formatCount(failed)} failed`,
    limitUsd === undefined ? spent : `${spent} of ${formatUsd(limitUsd)}`,
    ...(unsure(progress) === 0 ? [] : [`${formatCount(unsure(progress))} may have been billed`]),
    ...(progress.paused === undefined ? [] : [progress.paused.reason.slice(0, 120)])
  ].join(" · ")
}

const jobRow = (
  snapshot: Jobs.Progress
): Html => html`<li data-key="${encodePart(snapshot.job)}" data-version="${JSON.stringify(snapshot)}">
<p class="head"><a href="./jobs/${encodePart(snapshot.job)}">${snapshot.job}</a> ${badge(snapshot)}</p>
${bar(snapshot)}
<p class="soft"><b>${percentOf(endedOf(snapshot), snapshot.total)} %</b> of ${jobFacts(snapshot)}</p></li>`

const maxJobs = 200

export const listParts = (jobs: ReadonlyArray<Jobs.Progress>): Parts => ({
  jobs: html`${jobs.slice(0, maxJobs).map(jobRow)}`
})

export const listPage = (jobs: ReadonlyArray<Jobs.Progress>): string =>
  renderDocument({
    title: "Jobs",
    root: "./",
    events: "./events",
    reloads: true,
    body: html`<header><h1>Jobs</h1>${liveStatus}</header>
<main>
<ul id="jobs" class="jobs" data-keyed>${listParts(jobs)["jobs"] ?? empty}</ul>
<p class="empty soft">There are no jobs yet. <code>Jobs.submit</code> makes one.</p>
${jobs.length > maxJobs ? html`<p class="soft">and ${formatCount(jobs.length - maxJobs)} older ones</p>` : empty}
</main>`
  })

const billingLabels = { billed: "billed", notBilled: "not billed", unknown: "may have been billed" } as const

const billingBadge = (billing: Failures["billing"]): Html =>
  html`<span class="bill ${billing}">${billingLabels[billing]}</span>`

const failureRow = ({ advice, billing, example, items, tag }: Failures): Html => html`<li>
<p><b>${formatCount(items)} ×</b> <strong>${withWordBreaks(tag)}</strong> ${billingBadge(billing)}</p>
<p>${example.slice(0, 400)}</p>
<p class="soft">${advice}</p></li>`

export const failureList = (failures: ReadonlyArray<Failures>): Html =>
  failures.length === 0 ? empty : html`<h2>What failed</h2><ul class="causes">${failures.map(failureRow)}</ul>`

export const cards = (job: string, items: ReadonlyArray<Jobs.Item>): Html =>
  html`${items.map((item) => card(job, item))}`

const tabs = (snapshot: Jobs.Progress, { state }: Window): Html => {
  const tab = (of: Window["state"], name: string): Html => {
    const current = of === state ? html` aria-current="page"` : empty
    return html`<a href="${of === undefined ? "?" : `?state=${of}`}"${current}>${name}</a>`
  }
  const tabIfAny = (of: "undecided" | "unsettled" | "cancelled", name: string): Html =>
    snapshot[of] === 0 && of !== state ? empty : tab(of, name)
  const all = [
    tab(undefined, "Latest"),
    tab("done", "Made"),
    tab("failed", "Failed"),
    tabIfAny("undecided", "Undecided"),
    tabIfAny("unsettled", "Unsettled"),
    tabIfAny("cancelled", "Cancelled")
  ]
  return html`<nav class="tabs" aria-label="Which items">${all}</nav>`
}

export const pagination = (
  job: string,
  items: ReadonlyArray<Jobs.Item>,
  { after, before, limit, state }: Window
): Html => {
  const first = items[0]
  const last = items.at(-1)
  const query = (name: string, item: Jobs.Item) =>
    `?${state === undefined ? "" : `state=${state}&`}${name}=${encodePart(keyOf(job, item.id))}`
  const newer =
    first !== undefined && (before !== undefined || after !== undefined)
      ? html`<a rel="prev" href="${query("after", first)}">← Newer</a>`
      : empty
  const older =
    last !== undefined && (items.length === limit || after !== undefined)
      ? html`<a rel="next" href="${query("before", last)}">Older →</a>`
      : empty
  return html`${newer}${older}`
}

/** What the page of a job shows. */
export interface JobView {
  readonly snapshot: Snapshot
  readonly history: Jobs.History
  readonly failures: ReadonlyArray<Failures>
  readonly items: ReadonlyArray<Jobs.Item>
}

export const jobPage = ({ failures, history, items, snapshot }: JobView, window: Window): string =>
  renderDocument({
    title: titleOf(snapshot),
    root: "../",
    events: `./${encodePart(snapshot.job)}/events`,
    reloads: !snapshot.finished,
    body: html`<header><p class="up"><a href="../">← All jobs</a></p><h1>${snapshot.job}</h1>${liveStatus}</header>
<main>
<div class="top">
<section id="summary" class="panel" aria-label="Progress">${summary(snapshot)}</section>
<section id="causes" class="panel" aria-label="What failed" tabindex="0">${failureList(failures)}</section>
</div>
<section id="charts" class="panel charts" aria-label="Pace and spending">${charts(history, snapshot.finished)}</section>
<p id="announced" class="unseen" role="status">${announcementOf(snapshot)}</p>
<section aria-label="Items">
${tabs(snapshot, window)}
<ul id="${isLatest(window) ? "items" : "older"}" class="cards" data-keyed>${cards(snapshot.job, items)}</ul>
<p class="empty soft">${isLatest(window) ? "Nothing has come of it yet." : "There is nothing here."}</p>
<nav id="${isLatest(window) ? "pages" : "older-pages"}" class="pages" aria-label="Pages">${pagination(snapshot.job, items, window)}</nav>
</section>
</main>`
  })

/** A page that says one thing. */
export const notice = (title: string, text: string, root: string): string =>
  renderDocument({
    title,
    root,
    body: html`<header><p class="up"><a href="${root}">← All jobs</a></p><h1>${title}</h1></header><main><p>${text}</p></main>`
  })

/** The form is sent to the page that was asked for, which is shown when the token is right. */
export const loginPage = (root: string, isWrong: boolean): string => {
  const invalid = isWrong ? html` aria-invalid="true" aria-describedby="wrong"` : empty
  return renderDocument({
    title: "Jobs",
    root,
    body: html`<main class="login"><form method="post" class="panel">
<h1>Jobs</h1>
<input name="username" value="jobs" autocomplete="username" hidden>
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus${invalid}>
${isWrong ? html`<p id="wrong" class="warning" role="alert">This is not the token.</p>` : empty}
<button type="submit">Look</button>
</form></main>`
  })
}
