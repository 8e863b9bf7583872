/** The prompt at the foot of a picture. */
import { type Direction, directionOf, emojiOf, lineOf, outline, widthOf } from "./Shaping.js"
import * as Wrapping from "./Wrapping.js"
import { legal } from "./Xml.js"

/** The smallest legible size of a line, in pixels. */
const smallestSize = 9
/** From one baseline to the next, in sizes. */
const leading = 1.32
/** The part of the picture's height that a caption may take. */
const share = 0.34

interface Setting {
  readonly size: number
  readonly lines: ReadonlyArray<string>
}

/** The largest of three sizes at which the text fits, else the smallest with an ellipsis. */
const set = (text: string, size: number, width: number, height: number): Setting => {
  if (text === "") return { size, lines: [] }
  const smallest = Math.max(smallestSize, size * 0.7)
  // Longer than any caption holds: the rest is not worth measuring.
  const wrapper = Wrapping.make(Array.from(text).slice(0, 2000).join(""))
  const room = (size: number) => Math.max(1, Math.floor(height / (size * leading)))
  for (const candidate of [size, size * 0.85, smallest]) {
    if (candidate < smallest) continue
    const lines = wrapper.wrap(width / candidate)
    if (lines.length <= room(candidate)) return { size: candidate, lines: wrapper.balance(width / candidate) }
  }
  const lines = wrapper.wrap(width / smallest)
  const kept = lines.slice(0, room(smallest))
  const last = Wrapping.shorten(`${kept.at(-1)} ${lines[kept.length]}`, width / smallest)
  return { size: smallest, lines: [...kept.slice(0, -1), last] }
}

/** What a caption says, and where. */
export interface CaptionOptions {
  readonly prompt: string
  /** A small line under the prompt. */
  readonly label?: string | undefined
  /** Of the whole picture, in pixels. */
  readonly width: number
  readonly height: number
  readonly ink: string
  readonly paper: string
  readonly accent: string
  /** A card with space around it rather than a band from edge to edge. */
  readonly card: boolean
}

/** A caption and the room it takes. */
export interface Caption {
  /** Pixels taken at the foot of the picture; 0 when it is too small for legible text. */
  readonly height: number
  readonly svg: string
}

const collapseSpaces = (text: string): string => legal(text).replace(/\s+/g, " ").trim()

const ground = ({ card, height, ink, width }: CaptionOptions, box: number, margin: number, radius: number): string =>
  card
    ? `<rect x="${margin}" y="${height - margin - box}" width="${width - 2 * margin}" height="${box}" rx="${radius}" fill="${ink}"/>`
    : `<rect y="${height - box}" width="${width}" height="${box}" fill="${ink}"/>`

/** A line of text on its baseline; one that runs right to left ends at the right edge. */
const textLine = (
  text: string,
  direction: Direction,
  left: number,
  right: number,
  y: number,
  size: number,
  fill: string
) => {
  const line = lineOf(text, direction)
  const x = direction === "rtl" ? right - line.width * size : left
  return `<path fill="${fill}" d="${outline(line, x, y, size)}"/>${emojiOf(line, x, y, size)}`
}

/** The label, and whether it stands under the prompt, at the end of its last line, or nowhere. */
const labelOf = (label: string, text: Setting, low: boolean, small: number, inner: number) => {
  const fitted = widthOf(label) * small > inner ? Wrapping.shorten(label, inner / small) : label
  const width = widthOf(fitted) * small
  const taken = widthOf(text.lines.at(-1) ?? "") * text.size
  const shown = label !== "" && (!low || text.lines.length === 0 || taken + width + text.size * 2 < inner)
  return { fitted, width, shown }
}

/** The prompt and the label on a ground of `ink` at the foot of the picture; nothing where it would not be legible. */
export const caption = (options: CaptionOptions): Caption => {
  const { accent, height, paper, width } = options
  const [prompt, label] = [collapseSpaces(options.prompt), collapseSpaces(options.label ?? "")]
  if (width < 96 || height < 48 || prompt + label === "") return { height: 0, svg: "" }
  const size = Math.max(smallestSize + 2, Math.sqrt(width * height) / 33)
  const small = Math.max(smallestSize, size * 0.58)
  const margin = options.card ? Math.round(size * 0.8) : 0
  const left = margin + Math.round(Math.min(size * 1.5, width * 0.06))
  const right = width - left
  const padding = Math.min(size * 0.95, height * 0.04)
  // In a low picture the label stands at the end of the prompt's last line, if there is room for it.
  const low = height < size * 14 && prompt !== ""
  const foot = low || label === "" ? 0 : small * (prompt === "" ? 1 : 1.75)
  const text = set(prompt, size, right - left, height * share - 2 * padding - foot - margin)
  const { fitted, shown, width: labelWidth } = labelOf(label, text, low, small, right - left)
  const step = text.size * leading
  const box = Math.round(padding * 2 + text.lines.length * step + foot)
  const first = height - margin - box + padding + text.size * 1.02
  const direction = directionOf(prompt)
  const words = text.lines.map((line, i) => textLine(line, direction, left, right, first + i * step, text.size, paper))
  const baseline = low ? first + (text.lines.length - 1) * step : height - margin - padding - small * 0.2
  const labelSide = low && direction === "ltr" ? right - labelWidth : left
  const under = shown ? textLine(fitted, "ltr", labelSide, right, baseline, small, accent) : ""
  const radius = Math.round(size * 0.7)
  return { height: box + margin, svg: `<g>${ground(options, box, margin, radius)}${words.join("")}${under}</g>` }
}
