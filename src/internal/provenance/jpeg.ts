/** JPEG (ITU-T T.81, annex B): segments up to the scan. XMP is the APP1 segment that ISO 16684-3 names. */
import { ascii, uintBE } from "../image/sniff.js"
import { concatBytes, cut, latin1, type Place, packetOf, utf8 } from "./place.js"

const xmpHeader = "http://ns.adobe.com/xap/1.0/\0"
/** ISO 16684-3: a longer packet does not fit into a segment. */
const longestPacket = 65_502

const app0 = 0xe0
const app1 = 0xe1
const app11 = 0xeb
const startOfScan = 0xda

interface Segment {
  readonly marker: number
  readonly start: number
  readonly end: number
}

/** The segments before the scan. None when they do not lead to it. */
const segmentsOf = (bytes: Uint8Array): ReadonlyArray<Segment> | undefined => {
  const segments: Array<Segment> = []
  let start = 2
  while (bytes[start] === 0xff) {
    const marker = bytes[start + 1] ?? 0
    if (marker === startOfScan) return segments
    // Section B.1.1.2: any number of fill bytes FF may come before a marker
    if (marker === 0xff) start += 1
    else {
      const end = start + 2 + uintBE(bytes, start + 2, 2)
      // Table B.1: markers from C0 on, except RSTn, SOI and EOI, have a length, which counts itself
      if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd9) || !(end >= start + 4 && end <= bytes.length))
        return undefined
      segments.push({ marker, start, end })
      start = end
    }
  }
  return undefined
}

const contentStartsWith = (bytes: Uint8Array, { end, start }: Segment, head: string): boolean =>
  ascii(bytes, start + 4, Math.min(end, start + 4 + head.length)) === head

/** JFIF and Exif must each come first. */
const afterHeaders = (bytes: Uint8Array, segments: ReadonlyArray<Segment>): number => {
  let at = 2
  for (const segment of segments) {
    const isExif = segment.marker === app1 && contentStartsWith(bytes, segment, "Exif\0")
    if (segment.start !== at || !(segment.marker === app0 || isExif)) break
    at = segment.end
  }
  return at
}

/** C2PA, "Embedding manifests into JPEG": boxes of JUMBF, in APP11 segments that begin with "JP". */
const isManifest = (bytes: Uint8Array, segment: Segment): boolean =>
  segment.marker === app11 && contentStartsWith(bytes, segment, "JP")

const segmentOf = (packet: Uint8Array): Uint8Array => {
  const length = 2 + xmpHeader.length + packet.length
  return concatBytes([Uint8Array.of(0xff, app1, length >> 8, length & 0xff), latin1(xmpHeader), packet])
}

export const findJpeg = (bytes: Uint8Array): Place | undefined => {
  const segments = segmentsOf(bytes)
  if (segments === undefined) return undefined
  const xmp = segments.find((segment) => segment.marker === app1 && contentStartsWith(bytes, segment, xmpHeader))
  const at = afterHeaders(bytes, segments)
  return {
    packet: xmp === undefined ? undefined : packetOf(bytes.subarray(xmp.start + 4 + xmpHeader.length, xmp.end)),
    signed: segments.some((segment) => isManifest(bytes, segment)),
    put: (packet) => {
      const content = utf8(packet)
      if (content.length > longestPacket) return undefined
      const insertion = { from: at, to: at, bytes: segmentOf(content) }
      return xmp === undefined ? [insertion] : [insertion, cut(xmp)].sort((one, other) => one.from - other.from)
    }
  }
}
