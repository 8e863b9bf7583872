/**
 * The fonts that text is drawn with. They come with the package, so that every machine draws the same picture. A file
 * is read when a text first needs it.
 */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import * as HarfBuzz from "harfbuzzjs"
import * as Woff from "./Woff.js"

/** A font file, ready to be shaped with. */
export interface Typeface {
  readonly font: HarfBuzz.Font
  readonly unitsPerEm: number
  readonly covers: (codePoint: number) => boolean
}

const require = createRequire(import.meta.url)

const load = (file: string): Typeface => {
  const face = new HarfBuzz.Face(new HarfBuzz.Blob(Woff.unpack(readFileSync(require.resolve(file)))))
  const codePoints = new Set(face.collectUnicodes())
  return { font: new HarfBuzz.Font(face), unitsPerEm: face.upem, covers: (codePoint) => codePoints.has(codePoint) }
}

const loaded = new Map<string, Typeface>()

const typeface = (file: string): Typeface => {
  const known = loaded.get(file)
  if (known !== undefined) return known
  const fresh = load(file)
  loaded.set(file, fresh)
  return fresh
}

const fileOf = (family: string, subset: string): string =>
  `@fontsource/${family}/files/${family}-${subset}-400-normal.woff`

/** The ranges of a CSS `unicode-range`, such as `U+25d8-25dc,U+2602`. */
const ranges = (text: string): ReadonlyArray<readonly [first: number, last: number]> =>
  text.split(",").map((range) => {
    const [first = "", last = first] = range.replace("U+", "").split("-")
    return [Number.parseInt(first, 16), Number.parseInt(last, 16)]
  })

type Subset = readonly [file: string, ranges: ReturnType<typeof ranges>]

const subsets = new Map<string, ReadonlyArray<Subset>>()

/** Such a family comes as a hundred small files: which of them holds a character stands in a list beside them. */
const subsetOf = (family: string, codePoint: number): string | undefined => {
  const list = (): Readonly<Record<string, string>> => require(`@fontsource/${family}/unicode.json`)
  const parts =
    subsets.get(family) ??
    Object.entries(list()).map(([name, text]) => [fileOf(family, name.replace(/[[\]]/g, "")), ranges(text)] as const)
  subsets.set(family, parts)
  return parts.find(([, spans]) => spans.some(([first, last]) => codePoint >= first && codePoint <= last))?.[0]
}

/** The syllables of Korean, and the letters they are made of. */
const isHangul = (codePoint: number): boolean =>
  (codePoint >= 0xac00 && codePoint <= 0xd7a3) || (codePoint >= 0x3131 && codePoint <= 0x318e)

/**
 * Files that may have a character, the best-looking first. The last has nearly all of Unicode's first plane, in dots.
 */
const files: ReadonlyArray<(codePoint: number) => string | undefined> = [
  () => fileOf("dejavu-sans", "latin"),
  (codePoint) => (codePoint >= 0x900 && codePoint <= 0x97f ? fileOf("noto-sans-devanagari", "devanagari") : undefined),
  (codePoint) => (isHangul(codePoint) ? subsetOf("gowun-dodum", codePoint) : undefined),
  (codePoint) => (codePoint >= 0x2e80 ? subsetOf("chocolate-classical-sans", codePoint) : undefined),
  () => fileOf("unifontex", "latin")
]

/** The font for code points that belong together, such as a letter and its accents; none when no font has them all. */
export const typefaceOf = (codePoints: ReadonlyArray<number>): Typeface | undefined => {
  const [first = 0x20] = codePoints
  for (const choose of files) {
    const file = choose(first)
    if (file === undefined) continue
    const candidate = typeface(file)
    if (codePoints.every(candidate.covers)) return candidate
  }
  return undefined
}
