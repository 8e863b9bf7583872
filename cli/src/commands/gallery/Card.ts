/** A picture of a gallery: its card, with everything that is known of it. */
import * as DateTime from "effect/DateTime"
import { Markup, Quote } from "effect-openrouter-images"
import * as Cost from "../../output/Cost.js"
import { formatBytes } from "../../output/Text.js"
import type { Entry } from "./Entry.js"
import * as Words from "./Words.js"

/** A picture with its address from the page. */
export interface Picture extends Entry {
  readonly src: string
}

const { escapeHtml } = Markup

const timeOf = (seconds: number, length: number): string => {
  const iso = DateTime.formatIso(DateTime.unsafeMake(seconds * 1000))
  const text = iso.slice(0, length).replace("T", " ")
  return `<time datetime="${iso}">${text}${length > 10 ? " UTC" : ""}</time>`
}

const row = (name: string, html: string): string => `<dt>${escapeHtml(name)}</dt><dd>${html}</dd>`

const rowsOf = (picture: Picture): ReadonlyArray<string> => {
  const { costUsd, created, deviation, dimensions, emulated, generationId, model, parameters } = picture
  const size = dimensions === undefined ? "" : `${dimensions.width} × ${dimensions.height}, `
  const format = picture.mediaType.replace(/^image\/|\+xml$/g, "")
  return [
    ...(model === undefined ? [] : [row("model", escapeHtml(model))]),
    ...parameters.map(([name, value]) => row(name, escapeHtml(value))),
    row("picture", `${size}${escapeHtml(format)}, ${formatBytes(picture.byteSize)}`),
    ...(deviation === undefined ? [] : [row("differs", escapeHtml(deviation))]),
    ...(costUsd === undefined ? [] : [row("cost", Cost.format(costUsd, emulated))]),
    ...(Words.hasTime(created) ? [row("made", timeOf(created, 16))] : []),
    ...(generationId === undefined ? [] : [row("generation", escapeHtml(generationId))]),
    row("file", escapeHtml(picture.file))
  ]
}

/** An SVG can hold scripts, which run when it is opened by itself: its link leads to its card. */
const linkTo = ({ mediaType, src }: Picture, id: string, html: string): string =>
  `<a href="${mediaType === "image/svg+xml" ? `#${id}` : escapeHtml(src)}">${html}</a>`

const imageOf = ({ dimensions, file, prompt, src }: Picture): string => {
  const size = dimensions === undefined ? "" : ` width="${dimensions.width}" height="${dimensions.height}"`
  return `<img src="${escapeHtml(src)}" alt="${escapeHtml(prompt ?? file)}"${size} loading="lazy" decoding="async">`
}

/** What one sees at a glance: model, whether it is what was asked for, cost and day. */
const glance = ({ costUsd, created, deviation, emulated, model }: Picture): string => {
  const amount = costUsd === undefined ? "cost unknown" : Quote.formatUsd(costUsd)
  const cost = emulated ? `${costUsd === undefined ? "" : amount} <b>emulated</b>` : amount
  return [
    ...(model === undefined ? [] : [`<span class="model">${escapeHtml(model)}</span>`]),
    ...(deviation === undefined ? [] : [`<b title="${escapeHtml(deviation)}">not as asked</b>`]),
    `<span>${cost}</span>`,
    ...(Words.hasTime(created) ? [timeOf(created, 10)] : [])
  ].join(" ")
}

const againOf = ({ again }: Picture): string => {
  if (again === undefined) return ""
  const { command, missing } = again
  const note =
    missing.length === 0
      ? ""
      : `<p class="note">The file does not hold the pictures that it was made from: put them in the place of ${missing.join(", ")}.</p>\n`
  return `<pre><code>${escapeHtml(command)}</code></pre>\n${note}`
}

/** What the page sorts by. */
const dataOf = ({ costUsd, created }: Picture): string => {
  const data = [
    ...(costUsd === undefined ? [] : [` data-cost="${costUsd}"`]),
    ...(Words.hasTime(created) ? [` data-time="${created}"`] : [])
  ]
  return data.join("")
}

/** The card of the picture that stands at `index`. */
export const card = (picture: Picture, index: number): string => {
  const id = `picture-${index + 1}`
  return `<li id="${id}"${dataOf(picture)}><figure>
${linkTo(picture, id, imageOf(picture))}
<figcaption><p class="prompt">${escapeHtml(picture.prompt ?? "")}</p>
<p class="glance">${glance(picture)}</p>
<details><summary>Details</summary><dl>
${rowsOf(picture).join("\n")}
</dl>
${againOf(picture)}</details></figcaption>
</figure></li>`
}
