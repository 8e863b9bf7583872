/** The body of an answer as a recording has it: events and JSON that people can read, and pictures in files. */
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { utf8In, utf8Of } from "./bytes.js"
import { type Part, partsOf } from "./pictures.js"
import type { Chunk } from "./recording.js"
import type { Redact } from "./secrets.js"

/** A picture's file, and what must be in it. */
export interface PictureFile {
  readonly picture: string
  readonly sha256: string
  /** The head of a data URL. */
  readonly prefix?: string
}

/** Bytes that arrived together: where they end in the body, and when they came. */
export interface Arrival {
  readonly atMillis: number
  readonly end: number
}

/** A part of a body, with one character for each byte. */
export interface Piece {
  readonly atMillis: number
  readonly text: string
}

const isPictureFile = (value: unknown): value is PictureFile =>
  Predicate.isRecord(value) && Predicate.isString(value["picture"]) && Predicate.isString(value["sha256"])

/** An event ends with a blank line. */
const blankLine = /\r\n\r\n|\n\n|\r\r/g

/** Whether no line has begun before this place: only white space is between it and the last line. */
const isBetweenLines = (body: string, place: number): boolean => {
  let at = place
  while (at > 0 && (body[at - 1] === " " || body[at - 1] === "\t")) at--
  return at === 0 || body[at - 1] === "\n"
}

/**
 * Cuts a body between its events, and where bytes arrived that are no part of a line: signs that keep a connection
 * alive. Nobody can do anything with a part of a line, so it counts as come with the rest.
 */
export const cut = (body: string, arrivals: ReadonlyArray<Arrival>): ReadonlyArray<Piece> => {
  const ends = new Set([
    ...Array.from(body.matchAll(blankLine), ({ 0: found, index }) => index + found.length),
    ...arrivals.map(({ end }) => end).filter((end) => isBetweenLines(body, end)),
    body.length
  ])
  const places = [...ends].filter((end) => end > 0).sort((one, other) => one - other)
  let arrived = 0
  return places.map((end, i) => {
    while (arrived < arrivals.length - 1 && (arrivals[arrived]?.end ?? 0) < end) arrived++
    return { atMillis: arrivals[arrived]?.atMillis ?? 0, text: body.slice(places[i - 1] ?? 0, end) }
  })
}

const dataUrlHead = /^data:[^,"]{0,200};base64,/

/** The file of a string that is a picture, or a data URL of one. */
const fileIn = (text: string, fileOf: Pictures["fileOf"]): PictureFile | undefined => {
  const prefix = dataUrlHead.exec(text)?.[0] ?? ""
  const file = fileOf(text.slice(prefix.length))
  return file === undefined || prefix === "" ? file : { ...file, prefix }
}

/** Where a picture's base64 comes from. */
export type Base64Of = (file: PictureFile) => string

const stringOf = (value: unknown, base64Of: Base64Of): unknown =>
  isPictureFile(value) ? (value.prefix ?? "") + base64Of(value) : value

const textOf = (content: unknown, base64Of: Base64Of): string =>
  [content]
    .flat()
    .map((part) => String(stringOf(part, base64Of)))
    .join("")

/** The bytes of a part of a body. */
export const decode = ({ as, content }: Pick<Chunk, "as" | "content">, base64Of: Base64Of): string => {
  const json = () => utf8Of(JSON.stringify(content, (_, value: unknown) => stringOf(value, base64Of)) ?? "")
  switch (as) {
    case "data":
      return `data: ${json()}\n\n`
    case "json":
      return json()
    case "text":
      return utf8Of(textOf(content, base64Of))
    case "latin1":
      return textOf(content, base64Of)
  }
}

/** All picture files that a part of a body names. */
export const filesIn = ({ content }: Pick<Chunk, "content">): ReadonlyArray<PictureFile> => {
  const found: Array<PictureFile> = []
  JSON.stringify(content, (_, value: unknown) => {
    if (!isPictureFile(value)) return value
    found.push(value)
    return undefined
  })
  return found
}

type Content = Pick<Chunk, "as" | "content">

/** The pictures of a body: the file of each base64, and the other way round. */
export interface Pictures {
  readonly fileOf: (base64: string) => PictureFile | undefined
  readonly base64Of: Base64Of
}

/** JSON is kept as JSON only where that gives back the same bytes: not where it has spaces, say. */
const asJson = Option.liftThrowable((latin1: string, { base64Of, fileOf }: Pictures): Content => {
  const [, json] = /^data: (.*)\n\n$/s.exec(latin1) ?? []
  const value: unknown = JSON.parse(Option.getOrThrow(utf8In(json ?? latin1)), (_, value: unknown) =>
    Predicate.isString(value) ? (fileIn(value, fileOf) ?? value) : value
  )
  const content: Content = { as: json === undefined ? "json" : "data", content: value }
  if (decode(content, base64Of) !== latin1) throw new Error("it is written otherwise")
  return content
})

/** Places where a picture begins or ends are between characters, so the parts are UTF-8 where the whole is. */
const asText = (parts: ReadonlyArray<Part>, { fileOf }: Pictures): Content => {
  const readable = Option.all(parts.map(({ isPicture, text }) => (isPicture ? Option.some(text) : utf8In(text))))
  const texts = Option.getOrElse(readable, () => parts.map(({ text }) => text))
  const content = parts.map(({ isPicture, text }, i) => (isPicture ? fileOf(text) : texts[i]))
  return { as: Option.isSome(readable) ? "text" : "latin1", content: content.length === 1 ? content[0] : content }
}

/** A part of a body for the recording, without its secrets. */
const encode = ({ atMillis, text }: Piece, redact: Redact, pictures: Pictures): Chunk => {
  const parts = partsOf(text).map((part) => (part.isPicture ? part : { ...part, text: redact(part.text) }))
  const latin1 = parts.map(({ text }) => text).join("")
  return { atMillis, ...Option.getOrElse(asJson(latin1, pictures), () => asText(parts, pictures)) }
}

/** One text from two that came at the same time: a server may send dozens of comments at once. */
const joined = (one: Chunk | undefined, other: Chunk): Chunk | undefined =>
  one?.as === "text" &&
  other.as === "text" &&
  one.atMillis === other.atMillis &&
  Predicate.isString(one.content) &&
  Predicate.isString(other.content)
    ? { ...one, content: one.content + other.content }
    : undefined

/** A body for the recording. */
export const encodeAll = (pieces: ReadonlyArray<Piece>, redact: Redact, pictures: Pictures): ReadonlyArray<Chunk> => {
  const chunks: Array<Chunk> = []
  for (const piece of pieces) {
    const chunk = encode(piece, redact, pictures)
    const both = joined(chunks.at(-1), chunk)
    if (both === undefined) chunks.push(chunk)
    else chunks[chunks.length - 1] = both
  }
  return chunks
}
