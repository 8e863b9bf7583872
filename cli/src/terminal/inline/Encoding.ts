/** A picture as the escape sequences that draw it at the cursor, which stays where it is. */
import { GeneratedImage } from "effect-openrouter-images"
import type { Protocol } from "./Protocol.js"

/** Where and how large a picture is drawn. */
export interface Placement {
  /** How many lines of text it takes. */
  readonly rows: number
  /** How many characters of a line, for kitty; the others find it by themselves. */
  readonly columns: number
  /** For kitty: a picture with the same number takes the place of the one before. 1 to 4294967295. */
  readonly id: number
}

const esc = "\u001b"

/** The most characters of base64 that kitty takes in one sequence. */
const chunk = 4096

const chunksOf = (base64: string): ReadonlyArray<string> =>
  Array.from({ length: Math.ceil(base64.length / chunk) }, (_, i) => base64.slice(i * chunk, (i + 1) * chunk))

/**
 * `a=T` transmits and draws, `f=100` is PNG, `q=2` asks for no answer, `C=1` leaves the cursor. Given the rows only,
 * some versions stretch the picture.
 */
const kitty = (base64: string, { columns, id, rows }: Placement): string => {
  const chunks = chunksOf(base64)
  return chunks
    .map((data, i) => {
      const more = `m=${i < chunks.length - 1 ? 1 : 0}`
      const keys = i === 0 ? `a=T,f=100,q=2,C=1,i=${id},c=${columns},r=${rows},${more}` : more
      return `${esc}_G${keys};${data}${esc}\\`
    })
    .join("")
}

/** The place of the cursor is kept and restored: terminals differ in where they leave it. */
const iterm2 = (base64: string, byteLength: number, { rows }: Placement): string =>
  `${esc}7${esc}]1337;File=inline=1;size=${byteLength};width=auto;height=${rows};preserveAspectRatio=1:${base64}\u0007${esc}8`

/** The sequences that draw a picture. */
export const draw = (protocol: Protocol, bytes: Uint8Array, placement: Placement): string => {
  const base64 = GeneratedImage.make(bytes).b64Json
  return protocol === "kitty" ? kitty(base64, placement) : iterm2(base64, bytes.length, placement)
}

const clearLine = "\r\u001b[2K"

/**
 * Draws a picture above the line of the cursor, which it empties. The first picture of a place makes room for it; the
 * next ones are drawn over it.
 */
export const above = (sequences: string, rows: number, isFirst: boolean): string => {
  const room = isFirst ? "\n".repeat(rows) : ""
  return `${clearLine}${room}${esc}[${rows}A${sequences}${esc}[${rows}B\r`
}

/** A cell of a terminal is about twice as high as it is wide. */
const cellRatio = 2

const square: GeneratedImage.Dimensions = { height: 1, width: 1 }

/** As many lines as leave room for some text, and a picture no wider than the terminal. */
export const rowsFor = (
  dimensions: GeneratedImage.Dimensions | undefined,
  { columns, lines }: { readonly columns: number; readonly lines: number }
): number => {
  const { height, width } = dimensions ?? square
  const widest = Math.floor(((columns - 1) * height) / (cellRatio * Math.max(1, width)))
  return Math.max(1, Math.min(mostRows, lines - 4, widest))
}

/** A picture leaves room for the text around it. */
const mostRows = 20

/** How many characters wide a picture of so many lines is. */
export const columnsFor = (rows: number, { height, width }: GeneratedImage.Dimensions = square): number =>
  Math.max(1, Math.round((rows * cellRatio * width) / Math.max(1, height)))
