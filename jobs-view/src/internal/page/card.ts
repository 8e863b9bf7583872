/** One item as a card. */
import type { ImageStore, JobErrors, Jobs } from "effect-openrouter-images-jobs"
import { adviceOn } from "../http/models.js"
import { keyOf } from "../window.js"
import { truncate } from "./format.js"
import { empty, encodePart, type Html, html, ifDefined, withWordBreaks } from "./html.js"
import { formatGenerationCost } from "./money.js"
import { settlementOf, versionOf } from "./settlement.js"

/** Prompts may be of any length, a page of them may not. */
const maxPrompt = 1_200
const maxAlt = 300
const maxMessage = 400

/** A longer prompt scrolls within its card, so the keyboard has to reach it. */
const maxUnscrolled = 90

/**
 * Relative to the page of the job, which stands in the folder `jobs`. With the hash it is the address of this content
 * alone.
 */
const addressOf = (job: string, key: string, index: number, { sha256 }: ImageStore.StoredImage): string =>
  `./${encodePart(job)}/pictures/${encodePart(key)}/${index}?v=${encodePart(sha256.slice(0, 16))}`

const picture =
  (job: string, key: string, prompt: string) =>
  (stored: ImageStore.StoredImage, index: number): Html => {
    const { dimensions } = stored
    const address = addressOf(job, key, index, stored)
    const size = ifDefined(dimensions, ({ height, width }) => html` width="${width}" height="${height}"`)
    return html`<a href="${address}"><img src="${address}" alt="${truncate(prompt, maxAlt)}"${size} loading="lazy" decoding="async"></a>`
  }

const kindOf = ({ dimensions, mediaType }: ImageStore.StoredImage): string => {
  const kind = mediaType.replace(/^image\/|\+xml$/g, "")
  return dimensions === undefined ? kind : `${dimensions.width}×${dimensions.height} ${kind}`
}

const billingLabels = { billed: "billed", notBilled: "not billed", unknown: "billing unknown" } as const

const stateLabels = {
  failed: "failed",
  cancelled: "cancelled",
  undecided: "waits for a decision",
  unsettled: "may have been billed",
  done: "made"
} as const

const decideCode = (id: string): Html => html`<code>Jobs.decide(${JSON.stringify(id)}, "retry")</code>`

/** What to do. What the record says is better advice than what the error said. */
const advice = ({ billing, id, state }: Jobs.Item, error: JobErrors.ItemError): Html => {
  switch (state) {
    case "undecided":
      return html`<p class="ask">May it be sent again? You may pay twice.<br>${decideCode(id)} or <code>"fail"</code></p>`
    case "unsettled":
      return html`<p class="soft">If it cost nothing, it is sent again.</p>`
    default:
      return html`<p class="soft">${adviceOn(error, billing)}</p>`
  }
}

const failure = (item: Jobs.Item): Html => {
  const { outcome } = item
  if (outcome._tag === "Made") return empty
  const { error } = outcome
  const billing = html`<span class="bill ${item.billing}">${billingLabels[item.billing]}</span>`
  return html`<div class="failure"><p><strong>${withWordBreaks(error._tag)}</strong> ${billing}</p>
<p>${truncate(error.message, maxMessage)}</p>
${settlementOf(item)}${advice(item, error)}</div>`
}

const facts = ({ outcome, position, round }: Jobs.Item): Html => {
  const pictures = outcome._tag === "Made" ? outcome.generation.pictures : outcome.pictures
  const { costUsd, generationId } = outcome._tag === "Made" ? outcome.generation : {}
  const parts = [
    `№ ${position + 1}`,
    ...(costUsd === undefined ? [] : [formatGenerationCost(costUsd, generationId)]),
    ...(pictures.length > 1 ? [`${pictures.length} pictures`] : []),
    ...(pictures[0] === undefined ? [] : [kindOf(pictures[0])]),
    ...(round === 0 ? [] : [`started again ${round === 1 ? "once" : `${round} times`}`])
  ]
  return html`<p class="facts">${parts.map((part) => html`<span>${part}</span>`)}</p>`
}

/** Its version changes when anything in it does. By it the script knows which cards to leave as they are. */
export const card = (job: string, item: Jobs.Item): Html => {
  const { outcome, request, state } = item
  const key = keyOf(job, item.id)
  const pictures = outcome._tag === "Made" ? outcome.generation.pictures : outcome.pictures
  const images = pictures.map(picture(job, key, request.prompt))
  const scrolls = request.prompt.length > maxUnscrolled ? html` tabindex="0"` : empty
  const label = stateLabels[state]
  const frame =
    images.length === 0
      ? html`<div class="frame none" role="img" aria-label="no picture: ${label}"><span aria-hidden="true">${label}</span></div>`
      : html`<div class="frame${images.length > 1 ? " many" : ""}">${images}</div>`
  return html`<li class="card ${state}" data-key="${key}" data-version="${item.round}-${state}-${versionOf(item)}">
<figure>${frame}<figcaption>
<p class="prompt"${scrolls}>${truncate(request.prompt, maxPrompt)}</p>
${failure(item)}${facts(item)}
</figcaption></figure></li>`
}
