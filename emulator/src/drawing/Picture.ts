/**
 * Pictures drawn from a prompt. The same options give the same bytes, and the prompt can be read in the picture.
 */
import * as Effect from "effect/Effect"
import sharp from "sharp"
import { caption } from "./Caption.js"
import type { Frame } from "./scene/Frame.js"
import { paletteOf } from "./scene/Palettes.js"
import { kindOf, scenes } from "./scene/Scenes.js"
import { mix, tag } from "./scene/Shapes.js"
import { namedIn, withoutSubjects } from "./subjects/Naming.js"
import { escapeXml } from "./Xml.js"

/** What to draw, and how to encode it. Sizes from 16x16 up; the caption goes where it would not be legible. */
export interface PictureOptions {
  /** Shown in the picture, whole where it fits, and in the SVG's title. */
  readonly prompt: string
  /** In pixels, as is `height`. */
  readonly width: number
  readonly height: number
  /** An integer; the same options give a byte-identical picture. */
  readonly seed: number
  readonly format: "png" | "jpeg" | "webp" | "svg"
  /** `transparent` leaves out sky and backdrop; a jpeg has no alpha and is drawn opaque. */
  readonly background: "opaque" | "transparent"
  /** 0 to 100: the quality of a jpeg or webp (default 90); the effort of a png, lossless at any (default 60). */
  readonly compression?: number
  /** A small line under the prompt, such as the model's id. */
  readonly label?: string
}

/** FNV-1a over the UTF-16 code units. */
const hash = (text: string): number => {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}

/** mulberry32: numbers from 0 up to 1 that only the start decides. */
const sequence = (start: number): (() => number) => {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const isCutOut = ({ background, format }: PictureOptions): boolean => background === "transparent" && format !== "jpeg"

/** A scene trimmed to a rounded badge, so that shapes that run over the frame end well without a backdrop. */
const badge = (scene: string, { width, height }: Frame, margin: number): string => {
  const shape = tag("rect", { width, height, rx: Math.min(width, height) / 2 })
  const trimmed = tag("g", { "clip-path": "url(#badge)" }, scene)
  return tag("clipPath", { id: "badge" }, shape) + tag("g", { transform: `translate(${margin} ${margin})` }, trimmed)
}

/** The SVG document of a picture, whatever its `format`; width, height and viewBox are the size asked for. */
export const svg = (options: PictureOptions): string => {
  const { height, label, prompt, width } = options
  const random = sequence(hash(`${options.seed}\n${prompt}`))
  const [colours, chance] = [random(), random()]
  const cutOut = isCutOut(options)
  const named = namedIn(prompt)
  const kind = kindOf(prompt, named, chance, cutOut)
  const palette = paletteOf(withoutSubjects(prompt, named), kind, colours)
  const { ink, paper } = palette
  const accent = mix(paper, palette.sky[1], 0.35)
  const words = caption({ prompt, label, width, height, ink, paper, accent, card: cutOut })
  const margin = cutOut ? Math.round(Math.min(width, height) * 0.04) : 0
  const size = { width: width - 2 * margin, height: height - words.height - 2 * margin }
  const frame: Frame = { ...size, palette, random, prompt, backdrop: !cutOut }
  const scene = scenes[kind](frame, named)
  const content = tag("title", {}, escapeXml(prompt)) + (cutOut ? badge(scene, frame, margin) : scene) + words.svg
  const viewBox = `0 0 ${width} ${height}`
  return tag("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox, role: "img" }, content)
}

const encode = (options: PictureOptions, source: Uint8Array): Promise<Uint8Array> => {
  // An opaque scene covers every pixel: the alpha channel says nothing.
  const image = isCutOut(options) ? sharp(source) : sharp(source).removeAlpha()
  const quality = Math.max(1, Math.round(options.compression ?? 90))
  switch (options.format) {
    case "jpeg":
      return image.jpeg({ quality, chromaSubsampling: "4:4:4" }).toBuffer()
    case "webp":
      return image.webp({ quality, effort: 3 }).toBuffer()
    default:
      return image.png({ compressionLevel: Math.round(((options.compression ?? 60) * 9) / 100) }).toBuffer()
  }
}

/** The encoded picture: the content of a file of the asked format. */
export const draw = (options: PictureOptions): Effect.Effect<Uint8Array> =>
  Effect.sync(() => new TextEncoder().encode(svg(options))).pipe(
    Effect.flatMap((source) =>
      options.format === "svg" ? Effect.succeed(source) : Effect.promise(() => encode(options, source))
    )
  )
