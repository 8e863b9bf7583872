/**
 * WebP (RFC 9649): chunks in a RIFF. Only the extended format has metadata, so a simple file is turned into an extended
 * one.
 */
import { readDimensions } from "../image/dimensions.js"
import { ascii } from "../image/sniff.js"
import { concatBytes, cut, type Edit, latin1, type Place, packetOf, utf8 } from "./place.js"

const riffHeader = 12
const chunkHeader = 8
/** Section "RIFF File Format": the size of a file counts neither "RIFF" nor the size field itself. */
const uncounted = 8

/** Section "Extended File Format", figure 7. */
const hasXmp = 0x04
const hasAlpha = 0x10

interface Chunk {
  readonly type: string
  readonly start: number
  /** The end of the data, before a padding byte. */
  readonly dataEnd: number
  readonly end: number
}

const uintLE = (value: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => Math.floor(value / 256 ** i) % 256)

const readUint32 = (bytes: Uint8Array, at: number): number =>
  [3, 2, 1, 0].reduce((value, i) => value * 256 + (bytes[at + i] ?? Number.NaN), 0)

/** The chunks, which fill the RIFF exactly. */
const chunksOf = (bytes: Uint8Array, riffEnd: number): ReadonlyArray<Chunk> | undefined => {
  const chunks: Array<Chunk> = []
  let start = riffHeader
  while (start < riffEnd) {
    const dataEnd = start + chunkHeader + readUint32(bytes, start + 4)
    const end = dataEnd + (dataEnd % 2)
    if (!(end <= riffEnd)) return undefined
    chunks.push({ type: ascii(bytes, start, start + 4), start, dataEnd, end })
    start = end
  }
  return chunks
}

const chunk = (type: string, data: Uint8Array): Uint8Array =>
  concatBytes([latin1(type), uintLE(data.length, 4), data, new Uint8Array(data.length % 2)])

/** The edit that makes the file an extended one with XMP. The first chunk shows which of the three kinds it is. */
const extendHeader = (bytes: Uint8Array, { start, type, dataEnd }: Chunk): Edit | undefined => {
  const flagsAt = start + chunkHeader
  if (type === "VP8X" && dataEnd - flagsAt >= 10) {
    return { from: flagsAt, to: flagsAt + 1, bytes: Uint8Array.of((bytes[flagsAt] ?? 0) | hasXmp) }
  }
  const size = readDimensions(bytes)
  if (size === undefined || (type !== "VP8 " && type !== "VP8L")) return undefined
  // Only the lossless kind says itself whether it has alpha: bit 28 after the signature byte, at the place of the
  // flag's
  const alpha = type === "VP8L" ? (bytes[flagsAt + 4] ?? 0) & hasAlpha : 0
  const data = concatBytes([uintLE(hasXmp | alpha, 4), uintLE(size.width - 1, 3), uintLE(size.height - 1, 3)])
  return { from: start, to: start, bytes: chunk("VP8X", data) }
}

export const findWebp = (bytes: Uint8Array): Place | undefined => {
  const riffEnd = uncounted + readUint32(bytes, 4)
  const chunks = riffEnd <= bytes.length ? chunksOf(bytes, riffEnd) : undefined
  const [first] = chunks ?? []
  const extension = first === undefined ? undefined : extendHeader(bytes, first)
  if (chunks === undefined || extension === undefined) return undefined
  const xmp = chunks.find(({ type }) => type === "XMP ")
  return {
    packet: xmp === undefined ? undefined : packetOf(bytes.subarray(xmp.start + chunkHeader, xmp.dataEnd)),
    signed: chunks.some(({ type }) => type === "C2PA"),
    put: (packet) => {
      const edits = [
        extension,
        ...(xmp === undefined ? [] : [cut(xmp)]),
        { from: riffEnd, to: riffEnd, bytes: chunk("XMP ", utf8(packet)) }
      ]
      const growth = edits.reduce((sum, { bytes: { length }, from, to }) => sum + length - (to - from), 0)
      return [{ from: 4, to: 8, bytes: uintLE(riffEnd - uncounted + growth, 4) }, ...edits]
    }
  }
}
