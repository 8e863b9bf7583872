/** The pictures: a place for each from the start, so that nothing moves when they come. */
import type { GeneratedImage } from "effect-openrouter-images"
import { proportion } from "../Choice.js"
import { finished, type Generation, preview } from "../Generation.js"
import { type Html, h } from "../Html.js"
import type { State } from "../State.js"
import { byteSize } from "../Text.js"
import { previewOf } from "./Progress.js"

type Picture = GeneratedImage.GeneratedImage

/** The address of a picture within the page. */
export type UrlOf = (image: Picture) => string

/** What the stage shows, and so what must have an address. */
export const shown = ({ generation }: State): ReadonlyArray<Picture> => {
  if (generation === undefined) return []
  const coming = preview(generation.view)
  return [...finished(generation), ...(coming === undefined ? [] : [coming])]
}

/** `image/png · 1024 × 1024 · 412 kB` */
const facts = (image: Picture): string => {
  const { height, width } = image.dimensions ?? {}
  const size = width === undefined ? [] : [`${width} × ${height}`]
  return [image.mediaType, ...size, byteSize(image.bytes.byteLength)].join(" · ")
}

const fileName = (prompt: string, i: number, image: Picture): string => {
  const words = prompt.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ["picture"]
  return `${words.slice(0, 6).join("-")}-${i + 1}.${image.extension}`
}

const slot = (kind: string, ratio: number, inside: ReadonlyArray<Html>, caption: ReadonlyArray<Html>): Html =>
  h(
    "figure",
    { class: `slot ${kind}` },
    h("div", { class: "frame", style: { "--ratio": String(ratio) } }, ...inside),
    h("figcaption", {}, ...caption)
  )

const final = ({ request }: Generation, image: Picture, i: number, urlOf: UrlOf): Html =>
  slot(
    "final",
    proportion(request.aspectRatio),
    [h("img", { src: urlOf(image), alt: request.prompt, "data-kind": "final" })],
    [
      h("span", { title: facts(image) }, facts(image)),
      h(
        "a",
        { href: urlOf(image), download: fileName(request.prompt, i, image), "aria-label": `Download picture ${i + 1}` },
        "Download"
      )
    ]
  )

const coming = (generation: Generation, image: Picture, urlOf: UrlOf): Html => {
  const { outcome, previews, request } = generation
  const name = outcome._tag === "Working" ? previewOf(generation) : `preview ${previews}, not finished`
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  return slot(
    outcome._tag === "Working" ? "coming" : "left",
    proportion(request.aspectRatio),
    [h("img", { src: urlOf(image), alt: `Preview ${previews}: ${request.prompt}`, "data-kind": "preview" })],
    [h("span", {}, title)]
  )
}

const drawing = ({ request, view }: Generation): Html =>
  slot(
    "coming",
    proportion(request.aspectRatio),
    [h("pre", { "aria-hidden": true }, view.markup.slice(-2400))],
    [h("span", {}, `Drawing: ${byteSize(view.markup.length)} of SVG`)]
  )

const empty = (kind: string, aspectRatio: string | undefined, text: string): Html =>
  slot(kind, proportion(aspectRatio), [h("span", {}, text)], [])

/** What stands in the place of the picture that is being drawn. */
const next = (generation: Generation, urlOf: UrlOf): Html => {
  const image = preview(generation.view)
  if (image !== undefined) return coming(generation, image, urlOf)
  if (generation.view.markup !== "") return drawing(generation)
  return empty("waiting", generation.request.aspectRatio, "")
}

const slotsOf = (generation: Generation, urlOf: UrlOf): ReadonlyArray<Html> => {
  const { outcome, request, view } = generation
  const done = finished(generation).map((image, i) => final(generation, image, i, urlOf))
  if (outcome._tag === "Done") return done
  if (outcome._tag !== "Working") return preview(view) === undefined ? done : [...done, next(generation, urlOf)]
  const rest = Math.max(0, (request.n ?? 1) - done.length - 1)
  const later = Array.from({ length: rest }, () => empty("later", request.aspectRatio, ""))
  return done.length >= (request.n ?? 1) ? done : [...done, next(generation, urlOf), ...later]
}

const columns = (count: number): number => (count < 2 ? 1 : count < 5 ? 2 : 3)

export const stage = ({ choice, generation, models }: State, urlOf: UrlOf): ReadonlyArray<Html> => {
  if (generation === undefined && models?._tag === "Left") return []
  const slots =
    generation === undefined
      ? Array.from({ length: choice.pictures }, () =>
          empty("idle", choice.aspectRatio, choice.pictures === 1 ? "The picture will be here." : "")
        )
      : slotsOf(generation, urlOf)
  if (slots.length === 0) return []
  const ratio = proportion(generation === undefined ? choice.aspectRatio : generation.request.aspectRatio)
  return [
    h(
      "div",
      { class: "slots", style: { "--columns": String(columns(slots.length)), "--ratio": String(ratio) } },
      ...slots
    )
  ]
}
