/** Whether a picture can be transparent anywhere, as far as its header tells. */
import { ascii, sniffMediaType, uintBE } from "./sniff.js"

// A bound for hostile input; real files have a few chunks before their pixels
const MAX_CHUNKS = 65_536

const pngSignatureLength = 8
/** Length, type and CRC of a chunk. */
const pngFrame = 12

// PNG (third edition), section 11.3.1.1: a picture without an alpha channel has transparent colours if "tRNS" comes
// before its pixels
const hasTransparentColour = (bytes: Uint8Array): boolean | undefined => {
  let at = pngSignatureLength
  for (let count = 0; count < MAX_CHUNKS; count++) {
    const type = ascii(bytes, at + 4, at + 8)
    if (type === "tRNS") return true
    if (type === "IDAT") return false
    at += pngFrame + uintBE(bytes, at, 4)
    if (!(at < bytes.length)) return undefined
  }
  return undefined
}

// PNG, section 11.2.1: colour types 4 and 6 have an alpha channel; 0, 2 and 3 have none
const pngHasAlpha = (bytes: Uint8Array): boolean | undefined => {
  if (ascii(bytes, 12, 16) !== "IHDR") return undefined
  const colourType = bytes[25]
  if (colourType === 4 || colourType === 6) return true
  return colourType === 0 || colourType === 2 || colourType === 3 ? hasTransparentColour(bytes) : undefined
}

// RFC 9649: "VP8 " alone has no alpha. "VP8L" and "VP8X" have a bit that tells, the same one of different bytes
const webpHasAlpha = (bytes: Uint8Array): boolean | undefined => {
  const kind = ascii(bytes, 12, 16)
  if (kind === "VP8 ") return false
  const flags = kind === "VP8L" ? bytes[24] : kind === "VP8X" ? bytes[20] : undefined
  return flags === undefined ? undefined : (flags & 0x10) !== 0
}

/**
 * Whether the file has an alpha channel or transparent colours. `undefined` where its header does not tell: an SVG, a
 * GIF, an AVIF, and bytes that are cut. A channel may still be opaque everywhere.
 */
export const readAlpha = (bytes: Uint8Array): boolean | undefined => {
  switch (sniffMediaType(bytes)) {
    case "image/png":
      return pngHasAlpha(bytes)
    case "image/webp":
      return webpHasAlpha(bytes)
    case "image/jpeg":
      return false
    default:
      return undefined
  }
}
