/**
 * The XMP packet (ISO 16684-1): statements about a picture for every tool that reads XMP, with an exact copy for us.
 */
import { closing, namespace, opening, withoutOurs } from "./own.js"

export const tool = "effect-openrouter-images"

/** The content of a packet. */
export interface Statement {
  readonly prompt: string
  readonly model: string
  /** All of it as JSON. */
  readonly json: string
}

/** No real prompt comes near this size. A bound for hostile files. */
const longestJson = 1024 * 1024

const rdf = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
const emptyPacket = [
  '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>',
  `<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="${tool}"><rdf:RDF ${rdf}></rdf:RDF></x:xmpmeta>`,
  '<?xpacket end="w"?>'
].join("")

const namespaces = [
  rdf,
  'xmlns:dc="http://purl.org/dc/elements/1.1/"',
  'xmlns:xmp="http://ns.adobe.com/xap/1.0/"',
  'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
].join(" ")

/** XML 1.0, section 2.2: what is not a Char cannot appear in a document, not even as a reference. */
const isXmlChar = (code: number): boolean =>
  code >= 0x20
    ? !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff
    : code === 0x09 || code === 0x0a || code === 0x0d

/** Whether every character is one, which nearly all texts show at a glance. */
const isPlain = (text: string): boolean => /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd]*$/.test(text)

/** Text that XML can carry. Any other character becomes a replacement character. */
export const toPrintable = (text: string): string =>
  isPlain(text) ? text : Array.from(text, (char) => (isXmlChar(char.codePointAt(0) ?? 0) ? char : "\uFFFD")).join("")

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#xD;"
}

const escapeXml = (text: string): string => toPrintable(text).replace(/[&<>"\r]/g, (char) => entities[char] ?? "")

const unicodeEscape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`

/**
 * JSON that needs no escapes in XML and survives XML's line-end handling. JSON can escape every character by itself.
 */
const plainJson = (json: string): string => json.replace(/[<>&\u007f-\u009f\u2028\u2029\ufffe\uffff]/g, unicodeEscape)

/** Cuts text without splitting an emoji. */
const shortened = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest).replace(/[\uD800-\uDBFF]$/, "")}…`

const property = (name: string, value: string): string => `<${name}>${value}</${name}>`

/** A property may appear only once in a packet. One that the packet already has keeps its value. */
const withoutProperty = (packet: string, name: string, value: string): string =>
  new RegExp(`:${name.slice(name.indexOf(":") + 1)}[\\s=/>]`).test(packet) ? "" : property(name, value)

/** All descriptions of a packet have the same subject, whatever its name. */
const subjectOf = (packet: string): string => /\srdf:about\s*=\s*("[^"<]*"|'[^'<]*')/.exec(packet)?.[1] ?? '""'

const block = (packet: string, { json, model, prompt }: Statement, longest: number): string => {
  const text = escapeXml(shortened(prompt, longest))
  const say = (name: string, value: string) => withoutProperty(packet, name, value)
  return [
    `${opening} ${namespaces} rdf:about=${subjectOf(packet)}>`,
    say("dc:description", `<rdf:Alt><rdf:li xml:lang="x-default">${text}</rdf:li></rdf:Alt>`),
    say("xmp:CreatorTool", tool),
    say("Iptc4xmpExt:DigitalSourceType", "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"),
    say("Iptc4xmpExt:AIPromptInformation", text),
    say("Iptc4xmpExt:AISystemUsed", escapeXml(model)),
    property("eoi:json", json),
    closing
  ].join("")
}

/**
 * A packet that makes the statement, with the text for people cut after `longest` characters. Everything else in the
 * existing packet stays, except an earlier statement. None where nothing can be added to it.
 */
export const packetWith = (there: string | undefined, statement: Statement, longest: number): string | undefined => {
  const packet = withoutOurs(there ?? emptyPacket)
  const at = packet.lastIndexOf("</rdf:RDF>")
  const json = plainJson(statement.json)
  // Our namespace is still there: another tool has rewritten our part, and it is unclear who said what
  if (at < 0 || packet.includes(namespace) || json.length > longestJson) return undefined
  return packet.slice(0, at) + block(packet, { ...statement, json }, longest) + packet.slice(at)
}

/** Other tools write a quotation mark as `&quot;`. */
const longestEntity = 6

const characters: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" }

const unescapeXml = (text: string): string =>
  text.replace(/&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));/g, (whole, name, decimal, hex) => {
    if (name !== undefined) return characters[name] ?? whole
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })

const textBetween = (text: string, from: string, to: string): string | undefined => {
  const start = text.indexOf(from)
  const end = start < 0 ? -1 : text.indexOf(to, start + from.length)
  return end < 0 ? undefined : text.slice(start + from.length, end)
}

/** The JSON of our packet, even where another tool has chosen another prefix or turned it into an attribute. */
export const jsonIn = (packet: string): string | undefined => {
  const at = packet.indexOf(namespace)
  const prefix = /xmlns:([\w.-]{1,60})\s{0,9}=\s{0,9}["']$/.exec(
    packet.slice(Math.max(0, at - 100), Math.max(0, at))
  )?.[1]
  if (prefix === undefined) return undefined
  const json =
    textBetween(packet, `<${prefix}:json>`, `</${prefix}:json>`) ??
    textBetween(packet, `${prefix}:json="`, '"') ??
    textBetween(packet, `${prefix}:json='`, "'")
  return json === undefined || json.length > longestEntity * longestJson ? undefined : unescapeXml(json)
}
