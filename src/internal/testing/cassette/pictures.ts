/** The pictures in the text of an answer. */
import { decodeBase64, encodeBase64 } from "../../decoding/base64.js"
import { sniffMediaType } from "../../image/sniff.js"

/** A picture, from its first character of base64 to after the last. */
interface Place {
  readonly from: number
  readonly to: number
}

/** A part of a text: a picture's base64, or what is between pictures. */
export interface Part {
  readonly isPicture: boolean
  readonly text: string
}

/** Where a string of JSON begins, or the content of a data URL. A string within a string has escaped quotes. */
const opening = /"(?:data:[^,"]{0,200};base64,)?/g

/** No picture is smaller. */
const shortest = 32

/** Enough to know any picture: the prolog of an SVG may have 4 KiB. */
const longestHead = 8192

const isBase64 = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x41 && code <= 0x5a) ||
  (code >= 0x2f && code <= 0x39) ||
  code === 0x2b ||
  code === 0x3d

const endOfRun = (text: string, from: number): number => {
  let at = from
  while (at < text.length && isBase64(text.charCodeAt(at))) at++
  return at
}

/** Whether a text is base64 of a picture, and the only one of these bytes. */
const isPicture = (base64: string): boolean => {
  const head = decodeBase64(base64.slice(0, longestHead))
  if (head === undefined || sniffMediaType(head) === undefined) return false
  const bytes = decodeBase64(base64)
  return bytes !== undefined && encodeBase64(bytes) === base64
}

/** A picture ends with its string. Where the whole text was cut, it ends with the last whole group of characters. */
const placeAt = (text: string, from: number): Place | undefined => {
  const end = endOfRun(text, from)
  const isCut = end === text.length
  if (end - from < shortest || (!isCut && text[end] !== '"' && text[end] !== "\\")) return undefined
  const to = isCut ? end - ((end - from) % 4) : end
  return isPicture(text.slice(from, to)) ? { from, to } : undefined
}

const placesIn = (text: string): ReadonlyArray<Place> => {
  const places: Array<Place> = []
  let last = 0
  for (const { 0: found, index } of text.matchAll(opening)) {
    const from = index + found.length
    const place = from < last ? undefined : placeAt(text, from)
    if (place === undefined) continue
    places.push(place)
    last = place.to
  }
  return places
}

/** The parts of a text. Together they are the text. */
export const partsOf = (text: string): ReadonlyArray<Part> => {
  const parts: Array<Part> = []
  let last = 0
  for (const { from, to } of placesIn(text)) {
    parts.push({ isPicture: false, text: text.slice(last, from) }, { isPicture: true, text: text.slice(from, to) })
    last = to
  }
  return last < text.length || parts.length === 0 ? [...parts, { isPicture: false, text: text.slice(last) }] : parts
}
