/** The page of a gallery: static HTML that needs nothing but the pictures beside it, and runs nothing. */

import { createHash } from "node:crypto"
import * as DateTime from "effect/DateTime"
import { Markup, Quote } from "effect-openrouter-images"
import { formatBytes, pluralize } from "../../output/Text.js"
import type { Entry } from "./Entry.js"
import { style } from "./Style.js"

/** A picture with its address from the page. */
export interface Picture extends Entry {
  readonly src: string
}

/** A relative path as an address: what has a meaning in one is encoded, and no name can be a scheme. */
export const addressOf = (path: string, separator: string): string =>
  `./${path
    .split(separator)
    .map((part) => encodeURIComponent(Markup.toWellFormed(part)))
    .join("/")}`

/** Marks a page as the command's own, which it may overwrite. */
export const mark = '<meta name="generator" content="openrouter-images gallery">'

/** Nothing runs, nothing is loaded but the pictures, and the one style is known by its hash. */
const policy = (): string => {
  const hash = createHash("sha256").update(style).digest("base64")
  return `default-src 'none'; img-src 'self' file:; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`
}

const timeOf = (seconds: number): string => {
  const iso = DateTime.formatIso(DateTime.unsafeMake(seconds * 1000))
  return `<time datetime="${iso}">${iso.slice(0, 16).replace("T", " ")} UTC</time>`
}

/** A forged file may hold a time that no calendar has. */
const hasTime = (seconds: number | undefined): seconds is number =>
  seconds !== undefined && seconds >= 0 && seconds < 253_402_300_800

const row = (name: string, html: string): string => `<dt>${Markup.escapeHtml(name)}</dt><dd>${html}</dd>`

const rowsOf = (picture: Picture): ReadonlyArray<string> => {
  const { costUsd, created, dimensions, generationId, model, parameters } = picture
  const size = dimensions === undefined ? "" : `${dimensions.width} × ${dimensions.height}, `
  return [
    ...(model === undefined ? [] : [row("model", Markup.escapeHtml(model))]),
    ...parameters.map(([name, value]) => row(name, Markup.escapeHtml(value))),
    row(
      "picture",
      `${size}${Markup.escapeHtml(picture.mediaType.replace(/^image\/|\+xml$/g, ""))}, ${formatBytes(picture.byteSize)}`
    ),
    ...(costUsd === undefined ? [] : [row("cost", Quote.formatUsd(costUsd))]),
    ...(hasTime(created) ? [row("made", timeOf(created))] : []),
    ...(generationId === undefined ? [] : [row("generation", Markup.escapeHtml(generationId))]),
    row("file", Markup.escapeHtml(picture.file))
  ]
}

/** An SVG can hold scripts, which run when it is opened by itself: there is no link to one. */
const linkTo = ({ mediaType, src }: Picture, html: string): string =>
  mediaType === "image/svg+xml" ? html : `<a href="${Markup.escapeHtml(src)}">${html}</a>`

/** A longer prompt may scroll within its card: then the keyboard has to reach it. */
const mostSeen = 120

const figure = (picture: Picture): string => {
  const { dimensions, file, prompt, src } = picture
  const size = dimensions === undefined ? "" : ` width="${dimensions.width}" height="${dimensions.height}"`
  const image = `<img src="${Markup.escapeHtml(src)}" alt="${Markup.escapeHtml(prompt ?? file)}"${size} loading="lazy" decoding="async">`
  const scrolls = (prompt?.length ?? 0) > mostSeen ? ' tabindex="0"' : ""
  const caption = prompt === undefined ? "" : `<p${scrolls}>${Markup.escapeHtml(prompt)}</p>\n`
  return `<li><figure>
${linkTo(picture, image)}
<figcaption>${caption}<dl>
${rowsOf(picture).join("\n")}
</dl></figcaption>
</figure></li>`
}

/** `12 pictures, $0.48; the cost of 2 is unknown`. */
export const summary = (pictures: ReadonlyArray<Entry>): string => {
  const known = pictures.flatMap(({ costUsd }) => costUsd ?? [])
  const unknown = pictures.length - known.length
  const total = Quote.formatUsd(known.reduce((sum, cost) => sum + cost, 0))
  const all = pluralize(pictures.length, "picture")
  if (known.length === 0) return `${all}, cost unknown`
  return `${all}, ${total}${unknown > 0 ? `; the cost of ${unknown} is unknown` : ""}`
}

/** The whole page. */
export const page = (title: string, pictures: ReadonlyArray<Picture>): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
${mark}
<title>${Markup.escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${Markup.escapeHtml(title)}</h1>
<p>${Markup.escapeHtml(summary(pictures))}</p>
</header>
<main>
<ul>
${pictures.map(figure).join("\n")}
</ul>
</main>
</body>
</html>
`
