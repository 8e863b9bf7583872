/** The pages, whole before any script runs. */
import type { Item } from "../items/queries.js"
import type { Progress } from "../job/progress.js"
import * as Assets from "./assets.js"
import { card } from "./card.js"
import { breakable, encoded, given, type Html, html, nothing } from "./html.js"
import { keyOf, type Window } from "./items.js"
import type { Failures } from "./models.js"
import { announced, badge, bar, endedOf, type Seen, summary, titleOf } from "./summary.js"
import { count, counted, dollars, percent } from "./words.js"

interface Frame {
  readonly title: string
  /** From the page to the folder of the view, `./` or `../`. */
  readonly root: string
  readonly body: Html
  /** Where its events come from, relative to the page. */
  readonly events?: string
  /** Without a script it loads itself again, as long as there may be news. */
  readonly reloads?: boolean
}

const framed = ({ body, events, reloads, root, title }: Frame): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
${reloads === true ? html`<noscript><meta http-equiv="refresh" content="10"></noscript>` : nothing}
<title>${title}</title>
<link rel="icon" href="${root}${Assets.icon.path}" type="image/svg+xml">
<link rel="stylesheet" href="${root}${Assets.style.path}">
${events === undefined ? nothing : html`<script src="${root}${Assets.script.path}" defer></script>`}
</head>
<body${given(events, (address) => html` data-events="${address}"`)}>
${body}
</body>
</html>
`.html

const live: Html = html`<span id="live" class="live" hidden></span>`

/** The parts of a page that events bring anew, by their ids. */
export type Parts = Readonly<Record<string, Html>>

const jobRow = (
  seen: Progress
): Html => html`<li data-key="${encoded(seen.job)}" data-version="${JSON.stringify(seen)}">
<p class="head"><a href="./jobs/${encoded(seen.job)}">${seen.job}</a> ${badge(seen)}</p>
${bar(seen)}
<p class="soft"><b>${percent(endedOf(seen), seen.total)} %</b> of ${counted(seen.total, "item")} · ${counted(seen.pictures, "picture")} · ${count(seen.failed)} failed · ${dollars(seen.spentUsd)}${given(seen.limitUsd, (limit) => html` of ${dollars(limit)}`)}</p></li>`

const mostJobs = 200

export const listParts = (jobs: ReadonlyArray<Progress>): Parts => ({
  jobs: html`${jobs.slice(0, mostJobs).map(jobRow)}`
})

export const listPage = (jobs: ReadonlyArray<Progress>): string =>
  framed({
    title: "Jobs",
    root: "./",
    events: "./events",
    reloads: true,
    body: html`<header><h1>Jobs</h1>${live}</header>
<main>
<ul id="jobs" class="jobs" data-keyed>${listParts(jobs)["jobs"] ?? nothing}</ul>
<p class="empty soft">There are no jobs yet. <code>Jobs.submit</code> makes one.</p>
${jobs.length > mostJobs ? html`<p class="soft">and ${count(jobs.length - mostJobs)} older ones</p>` : nothing}
</main>`
  })

const bills = { billed: "billed", notBilled: "not billed", unknown: "may have been billed" } as const

const cause = ({ advice, billing, example, items, tag }: Failures): Html => html`<li>
<p><b>${count(items)} ×</b> <strong>${breakable(tag)}</strong> <span class="bill ${billing}">${bills[billing]}</span></p>
<p>${example.slice(0, 400)}</p>
<p class="soft">${advice}</p></li>`

export const causesShown = (causes: ReadonlyArray<Failures>): Html =>
  causes.length === 0 ? nothing : html`<h2>What failed</h2><ul class="causes">${causes.map(cause)}</ul>`

export const cards = (job: string, items: ReadonlyArray<Item>): Html => html`${items.map((item) => card(job, item))}`

const tabs = (seen: Progress, { state }: Window): Html => {
  const tab = (of: Window["state"], name: string, number: number): Html =>
    number === 0 && of !== state
      ? nothing
      : html`<a href="${of === undefined ? "?" : `?state=${of}`}"${of === state ? html` aria-current="page"` : nothing}>${name}</a>`
  return html`<nav class="tabs" aria-label="Which items">${tab(undefined, "Latest", 1)}${tab("done", "Made", 1)}${tab("failed", "Failed", 1)}${tab("undecided", "Undecided", seen.undecided)}${tab("cancelled", "Cancelled", seen.cancelled)}</nav>`
}

export const paged = (job: string, items: ReadonlyArray<Item>, { after, before, limit, state }: Window): Html => {
  const first = items[0]
  const last = items.at(-1)
  const query = (name: string, item: Item) =>
    `?${state === undefined ? "" : `state=${state}&`}${name}=${encoded(keyOf(job, item.id))}`
  const newer = first !== undefined && (before !== undefined || after !== undefined)
  const older = last !== undefined && (items.length === limit || after !== undefined)
  return html`${newer ? html`<a rel="prev" href="${query("after", first)}">← Newer</a>` : nothing}${older ? html`<a rel="next" href="${query("before", last)}">Older →</a>` : nothing}`
}

/** Only the latest items are kept up to date: a page of older ones stays as it was asked for. */
export const isLatest = ({ after, before, state }: Window): boolean =>
  after === undefined && before === undefined && state === undefined

export interface JobView {
  readonly seen: Seen
  readonly causes: ReadonlyArray<Failures>
  readonly items: ReadonlyArray<Item>
}

export const jobPage = ({ causes, items, seen }: JobView, window: Window): string =>
  framed({
    title: titleOf(seen),
    root: "../",
    events: `./${encoded(seen.job)}/events`,
    reloads: !seen.finished,
    body: html`<header><p class="up"><a href="../">← All jobs</a></p><h1>${seen.job}</h1>${live}</header>
<main>
<div class="top">
<section id="summary" class="panel" aria-label="Progress">${summary(seen)}</section>
<section id="causes" class="panel" aria-label="What failed" tabindex="0">${causesShown(causes)}</section>
</div>
<p id="announced" class="unseen" role="status">${announced(seen)}</p>
<section aria-label="Items">
${tabs(seen, window)}
<ul id="${isLatest(window) ? "items" : "older"}" class="cards" data-keyed>${cards(seen.job, items)}</ul>
<p class="empty soft">${isLatest(window) ? "Nothing has come of it yet." : "There is nothing here."}</p>
<nav id="${isLatest(window) ? "pages" : "older-pages"}" class="pages" aria-label="Pages">${paged(seen.job, items, window)}</nav>
</section>
</main>`
  })

/** A page that says one thing. */
export const notice = (title: string, text: string, root: string): string =>
  framed({
    title,
    root,
    body: html`<header><p class="up"><a href="${root}">← All jobs</a></p><h1>${title}</h1></header><main><p>${text}</p></main>`
  })

/** The form sends to the page that was asked for, which is shown when the token is right. */
export const loginPage = (root: string, isWrong: boolean): string =>
  framed({
    title: "Jobs",
    root,
    body: html`<main class="login"><form method="post" class="panel">
<h1>Jobs</h1>
<input name="username" value="jobs" autocomplete="username" hidden>
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus${isWrong ? html` aria-invalid="true" aria-describedby="wrong"` : nothing}>
${isWrong ? html`<p id="wrong" class="warning" role="alert">This is not the token.</p>` : nothing}
<button type="submit">Look</button>
</form></main>`
  })
