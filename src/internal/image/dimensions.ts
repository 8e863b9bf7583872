import type { Dimensions } from "../../GeneratedImage.js"
import { ascii, sniffMediaType, svgRootAttributes, uintBE } from "./sniff.js"

// Bounds for hostile input; real files stay far below them
const MAX_JPEG_STEPS = 65_536
const MAX_BOXES = 4096
const MAX_SVG_TAG = 16_384

// The only exit: NaN (a cut header), zero, negative and absurd sizes all become undefined
const dimensions = (width: number, height: number): Dimensions | undefined =>
  Number.isSafeInteger(width) && width > 0 && Number.isSafeInteger(height) && height > 0 ? { width, height } : undefined

// NaN when the bytes end too early. Do not use bit operators on such values: they would turn NaN into 0.
const uintLE = (bytes: Uint8Array, at: number, length: number): number => {
  let value = 0
  for (let i = at + length - 1; i >= at; i--) value = value * 256 + (bytes[i] ?? Number.NaN)
  return value
}

// PNG (third edition), section 11.2.1: IHDR is the first chunk; a size above 2^31-1 is invalid (section 7.1)
const readPng = (bytes: Uint8Array): Dimensions | undefined => {
  const width = uintBE(bytes, 16, 4)
  const height = uintBE(bytes, 20, 4)
  return ascii(bytes, 12, 16) === "IHDR" && width < 2 ** 31 && height < 2 ** 31 ? dimensions(width, height) : undefined
}

// GIF89a, section 18: logical screen descriptor
const readGif = (bytes: Uint8Array): Dimensions | undefined => dimensions(uintLE(bytes, 6, 2), uintLE(bytes, 8, 2))

// ITU-T T.81, table B.1: C0 to CF are frame headers but for C4 (DHT), C8 (reserved) and CC (DAC)
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

// ITU-T T.81, table B.1: TEM and RSTn are markers without a segment
const standsAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)

// ITU-T T.81, section B.1.1: a marker is FF and a code, with any number of FF to fill before it
const readJpeg = (bytes: Uint8Array): Dimensions | undefined => {
  let at = 2
  for (let step = 0; step < MAX_JPEG_STEPS; step++) {
    const marker = bytes[at + 1]
    // 00, SOI, EOI and SOS cannot come before the frame header
    if (bytes[at] !== 0xff || marker === undefined || marker === 0 || (marker >= 0xd8 && marker <= 0xda)) {
      return undefined
    }
    if (marker === 0xff) at += 1
    else if (standsAlone(marker)) at += 2
    else {
      const length = uintBE(bytes, at + 2, 2)
      // Section B.2.2: length, precision, lines, samples per line
      if (isFrameHeader(marker)) {
        return length >= 8 ? dimensions(uintBE(bytes, at + 7, 2), uintBE(bytes, at + 5, 2)) : undefined
      }
      // Below 2 the length would not even count itself; NaN leaves here too
      if (!(length >= 2)) return undefined
      at += 2 + length
    }
  }
  return undefined
}

// RFC 9649, "WebP Container Specification": the first chunk tells which of the three kinds the file is
const readWebp = (bytes: Uint8Array): Dimensions | undefined => {
  switch (ascii(bytes, 12, 16)) {
    case "VP8 ": {
      // RFC 6386, section 9.1: the start code of a key frame, then 14 bits of size and 2 of scale, twice
      if (ascii(bytes, 23, 26) !== "\x9D\x01\x2A") return undefined
      return dimensions(uintLE(bytes, 26, 2) % 16_384, uintLE(bytes, 28, 2) % 16_384)
    }
    case "VP8L": {
      // RFC 9649, "RIFF Header": signature 2F, 14 bits each of size - 1, one bit of alpha, three of version, always 0
      const bits = uintLE(bytes, 21, 4)
      if (bytes[20] !== 0x2f || bits >= 2 ** 29) return undefined
      return dimensions((bits % 16_384) + 1, (Math.floor(bits / 16_384) % 16_384) + 1)
    }
    case "VP8X": {
      // RFC 9649, "Extended File Format": canvas size - 1 in 24 bits each; the product must not exceed 2^32 - 1
      const width = uintLE(bytes, 24, 3) + 1
      const height = uintLE(bytes, 27, 3) + 1
      return width * height < 2 ** 32 ? dimensions(width, height) : undefined
    }
    default:
      return undefined
  }
}

interface Box {
  readonly type: string
  readonly start: number
  readonly end: number
}

// ISO/IEC 14496-12, section 4.2: size 1 means a 64-bit size behind the type, size 0 up to the end. A box that is longer
// than what holds it ends the walk: a cut list of properties could lack the one of the whole image.
function* boxes(bytes: Uint8Array, from: number, to: number): Generator<Box> {
  let at = from
  for (let count = 0; count < MAX_BOXES && at + 8 <= to; count++) {
    const short = uintBE(bytes, at, 4)
    const header = short === 1 ? 16 : 8
    const end = short === 0 ? to : at + (short === 1 ? uintBE(bytes, at + 8, 8) : short)
    if (!(end >= at + header && end <= to)) return
    yield { type: ascii(bytes, at + 4, at + 8), start: at + header, end }
    at = end
  }
}

const findBox = (bytes: Uint8Array, type: string, from: number, to: number): Box | undefined => {
  for (const box of boxes(bytes, from, to)) {
    if (box.type === type) return box
  }
  return undefined
}

// ISO/IEC 23008-12, section 6.5.3: "ispe" in meta > iprp > ipco. The largest counts: thumbnails and the tiles of a grid
// have sizes of their own. "meta" and "ispe" begin with four bytes of version and flags.
const readHeif = (bytes: Uint8Array): Dimensions | undefined => {
  const meta = findBox(bytes, "meta", 0, bytes.length)
  const iprp = meta && findBox(bytes, "iprp", meta.start + 4, meta.end)
  const ipco = iprp && findBox(bytes, "ipco", iprp.start, iprp.end)
  if (ipco === undefined) return undefined
  let largest: Dimensions | undefined
  for (const box of boxes(bytes, ipco.start, ipco.end)) {
    if (box.type !== "ispe" || box.end - box.start < 12) continue
    const size = dimensions(uintBE(bytes, box.start + 4, 4), uintBE(bytes, box.start + 8, 4))
    if (size && (!largest || size.width * size.height > largest.width * largest.height)) largest = size
  }
  return largest
}

// XML 1.0, section 3.1: the attributes of the tag whose name ends at `from`; undefined when the tag is cut or malformed
const readAttributes = (bytes: Uint8Array, from: number): ReadonlyMap<string, string> | undefined => {
  const text = ascii(bytes, from, from + MAX_SVG_TAG)
  // No two neighbouring parts of the pattern match the same character, so it cannot backtrack badly
  const attribute = /[ \t\r\n]+([^ \t\r\n=/>"'<]+)[ \t\r\n]*=[ \t\r\n]*(?:"([^"<]*)"|'([^'<]*)')/y
  const attributes = new Map<string, string>()
  let end = 0
  for (let match = attribute.exec(text); match !== null; match = attribute.exec(text)) {
    attributes.set(match[1] ?? "", match[2] ?? match[3] ?? "")
    end = attribute.lastIndex
  }
  const close = /[ \t\r\n]*\/?>/y
  close.lastIndex = end
  return close.test(text) ? attributes : undefined
}

// CSS Values 4, section 6.2: absolute lengths, 1in = 96px
const UNITS: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["px", 1],
  ["in", 96],
  ["pt", 96 / 72],
  ["pc", 16],
  ["cm", 96 / 2.54],
  ["mm", 96 / 25.4],
  ["q", 96 / 101.6]
])

// Undefined for what has no size of its own: missing, "auto", percentages, em and its like, negative (invalid by CSS)
const readLength = (text: string | undefined): number | undefined => {
  const match = /^(\+?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)([a-z]*)$/i.exec(text?.trim() ?? "")
  const unit = UNITS.get(match?.[2]?.toLowerCase() ?? "")
  return match?.[1] === undefined || unit === undefined ? undefined : Number(match[1]) * unit
}

// SVG 2, "The viewBox attribute": min-x, min-y, width, height, separated by white space or a comma
const readViewBox = (text: string | undefined): Dimensions | undefined => {
  const [, , width, height, ...more] = text?.trim().split(/[ \t\r\n]*,[ \t\r\n]*|[ \t\r\n]+/, 5) ?? []
  const box = { width: Number(width), height: Number(height) }
  return more.length === 0 && box.width > 0 && box.height > 0 ? box : undefined
}

// SVG 2, "Intrinsic sizing properties of the viewport of SVG content": the viewBox gives the ratio for a missing size
const readSvg = (bytes: Uint8Array): Dimensions | undefined => {
  const from = svgRootAttributes(bytes)
  const attributes = from === undefined ? undefined : readAttributes(bytes, from)
  const width = readLength(attributes?.get("width"))
  const height = readLength(attributes?.get("height"))
  const box = readViewBox(attributes?.get("viewBox"))
  const rounded = (w: number, h: number) => dimensions(Math.round(w), Math.round(h))
  if (width !== undefined && height !== undefined) return rounded(width, height)
  if (box === undefined) return undefined
  if (width !== undefined) return rounded(width, (width * box.height) / box.width)
  if (height !== undefined) return rounded((height * box.width) / box.height, height)
  return rounded(box.width, box.height)
}

const READERS: ReadonlyMap<string | undefined, (bytes: Uint8Array) => Dimensions | undefined> = new Map([
  ["image/png", readPng],
  ["image/gif", readGif],
  ["image/jpeg", readJpeg],
  ["image/webp", readWebp],
  ["image/avif", readHeif],
  ["image/heic", readHeif],
  ["image/svg+xml", readSvg]
])

/**
 * The size in pixels from the file's header. `undefined` when the header is absent, cut, or nonsense (zero sizes). It
 * never throws, whatever the bytes, and reads only the header. It ignores an orientation (EXIF, `irot`).
 */
export const readDimensions = (bytes: Uint8Array): Dimensions | undefined => READERS.get(sniffMediaType(bytes))?.(bytes)
