/**
 * Text as outlines: a machine without fonts still shows the prompt.
 */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { type Font, type Glyph, type KerningTables, type PathCommand, parse } from "opentype.js/dist/opentype.mjs"

interface Typeface {
  readonly font: Font
  readonly kerning: KerningTables | undefined
}

const load = (): Typeface => {
  const file = readFileSync(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"))
  // lowMemory reads a glyph when it is first asked for: a quarter of the time to parse, the same outlines.
  const font = parse(new Uint8Array(file).buffer, { lowMemory: true })
  // The default script of this font kerns nothing, so the Latin tables are asked for by name.
  return { font, kerning: font.position.getKerningTables("latn") }
}

let loaded: Typeface | undefined

const typeface = (): Typeface => {
  loaded ??= load()
  return loaded
}

/** The smallest legible size of a line, in pixels. */
const MIN_SIZE = 10
/** From one baseline to the next, in sizes. */
const LEADING = 1.32

/** Glyphs with the pen position of each, in font units, and where the pen ends. */
const layout = (text: string): { readonly glyphs: ReadonlyArray<readonly [Glyph, number]>; readonly end: number } => {
  const { font, kerning } = typeface()
  const glyphs: Array<readonly [Glyph, number]> = []
  let pen = 0
  let previous: Glyph | undefined
  for (const character of text) {
    const glyph = font.charToGlyph(character)
    if (previous !== undefined && kerning !== undefined) {
      pen += font.position.getKerningValue(kerning, previous.index, glyph.index)
    }
    glyphs.push([glyph, pen])
    pen += glyph.advanceWidth
    previous = glyph
  }
  return { glyphs, end: pen }
}

/** How wide a line is, in pixels, at a font size in pixels. */
export const measure = (text: string, size: number): number => (layout(text).end * size) / typeface().font.unitsPerEm

const point = (x: number, y: number): string => `${x.toFixed(2)} ${y.toFixed(2)}`

// The library's own toPathData writes NaN for 61.00000007 and remembers every fraction it ever rounded.
const data = (command: PathCommand): string => {
  switch (command.type) {
    case "Z":
      return "Z"
    case "Q":
      return `Q${point(command.x1, command.y1)} ${point(command.x, command.y)}`
    default:
      return `${command.type}${point(command.x, command.y)}`
  }
}

/** The path data of a line whose baseline starts at (x, y); sizes and positions in pixels. */
export const outline = (text: string, x: number, y: number, size: number): string => {
  const scale = size / typeface().font.unitsPerEm
  return layout(text)
    .glyphs.flatMap(([glyph, pen]) => glyph.getPath(x + pen * scale, y, size).commands.map(data))
    .join("")
}

/** Every code point XML 1.0 forbids: control characters go, a surrogate without its pair becomes U+FFFD. */
const legal = (text: string): string =>
  text.replace(/\p{Surrogate}/gu, "\uFFFD").replace(/[^\t\n\r\u{20}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "")

/** Text made safe between XML tags and in attributes. */
export const escapeXml = (text: string): string =>
  legal(text).replace(
    /[&<>"'\r]/g,
    // A bare carriage return would be read back as a line feed.
    (character) => `&#${character.charCodeAt(0)};`
  )

/** How many of the words or characters fit side by side, `gap` apart; their kerning is let be. */
const fitting = (parts: ReadonlyArray<string>, gap: number, size: number, width: number): number => {
  let [end, count] = [0, 0]
  for (const part of parts) {
    end += measure(part, size) + (count === 0 ? 0 : gap)
    if (end > width) break
    count++
  }
  return count
}

/** The longest start of the text that fits in `width` with an ellipsis behind it. */
const shorten = (text: string, size: number, width: number): string => {
  const characters = Array.from(text)
  const start = characters.slice(0, fitting(characters, 0, size, width - measure("…", size)))
  return `${start.join("").trimEnd()}…`
}

/** A word, or pieces of one wider than a line; each is at least one character. */
const pieces = (word: string, size: number, width: number): ReadonlyArray<string> => {
  if (measure(word, size) <= width) return [word]
  const out: Array<string> = []
  for (let rest = Array.from(word); rest.length > 0; ) {
    out.push(rest.splice(0, Math.max(1, fitting(rest, 0, size, width))).join(""))
  }
  return out
}

const wrap = (text: string, size: number, width: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  const gap = measure(" ", size)
  for (let rest = text.split(" ").flatMap((word) => [...pieces(word, size, width)]); rest.length > 0; ) {
    lines.push(rest.splice(0, Math.max(1, fitting(rest, gap, size, width))).join(" "))
  }
  return lines
}

/** As many lines as a plain wrap, but of like length: no lone word on the last one. */
const balance = (text: string, size: number, width: number): ReadonlyArray<string> => {
  let best = wrap(text, size, width)
  for (let narrower = 0.95; narrower > 0.5; narrower -= 0.05) {
    const lines = wrap(text, size, width * narrower)
    if (lines.length > best.length) break
    best = lines
  }
  return best
}

interface Setting {
  readonly size: number
  readonly lines: ReadonlyArray<string>
}

/** The largest of three sizes at which the text fits, else the smallest with an ellipsis. */
const set = (text: string, size: number, width: number, height: number): Setting => {
  const smallest = Math.max(MIN_SIZE, size * 0.7)
  // Longer than any caption holds: the rest is not worth measuring.
  const start = Array.from(text).slice(0, 2000).join("")
  const room = (size: number) => Math.max(1, Math.floor(height / (size * LEADING)))
  for (const candidate of [size, size * 0.85, smallest]) {
    if (candidate < smallest) continue
    const lines = wrap(start, candidate, width)
    if (lines.length <= room(candidate)) return { size: candidate, lines: balance(start, candidate, width) }
  }
  const lines = wrap(start, smallest, width)
  const kept = lines.slice(0, room(smallest))
  return {
    size: smallest,
    lines: [...kept.slice(0, -1), shorten(`${kept.at(-1)} ${lines[kept.length]}`, smallest, width)]
  }
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

const tidy = (text: string): string => legal(text).replace(/\s+/g, " ").trim()

const ground = ({ card, height, ink, width }: CaptionOptions, box: number, margin: number, radius: number): string =>
  card
    ? `<rect x="${margin}" y="${height - margin - box}" width="${width - 2 * margin}" height="${box}" rx="${radius}" fill="${ink}"/>`
    : `<rect y="${height - box}" width="${width}" height="${box}" fill="${ink}"/>`

/** The prompt and the label on a ground of `ink` at the foot of the picture; nothing where it would not be legible. */
export const caption = (options: CaptionOptions): Caption => {
  const { accent, height, paper, width } = options
  const [prompt, label] = [tidy(options.prompt), tidy(options.label ?? "")]
  if (width < 96 || height < 48 || prompt + label === "") return { height: 0, svg: "" }
  const size = Math.max(MIN_SIZE + 1, Math.sqrt(width * height) / 33)
  const margin = options.card ? Math.round(size * 0.8) : 0
  const x = margin + Math.round(Math.min(size * 1.5, width * 0.06))
  const [inner, padding] = [width - 2 * x, Math.min(size * 0.95, height * 0.09)]
  const text = prompt === "" ? { size, lines: [] } : set(prompt, size, inner, height * 0.3)
  const small = Math.max(9, size * 0.58)
  const fitted = measure(label, small) > inner ? shorten(label, small, inner) : label
  const [fittedWidth, lastWidth] = [measure(fitted, small), measure(text.lines.at(-1) ?? "", text.size)]
  // In a low strip the label stands at the end of the last line, if there is room for it.
  const low = height < size * 12 && text.lines.length > 0
  const shown = label !== "" && (!low || lastWidth + fittedWidth + size * 2 < inner)
  const foot = !shown || low ? 0 : small * (text.lines.length === 0 ? 1 : 1.75)
  const step = text.size * LEADING
  const box = Math.round(padding * 2 + text.lines.length * step + foot)
  const bottom = height - margin - padding
  const first = height - margin - box + padding + text.size * 1.02
  const words = text.lines.map((line, i) => outline(line, x, first + i * step, text.size)).join("")
  const baseline = low ? first + (text.lines.length - 1) * step : bottom - small * 0.2
  const under = shown ? outline(fitted, low ? width - x - fittedWidth : x, baseline, small) : ""
  return {
    height: box + margin,
    svg: `<g>${ground(options, box, margin, Math.round(size * 0.7))}<path fill="${paper}" d="${words}"/><path fill="${accent}" d="${under}"/></g>`
  }
}
