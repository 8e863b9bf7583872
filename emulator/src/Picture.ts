/**
 * Pictures drawn from a prompt: the same options give the same bytes, and the prompt is legible in the picture.
 */
import * as Effect from "effect/Effect"
import sharp from "sharp"
import { caption, escapeXml } from "./Lettering.js"
import { type Frame, mix, type Palette, scenes, tag } from "./Scene.js"

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

const palettes: readonly [Palette, ...ReadonlyArray<Palette>] = [
  {
    sky: ["#33265c", "#b5476b", "#ffb977"],
    hills: ["#de7f74", "#4f2350"],
    sun: "#fff0c9",
    night: false,
    flats: ["#f25c54", "#f7b267", "#8a2f63", "#3c2a6b"],
    ink: "#1d1230",
    paper: "#fff1de"
  },
  {
    sky: ["#5fa8d3", "#bfe3ee", "#fdf1dc"],
    hills: ["#a5c8d8", "#1f5468"],
    sun: "#fff8e2",
    night: false,
    flats: ["#1f6f8b", "#8fd0e4", "#f4a259", "#e9724c"],
    ink: "#0e2a38",
    paper: "#fbf3e3"
  },
  {
    sky: ["#070b1f", "#172a5a", "#5a7fb4"],
    hills: ["#5d7fb0", "#15254d"],
    sun: "#f6f1d5",
    night: true,
    flats: ["#f2cc8f", "#5a7fb4", "#e07a5f", "#2b4a86"],
    ink: "#080d20",
    paper: "#f1f0e4"
  },
  {
    sky: ["#7cc7bd", "#cfecd0", "#fff3c9"],
    hills: ["#a7d0a4", "#2b6650"],
    sun: "#ffd97a",
    night: false,
    flats: ["#2f6b4f", "#8fb894", "#f6bd60", "#f28482"],
    ink: "#143228",
    paper: "#fbf7e4"
  },
  {
    sky: ["#0b4f6c", "#2aa7ad", "#ffe0b5"],
    hills: ["#6cbcb3", "#0c4660"],
    sun: "#fff3d6",
    night: false,
    flats: ["#ff8a5b", "#2aa7ad", "#0b6a8c", "#ffd08a"],
    ink: "#06222f",
    paper: "#f7f3e6"
  },
  {
    sky: ["#7a7fc6", "#d3b0dd", "#ffdfd3"],
    hills: ["#c5a3d4", "#4b4384"],
    sun: "#fff4e2",
    night: false,
    flats: ["#6a62b0", "#ff9aa2", "#ffcf9c", "#b08bcf"],
    ink: "#231e4a",
    paper: "#fdf2ef"
  },
  {
    sky: ["#050f1e", "#0b3a4a", "#38a58c"],
    hills: ["#38897f", "#0a2f3b"],
    sun: "#eafff3",
    night: true,
    flats: ["#7bf1a8", "#2b8f86", "#f0c808", "#145c66"],
    ink: "#04121c",
    paper: "#eafaf0"
  },
  {
    sky: ["#f2e6cf", "#f8d7a0", "#f2ab66"],
    hills: ["#e59d61", "#7d2f2a"],
    sun: "#d8432f",
    night: false,
    flats: ["#d8432f", "#1d4e89", "#f2a900", "#2f8f83"],
    ink: "#1f1a1c",
    paper: "#f6ead3"
  }
]

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

type Kind = keyof typeof scenes

const kinds: readonly [Kind, ...ReadonlyArray<Kind>] = ["hills", "waves", "tiles"]

/** Words in a prompt that call for a kind of scene; without one the seed chooses. */
const called: ReadonlyArray<readonly [Kind, RegExp]> = [
  ["tiles", /\b(abstract|bauhaus|geometr\w+|icons?|logos?|mosaics?|patterns?|shapes?|tiles?)\b/i],
  ["waves", /\b(beach|boats?|coast|harbou?r|lighthouse|oceans?|seas?|ships?|surf|waves?)\b/i],
  ["hills", /\b(alp\w+|forests?|hills?|landscapes?|mountains?|pines?|trees?|valleys?|woods?)\b/i]
]

const pick = <A>(from: readonly [A, ...ReadonlyArray<A>], random: () => number): A =>
  from[Math.floor(random() * from.length)] ?? from[0]

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
  const palette = pick(palettes, random)
  const drawn = pick(kinds, random)
  const kind = called.find(([, words]) => words.test(prompt))?.[0] ?? drawn
  const cutOut = isCutOut(options)
  const { ink, paper } = palette
  const accent = mix(paper, palette.sky[1], 0.35)
  const words = caption({ prompt, label, width, height, ink, paper, accent, card: cutOut })
  const margin = cutOut ? Math.round(Math.min(width, height) * 0.04) : 0
  const size = { width: width - 2 * margin, height: height - words.height - 2 * margin }
  const frame: Frame = { ...size, palette, random, backdrop: !cutOut }
  const scene = scenes[kind](frame)
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
