/** SVG 2: XMP is in a `metadata` element (ISO 16684-3). Ours is in a separate one, the first child of the root. */
import { svgRootAttributes } from "../image/sniff.js"
import { namespace } from "./own.js"
import { type Place, packetOf, utf8 } from "./place.js"

/** The end of the start tag whose name ends at `from`. A ">" within quotes is no end, and a "<" is part of no tag. */
const tagEnd = (text: string, from: number): number | undefined => {
  const part = /"[^"<]*"|'[^'<]*'|[^"'<>]+/y
  part.lastIndex = from
  let at = from
  while (part.test(text)) at = part.lastIndex
  return text.charAt(at) === ">" ? at + 1 : undefined
}

/** Whether an XML declaration names an encoding other than ours. */
const isForeign = (text: string): boolean => {
  const encoding = /^(?:\xEF\xBB\xBF)?<\?xml\s[^>]*?\sencoding\s*=\s*["']([^"']*)/.exec(text.slice(0, 256))?.[1]
  return encoding !== undefined && encoding.toLowerCase() !== "utf-8"
}

interface Element {
  readonly start: number
  readonly contentStart: number
  readonly contentEnd: number
  readonly end: number
}

/** Our element, even where an editor has indented it. */
const ownElement = (text: string, from: number, name: string): Element | undefined => {
  const opening = new RegExp(`\\s*<${name}(?:\\s[^<>]*)?>`, "y")
  opening.lastIndex = from
  const closing = `</${name}>`
  const contentStart = opening.test(text) ? opening.lastIndex : -1
  const contentEnd = contentStart < 0 ? -1 : text.indexOf(closing, contentStart)
  if (contentEnd < 0 || !text.slice(contentStart, contentEnd).includes(namespace)) return undefined
  return { start: from, contentStart, contentEnd, end: contentEnd + closing.length }
}

export const findSvg = (bytes: Uint8Array): Place | undefined => {
  const nameEnd = svgRootAttributes(bytes)
  if (nameEnd === undefined) return undefined
  // One character per byte: positions in the text are positions in the bytes
  const text = new TextDecoder("latin1").decode(bytes)
  const end = tagEnd(text, nameEnd)
  if (end === undefined || isForeign(text)) return undefined
  const root = text.slice(text.lastIndexOf("<", nameEnd) + 1, nameEnd)
  const name = root.replace(/svg$/, "metadata")
  const isEmpty = text.charAt(end - 2) === "/"
  const own = isEmpty ? undefined : ownElement(text, end, name)
  return {
    packet: own === undefined ? undefined : packetOf(bytes.subarray(own.contentStart, own.contentEnd)),
    signed: text.includes("c2pa:manifest"),
    put: (packet) => {
      const element = `<${name}>${packet}</${name}>`
      if (isEmpty) return [{ from: end - 2, to: end, bytes: utf8(`>${element}</${root}>`) }]
      return [{ from: end, to: own?.end ?? end, bytes: utf8(element) }]
    }
  }
}
