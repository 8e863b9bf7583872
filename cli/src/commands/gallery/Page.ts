/**
 * The page of a gallery: one HTML file that needs nothing but the pictures beside it. Without its script it shows them
 * all the same.
 */

import { Markup } from "effect-openrouter-images"
import { card, type Picture } from "./Card.js"
import { document } from "./Document.js"
import { script } from "./Script.js"
import { style } from "./Style.js"
import * as Words from "./Words.js"

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
  const title = Words.title(pictures)
  const body = `<header>
<h1>${Markup.escapeHtml(title)}</h1>
<p><span id="costs">${Markup.escapeHtml(Words.costs(pictures))}</span> <span class="folder">${Markup.escapeHtml(folder)}</span></p>
${tools}
</header>
<main>
<ul id="pictures">
${pictures.map(card).join("\n")}
</ul>
</main>
${viewer}`
  return document({ title, images: "'self' file:", style, script, body })
}
