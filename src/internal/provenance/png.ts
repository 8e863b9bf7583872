/** PNG (third edition): chunks of length, type, data and CRC. XMP is the text chunk that ISO 16684-3 names. */
import { ascii, uintBE } from "../image/sniff.js"
import { tool, toPrintable } from "./packet.js"
import { concatBytes, cut, latin1, type Place, packetOf, uint32BE, utf8 } from "./place.js"

const xmpKeyword = "XML:com.adobe.xmp\0"
/** What follows the keyword: not compressed (two bytes), no language, no translated keyword. */
const plainText = "\0\0\0\0"
const signatureLength = 8
/** Length, type and CRC. */
const frame = 12

/** The CRC of each byte alone. */
const crcTable = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  return crc
})

type Parts = ReadonlyArray<Uint8Array>

/** Section D: the CRC of a chunk, over its type and data. */
const crc32 = (parts: Parts): number => {
  let crc = 0xffffffff
  for (const bytes of parts) {
    for (let i = 0; i < bytes.length; i++) {
      crc = (crc >>> 8) ^ (crcTable[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0)
    }
  }
  return ~crc >>> 0
}

const chunk = (type: string, ...data: Parts): Parts => {
  const body = [latin1(type), ...data]
  return [uint32BE(data.reduce((sum, { length }) => sum + length, 0)), ...body, uint32BE(crc32(body))]
}

const internationalText = (keyword: string, text: string): Parts =>
  chunk("iTXt", latin1(keyword + plainText), utf8(text))

/** A text chunk. `start` and `end` are those of the whole chunk. */
interface Text {
  readonly start: number
  readonly end: number
}

const dataStartsWith = (bytes: Uint8Array, { end, start }: Text, head: string): boolean =>
  ascii(bytes, start + 8, Math.min(end - 4, start + 8 + head.length)) === head

/** A compressed chunk is found here, but cannot be read. */
const textTypes: ReadonlySet<string> = new Set(["iTXt", "tEXt", "zTXt"])

/** The text chunks of a whole file, and whether it is signed: `caBX` holds the manifest of C2PA. */
const textsOf = (bytes: Uint8Array): { readonly texts: ReadonlyArray<Text>; readonly signed: boolean } | undefined => {
  const texts: Array<Text> = []
  let signed = false
  let hasPixels = false
  let start = signatureLength
  while (start < bytes.length) {
    const end = start + frame + uintBE(bytes, start, 4)
    const type = ascii(bytes, start + 4, start + 8)
    const isFirst = start === signatureLength
    // NaN, from a cut length, is not an end within the bytes either
    if (!(end <= bytes.length) || !/^[A-Za-z]{4}$/.test(type) || isFirst !== (type === "IHDR")) return undefined
    if (textTypes.has(type)) texts.push({ start, end })
    signed ||= type === "caBX"
    hasPixels ||= type === "IDAT"
    if (type === "IEND") return hasPixels ? { texts, signed } : undefined
    start = end
  }
  return undefined
}

/** The text for people follows our packet, in this order. There it is ours to remove again. */
const description = `Description\0${plainText}`
const software = `Software\0${tool}`

const writtenBehind = (bytes: Uint8Array, xmp: Text, texts: ReadonlyArray<Text>): ReadonlyArray<Text> => {
  const first = texts.find(({ start }) => start === xmp.end)
  const second = texts.find(({ start }) => start === first?.end)
  return first !== undefined &&
    second !== undefined &&
    dataStartsWith(bytes, first, description) &&
    dataStartsWith(bytes, second, software)
    ? [first, second]
    : []
}

export const findPng = (bytes: Uint8Array): Place | undefined => {
  const found = textsOf(bytes)
  const headerEnd = signatureLength + frame + uintBE(bytes, signatureLength, 4)
  if (found === undefined) return undefined
  const { signed, texts } = found
  const xmp = texts.find((text) => dataStartsWith(bytes, text, xmpKeyword))
  const from = xmp === undefined ? 0 : xmp.start + 8 + xmpKeyword.length + plainText.length
  const isPlain = xmp !== undefined && dataStartsWith(bytes, xmp, xmpKeyword + plainText)
  const earlier = xmp === undefined ? [] : [xmp, ...writtenBehind(bytes, xmp, texts)]
  return {
    packet: xmp === undefined ? undefined : isPlain ? packetOf(bytes.subarray(from, xmp.end - 4)) : "",
    signed,
    put: (packet, prompt) => {
      const chunks = concatBytes([
        ...internationalText(xmpKeyword, packet),
        ...internationalText("Description\0", toPrintable(prompt)),
        ...chunk("tEXt", latin1(software))
      ])
      return [{ from: headerEnd, to: headerEnd, bytes: chunks }, ...earlier.map(cut)]
    }
  }
}
