/** Embeds statements in pictures of any format. */
import { sniffMediaType } from "../image/sniff.js"
import { findJpeg } from "./jpeg.js"
import { jsonIn, packetWith, type Statement } from "./packet.js"
import { applyEdits, type Place, packetOf } from "./place.js"
import { findPng } from "./png.js"
import { findSvg } from "./svg.js"
import { findWebp } from "./webp.js"

const finders: ReadonlyMap<string | undefined, (bytes: Uint8Array) => Place | undefined> = new Map([
  ["image/png", findPng],
  ["image/jpeg", findJpeg],
  ["image/webp", findWebp],
  ["image/svg+xml", findSvg]
])

/** The bytes decide the format, not the declared type. */
const placeIn = (bytes: Uint8Array): Place | undefined => finders.get(sniffMediaType(bytes))?.(bytes)

/** First the whole text for people, and where that is too large, the start of it. */
const lengths = [Number.POSITIVE_INFINITY, 500]

/** The bytes with the statement in them. None where they cannot carry it, or are signed and must stay as they are. */
export const embed = (bytes: Uint8Array, statement: Statement, breakSignature: boolean): Uint8Array | undefined => {
  const place = placeIn(bytes)
  if (place === undefined || (place.signed && !breakSignature)) return undefined
  for (const longest of lengths) {
    const packet = packetWith(place.packet, statement, longest)
    const edits = packet === undefined ? undefined : place.put(packet, statement.prompt)
    if (edits !== undefined) return applyEdits(bytes, edits)
  }
  return undefined
}

/** No real sidecar comes near this size. A bound for hostile files. */
const longestSidecar = 16 * 1024 * 1024

/** Bytes that are no picture may be a sidecar: plain XMP. */
const sidecarIn = (bytes: Uint8Array): string | undefined =>
  sniffMediaType(bytes) === undefined && bytes.length <= longestSidecar ? packetOf(bytes) : undefined

/** The JSON of the statement in a picture or in its sidecar, if there is one. */
export const jsonOf = (bytes: Uint8Array): string | undefined => {
  const packet = placeIn(bytes)?.packet ?? sidecarIn(bytes)
  return packet === undefined ? undefined : jsonIn(packet)
}
