/** The page of a comparison: one HTML file with its pictures in it, side by side, that needs no script. */
import { GeneratedImage, Markup } from "effect-openrouter-images"
import { nothingBilled } from "../../output/Cost.js"
import { formatDuration, pluralize } from "../../output/Text.js"
import { addressOf, document } from "../gallery/Document.js"
import { style as galleryStyle } from "../gallery/Style.js"
import * as Outcome from "./Outcome.js"

const { escapeHtml } = Markup

const style = `${galleryStyle}
#pictures { grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr)) }
#pictures h2 { overflow-wrap: anywhere }
#pictures .failure { display: grid; place-items: center; aspect-ratio: 1; padding: 1.5rem; background: var(--well); color: var(--soft); overflow-wrap: anywhere }
#prompt { max-width: 60rem; margin-bottom: 1.25rem }
`

const row = (name: string, text: string): string => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd>`

const costRow = (outcome: Outcome.Outcome): string => {
  if (!outcome.emulated || outcome.costUsd === undefined) return row("cost", Outcome.costOf(outcome))
  const amount = escapeHtml(Outcome.costOf({ ...outcome, emulated: false }))
  return `<dt>cost</dt><dd>${amount} <b>emulated</b></dd>`
}

/** An SVG can hold scripts, which run when it is opened by itself: it has no link. */
const pictureOf = ({ file, image }: Outcome.Picture, { model }: Outcome.Outcome, prompt: string): string => {
  const size =
    image.dimensions === undefined ? "" : ` width="${image.dimensions.width}" height="${image.dimensions.height}"`
  const alt = escapeHtml(`${prompt}, by ${model}`)
  const html = `<img src="${GeneratedImage.toDataUrl(image)}" alt="${alt}"${size} decoding="async">`
  return file === undefined || image.mediaType === "image/svg+xml"
    ? html
    : `<a href="${escapeHtml(addressOf(file, "/"))}">${html}</a>`
}

const card = (outcome: Outcome.Outcome, prompt: string): string => {
  const { failure, generationId, model, pictures, provider, took } = outcome
  const facts = [
    ...(provider === undefined ? [] : [row("provider", provider)]),
    costRow(outcome),
    row("time", formatDuration(took)),
    ...pictures.map(({ image }) => row("picture", Outcome.sizeOf(image))),
    ...pictures.flatMap(({ file }) => (file === undefined ? [] : [row("file", file)])),
    ...(generationId === undefined ? [] : [row("generation", generationId)])
  ]
  const shown = pictures.map((picture) => pictureOf(picture, outcome, prompt))
  return `<li><figure>
${shown.join("\n")}${failure === undefined ? "" : `<p class="failure">${escapeHtml(Outcome.failureText(outcome))}</p>`}
<figcaption><h2>${escapeHtml(model)}</h2>
<dl>
${facts.join("\n")}
</dl></figcaption>
</figure></li>`
}

/** The whole page. */
export const page = (prompt: string, outcomes: ReadonlyArray<Outcome.Outcome>, cost: string): string => {
  const title = `One prompt, ${pluralize(outcomes.length, "model")}`
  const emulated = outcomes.some((one) => one.emulated) ? ` <b>${nothingBilled}</b>` : ""
  const body = `<header>
<h1>${title}</h1>
<p>${escapeHtml(cost)} in all${emulated}</p>
<p id="prompt">${escapeHtml(prompt)}</p>
</header>
<main>
<ul id="pictures">
${outcomes.map((outcome) => card(outcome, prompt)).join("\n")}
</ul>
</main>`
  return document({ title, images: "data:", style, body })
}
