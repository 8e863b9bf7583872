/** One item as a card. */
import type { StoredImage } from "../../ImageStore.js"
import type { Item } from "../items/queries.js"
import { adviceOn } from "./causes.js"
import { breakable, encoded, given, type Html, html, nothing } from "./html.js"
import { keyOf } from "./items.js"
import { beginning, dollars } from "./words.js"

/** Prompts may be of any length; a page of them may not. */
const mostPrompt = 1_200
const mostAlt = 300
const mostMessage = 400

/** A longer prompt scrolls within its card: then the keyboard has to reach it. */
const mostSeen = 90

/** Relative to the page of the job, which stands in the folder `jobs`. The name of the content makes it an address of this content alone. */
const addressOf = (job: string, key: string, index: number, { sha256 }: StoredImage): string =>
  `./${encoded(job)}/pictures/${encoded(key)}/${index}?v=${encoded(sha256.slice(0, 16))}`

const picture =
  (job: string, key: string, prompt: string) =>
  (stored: StoredImage, index: number): Html => {
    const { dimensions } = stored
    const address = addressOf(job, key, index, stored)
    const size = given(dimensions, ({ height, width }) => html` width="${width}" height="${height}"`)
    return html`<a href="${address}"><img src="${address}" alt="${beginning(prompt, mostAlt)}"${size} loading="lazy" decoding="async"></a>`
  }

const kindOf = ({ dimensions, mediaType }: StoredImage): string => {
  const kind = mediaType.replace(/^image\/|\+xml$/g, "")
  return dimensions === undefined ? kind : `${dimensions.width}×${dimensions.height} ${kind}`
}

const bills = { billed: "billed", notBilled: "not billed", unknown: "billing unknown" } as const

const names = { failed: "failed", cancelled: "cancelled", undecided: "waits for a decision", done: "made" } as const

const trouble = (item: Item): Html => {
  const { outcome } = item
  if (outcome._tag === "Made") return nothing
  const { error } = outcome
  const question =
    item.state === "undecided"
      ? html`<p class="ask">May it be sent again? It may be paid twice.<br><code>Jobs.decide(${JSON.stringify(item.id)}, "retry")</code> or <code>"fail"</code></p>`
      : html`<p class="soft">${adviceOn(error)}</p>`
  return html`<div class="trouble"><p><strong>${breakable(error._tag)}</strong> <span class="bill ${item.billing}">${bills[item.billing]}</span></p>
<p>${beginning(error.message, mostMessage)}</p>
${question}</div>`
}

const facts = ({ outcome, position, round }: Item): Html => {
  const pictures = outcome._tag === "Made" ? outcome.generation.pictures : outcome.pictures
  const cost = outcome._tag === "Made" ? outcome.generation.costUsd : undefined
  const parts = [
    `№ ${position + 1}`,
    ...(cost === undefined ? [] : [dollars(cost)]),
    ...(pictures.length > 1 ? [`${pictures.length} pictures`] : []),
    ...(pictures[0] === undefined ? [] : [kindOf(pictures[0])]),
    ...(round === 0 ? [] : [`taken up again ${round === 1 ? "once" : `${round} times`}`])
  ]
  return html`<p class="facts">${parts.map((part) => html`<span>${part}</span>`)}</p>`
}

/** Its version changes when anything in it does: by it the page knows which cards to leave as they are. */
export const card = (job: string, item: Item): Html => {
  const { outcome, request, state } = item
  const key = keyOf(job, item.id)
  const pictures = outcome._tag === "Made" ? outcome.generation.pictures : outcome.pictures
  const shown = pictures.map(picture(job, key, request.prompt))
  const scrolls = request.prompt.length > mostSeen ? html` tabindex="0"` : nothing
  const frame =
    shown.length === 0
      ? html`<div class="frame none" role="img" aria-label="no picture: ${names[state]}"><span aria-hidden="true">${names[state]}</span></div>`
      : html`<div class="frame${shown.length > 1 ? " many" : ""}">${shown}</div>`
  return html`<li class="card ${state}" data-key="${key}" data-version="${item.round}-${state}">
<figure>${frame}<figcaption>
<p class="prompt"${scrolls}>${beginning(request.prompt, mostPrompt)}</p>
${trouble(item)}${facts(item)}
</figcaption></figure></li>`
}
