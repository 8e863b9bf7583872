/**
 * Text as outlines: glyphs in their places, in the order in which a reader sees them. Lengths are in ems, so a line is
 * shaped once for all sizes.
 */
import bidiFactory from "bidi-js/dist/bidi.mjs"
import * as HarfBuzz from "harfbuzzjs"
import * as Emoji from "./Emoji.js"
import { type Typeface, typefaceOf } from "./Fonts.js"

export type Direction = "ltr" | "rtl"

/** A stretch of text that one font sets in one direction. */
interface TextRun {
  readonly level: number
  readonly typeface: Typeface
  readonly script: string
  readonly text: string
}
type Run = TextRun | { readonly level: number; readonly markup: string }

const bidi = bidiFactory()

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" })

/** The characters as a reader counts them: with their accents, joined emoji as one. */
export const clusters = (text: string): ReadonlyArray<string> =>
  Array.from(segmenter.segment(text), ({ segment }) => segment)

/** The direction of the first letter that has one. */
export const directionOf = (text: string): Direction =>
  (bidi.getEmbeddingLevels(text).paragraphs[0]?.level ?? 0) % 2 === 0 ? "ltr" : "rtl"

/** Joiners and selectors are no reason to look for another font: they are never seen. */
const visibleCodePoints = (cluster: string): ReadonlyArray<number> =>
  Array.from(cluster.replace(/\p{Default_Ignorable_Code_Point}/gu, ""), (character) => character.codePointAt(0) ?? 0)

/** Scripts that may meet within one direction and one font, and are not joined alike. */
const scriptOf = (cluster: string): string => {
  if (/\p{Script_Extensions=Arabic}/u.test(cluster)) return "Arab"
  return /\p{Script=Hebrew}/u.test(cluster) ? "Hebr" : ""
}

/** A character that no font has is shown as U+FFFD. */
const replacement = "\uFFFD"

const runsOf = (cluster: string, level: number): ReadonlyArray<Run> => {
  const pictures = Emoji.pictures(cluster)
  if (pictures.length > 0) return pictures.map((markup) => ({ level, markup }))
  const codePoints = visibleCodePoints(cluster)
  if (codePoints.length === 0) return []
  const typeface = typefaceOf(codePoints)
  if (typeface !== undefined) return [{ level, typeface, script: scriptOf(cluster), text: cluster }]
  const fallback = typefaceOf(visibleCodePoints(replacement))
  return fallback === undefined ? [] : [{ level, typeface: fallback, script: "", text: replacement }]
}

/** Two runs as one where one font can set both. */
const joinRuns = (before: Run | undefined, after: Run): Run | undefined =>
  before !== undefined &&
  "text" in before &&
  "text" in after &&
  before.level === after.level &&
  before.typeface === after.typeface &&
  before.script === after.script
    ? { ...after, text: before.text + after.text }
    : undefined

const runs = (text: string, direction: Direction): ReadonlyArray<Run> => {
  const { levels } = bidi.getEmbeddingLevels(text, direction)
  const all: Array<Run> = []
  for (const { index, segment } of segmenter.segment(text)) {
    for (const run of runsOf(segment, levels[index] ?? 0)) {
      const longer = joinRuns(all.at(-1), run)
      if (longer === undefined) all.push(run)
      else all[all.length - 1] = longer
    }
  }
  return all
}

/** Orders runs from left to right: rule L2 of the Unicode Bidirectional Algorithm. */
const visual = (logical: ReadonlyArray<Run>): ReadonlyArray<Run> => {
  const ordered = [...logical]
  for (let level = Math.max(0, ...ordered.map((run) => run.level)); level > 0; level--) {
    for (let start = 0; start < ordered.length; start++) {
      let end = start
      while ((ordered[end]?.level ?? 0) >= level) end++
      ordered.splice(start, end - start, ...ordered.slice(start, end).reverse())
      start = Math.max(start, end)
    }
  }
  return ordered
}

interface Glyph {
  readonly typeface: Typeface
  readonly id: number
  readonly x: number
  readonly y: number
}

/** A line: its glyphs and emoji, each with its place, y upwards. */
export interface Line {
  readonly width: number
  readonly glyphs: ReadonlyArray<Glyph>
  readonly emoji: ReadonlyArray<{ readonly markup: string; readonly x: number }>
}

/** The square of an emoji in a line of text, and what it takes of the line. */
const emojiSize = { side: 1.12, advance: 1.3, centre: 0.36 } as const

/** The glyphs of a run that starts at the pen, and where the pen ends. */
const shape = (run: TextRun, pen: number) => {
  const { level, text, typeface } = run
  const buffer = new HarfBuzz.Buffer()
  buffer.addText(text)
  buffer.setDirection(level % 2 === 0 ? HarfBuzz.Direction.LTR : HarfBuzz.Direction.RTL)
  buffer.guessSegmentProperties()
  HarfBuzz.shape(typeface.font, buffer)
  const positions = buffer.getGlyphPositions()
  const em = typeface.unitsPerEm
  let end = pen
  const glyphs = buffer.getGlyphInfos().map(({ codepoint: id }, i): Glyph => {
    const { xAdvance = 0, xOffset = 0, yOffset = 0 } = positions[i] ?? {}
    const glyph = { typeface, id, x: end + xOffset / em, y: yOffset / em }
    end += xAdvance / em
    return glyph
  })
  return { glyphs, end }
}

export const lineOf = (text: string, direction: Direction): Line => {
  const glyphs: Array<Glyph> = []
  const emoji: Array<{ readonly markup: string; readonly x: number }> = []
  let width = 0
  for (const run of visual(runs(text, direction))) {
    if ("markup" in run) {
      emoji.push({ markup: run.markup, x: width })
      width += emojiSize.advance
    } else {
      const shaped = shape(run, width)
      glyphs.push(...shaped.glyphs)
      width = shaped.end
    }
  }
  return { width, glyphs, emoji }
}

/** How wide a text is as a line, in ems. */
export const widthOf = (text: string): number => lineOf(text, "ltr").width

const round = (value: number): number => Math.round(value * 100) / 100

/** Path data of the line's glyphs with the baseline's start at (x, y); sizes and positions in pixels. */
export const outline = (line: Line, x: number, y: number, size: number): string =>
  line.glyphs
    .flatMap((glyph) => {
      const scale = size / glyph.typeface.unitsPerEm
      const place = (value: number, i: number): number =>
        round(i % 2 === 0 ? x + glyph.x * size + value * scale : y - glyph.y * size - value * scale)
      return glyph.typeface.font.glyphToJson(glyph.id).map(({ type, values }) => type + values.map(place).join(" "))
    })
    .join("")

/** The line's emoji as markup, placed as `outline` places its glyphs. */
export const emojiOf = (line: Line, x: number, y: number, size: number): string =>
  line.emoji
    .map((one) => {
      const { advance, centre, side } = emojiSize
      const left = round(x + (one.x + (advance - side) / 2) * size)
      const top = round(y - (centre + side / 2) * size)
      const scale = Math.round(((side * size) / Emoji.side) * 10000) / 10000
      return `<g transform="translate(${left} ${top})scale(${scale})">${one.markup}</g>`
    })
    .join("")
