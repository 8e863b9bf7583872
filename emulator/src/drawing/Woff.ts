/** WOFF, the container that font packages for the web come in: the font's own tables, each of them compressed. */
import { inflateSync } from "node:zlib"

const headerSize = { woff: 44, sfnt: 12 } as const
const entrySize = { woff: 20, sfnt: 16 } as const

/** Tables start at multiples of four bytes. */
const alignToFour = (length: number): number => Math.ceil(length / 4) * 4

/** The plain font file (TrueType or OpenType) within a WOFF file. */
export const unpack = (woff: Uint8Array): Uint8Array => {
  const view = new DataView(woff.buffer, woff.byteOffset, woff.byteLength)
  const count = view.getUint16(12)
  const directorySize = headerSize.sfnt + entrySize.sfnt * count
  const tables = Array.from({ length: count }, (_, i) => {
    const entry = headerSize.woff + entrySize.woff * i
    const [offset, packedLength, length] = [
      view.getUint32(entry + 4),
      view.getUint32(entry + 8),
      view.getUint32(entry + 12)
    ]
    const packed = woff.subarray(offset, offset + packedLength)
    // A table that would not have become smaller is stored as it is.
    const data = packedLength < length ? inflateSync(packed) : packed
    return { tag: view.getUint32(entry), checksum: view.getUint32(entry + 16), data }
  })
  const size = tables.reduce((end, { data }) => end + alignToFour(data.length), directorySize)
  const sfnt = new Uint8Array(size)
  const out = new DataView(sfnt.buffer)
  out.setUint32(0, view.getUint32(4))
  out.setUint16(4, count)
  let offset = directorySize
  for (const [i, { checksum, data, tag }] of tables.entries()) {
    const entry = headerSize.sfnt + entrySize.sfnt * i
    for (const [at, value] of [tag, checksum, offset, data.length].entries()) out.setUint32(entry + at * 4, value)
    sfnt.set(data, offset)
    offset += alignToFour(data.length)
  }
  return sfnt
}
