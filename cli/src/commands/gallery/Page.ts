/**
 * The page of a gallery: one HTML file that needs nothing but the pictures beside it. Without its script it shows them
 * all the same.
 */

import { createHash } from "node:crypto"
import { Markup } from "effect-openrouter-images"
import { card, type Picture } from "./Card.js"
import { script } from "./Script.js"
import { style } from "./Style.js"
import * as Words from "./Words.js"

/** A relative path as an address: what has a meaning in one is encoded, and no name can be a scheme. */
export const addressOf = (path: string, separator: string): string =>
  `./${path
    .split(separator)
    .map((part) => encodeURIComponent(Markup.toWellFormed(part)))
    .join("/")}`

/** Marks a page as the command's own, which it may overwrite. */
export const mark = '<meta name="generator" content="openrouter-images gallery">'

/** A source of the page, as its policy names it. */
export const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`

/** Nothing is loaded but the pictures, and the one style and the one script are known by their hashes. */
const policy = (): string =>
  [
    "default-src 'none'",
    "img-src 'self' file:",
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(script)}`,
    "base-uri 'none'",
    "form-action 'none'"
  ].join("; ")

/** What only the script can do; it shows them. */
const tools = `<form id="tools" role="search" hidden>
<input id="search" type="search" placeholder="Search prompts and models ( / )" aria-label="Search prompts and models" aria-keyshortcuts="/" autocomplete="off" spellcheck="false">
<label>Sort <select id="sort">
<option value="newest">newest first</option>
<option value="oldest">oldest first</option>
<option value="dearest">by cost, highest first</option>
<option value="cheapest">by cost, lowest first</option>
<option value="model">by model</option>
</select></label>
<p id="found" role="status"></p>
</form>`

const viewer = `<dialog id="viewer" aria-label="Picture">
<div class="whole"><img id="whole" alt=""></div>
<button id="previous" type="button" aria-label="Previous picture" aria-keyshortcuts="ArrowLeft">‹</button>
<button id="next" type="button" aria-label="Next picture" aria-keyshortcuts="ArrowRight">›</button>
<section>
<div class="bar"><p id="position" role="status"></p><button id="close" type="button" aria-label="Close" aria-keyshortcuts="Escape">×</button></div>
<div id="prompt-box"><p id="prompt"></p><button id="copy-prompt" type="button">Copy the prompt</button></div>
<div id="facts"></div>
<div id="again"><h2>Make it again</h2><div id="command"></div><button id="copy-command" type="button">Copy the command</button></div>
<p><a id="file">Open the file</a></p>
<p id="copied" role="status"></p>
</section>
</dialog>`

/** The whole page; `folder` as somebody would call it. */
export const page = (folder: string, pictures: ReadonlyArray<Picture>): string => {
  const title = Markup.escapeHtml(Words.title(pictures))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
${mark}
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p><span id="costs">${Markup.escapeHtml(Words.costs(pictures))}</span> <span class="folder">${Markup.escapeHtml(folder)}</span></p>
${tools}
</header>
<main>
<ul id="pictures">
${pictures.map(card).join("\n")}
</ul>
</main>
${viewer}
<script>${script}</script>
</body>
</html>
`
}
