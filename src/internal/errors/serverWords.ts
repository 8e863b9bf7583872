/**
 * Finds what a server says about a failure, wherever it says it. OpenRouter writes `{"error": {"message": ...}}`. Its
 * providers, and intermediaries, write `{"error": "..."}`, `{"detail": ...}`, `{"message": ...}`, a list of faults,
 * JSON within text, or an HTML page.
 */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"

type Json = Readonly<Record<string, unknown>>

/** The text as JSON, or `undefined`. */
export const parseJson = (text: string): unknown => Either.getOrUndefined(Either.try(() => JSON.parse(text) as unknown))

/** The field, if it is an object. */
export const recordAt = (value: unknown, key: string): Json | undefined => {
  const found = Predicate.isRecord(value) ? value[key] : undefined
  return Predicate.isRecord(found) ? found : undefined
}

/** The field, if it is a text that says something. */
export const textAt = (value: unknown, key: string): string | undefined => {
  const found = Predicate.isRecord(value) ? value[key] : undefined
  return Predicate.isString(found) && found.trim() !== "" ? found : undefined
}

/** Words nested deeper were not written for people. */
const deepest = 8

/** A person reads this many faults of a list. */
const mostFaults = 5

/** Words are searched for only in this many characters of a page or a text. */
const longestLook = 1024 * 1024

/** How many braces of a text are tried as the start of JSON. */
const mostBeginnings = 64

/** The part of an HTML page that a person can read: its title. */
const titleOf = (page: string): string | undefined =>
  /<title[^>]*>([^<]{1,200})<\/title>/i.exec(page.slice(0, 4096))?.[1]?.trim().replace(/\s+/g, " ") || undefined

const isPage = (text: string): boolean => /^\s*(?:<!doctype|<html|<\?xml|<head|<title)/i.test(text)

/** JSON within a text, from a brace to the last one: `upstream said: {"error": ...}`. */
const jsonWithin = (text: string): unknown => {
  const end = Math.max(text.lastIndexOf("}"), text.lastIndexOf("]")) + 1
  let at = text.search(/[[{]/)
  for (let tries = 0; at >= 0 && at < end && tries < mostBeginnings; tries++) {
    const json = parseJson(text.slice(at, end))
    if (Predicate.isObject(json)) return json
    const next = text.slice(at + 1).search(/[[{]/)
    at = next < 0 ? -1 : at + 1 + next
  }
  return undefined
}

/** The words of a text: those of the JSON in it, the title of a page, or the text itself. */
const wordsOfText = (text: string, depth: number): string | undefined => {
  if (text.trim() === "") return undefined
  const looked = text.slice(0, longestLook)
  if (isPage(looked)) return titleOf(looked)
  return wordsOf(jsonWithin(looked), depth + 1) ?? looked.trim()
}

/** The place that a fault of a list names: FastAPI's `loc`, Zod's `path`. */
const placeOf = (fault: unknown): string => {
  if (!Predicate.isRecord(fault)) return ""
  const place = fault["loc"] ?? fault["path"] ?? fault["field"]
  return Array.isArray(place)
    ? place.filter((part) => part !== "body").join(".")
    : Predicate.isString(place)
      ? place
      : ""
}

const wordsOfList = (all: ReadonlyArray<unknown>, depth: number): string | undefined => {
  const said = all.slice(0, mostFaults).flatMap((fault) => {
    const words = wordsOf(fault, depth + 1)
    const place = placeOf(fault)
    return words === undefined ? [] : [place === "" ? words : `${place}: ${words}`]
  })
  const more = all.length > mostFaults ? [`and ${all.length - mostFaults} more`] : []
  return said.length === 0 ? undefined : [...said, ...more].join("; ")
}

/** The places to look for words, most telling first. */
const places = [
  "error",
  "message",
  "msg",
  "detail",
  "details",
  "errors",
  "error_description",
  "description",
  "title",
  "reason"
]

const wordsOfRecord = (json: Json, depth: number): string | undefined => {
  const found = places.flatMap((place) => wordsOf(json[place], depth + 1) ?? [])
  const [first, second] = found
  // `error` may be only the name of the status, with the reason beside it.
  if (second !== undefined && Predicate.isString(json["error"]) && first !== second) return `${first}: ${second}`
  return first ?? wordsOf(json["response"], depth + 1)
}

/** The innermost words of any value, or `undefined` where there are none. */
export const wordsOf = (value: unknown, depth = 0): string | undefined => {
  if (depth > deepest) return undefined
  if (Predicate.isString(value)) return wordsOfText(value, depth)
  if (Array.isArray(value)) return wordsOfList(value, depth)
  return Predicate.isRecord(value) ? wordsOfRecord(value, depth) : undefined
}

/** What a provider said. OpenRouter passes it on as `metadata.raw`. */
export const wordsOfProvider = (metadata: Json | undefined): string | undefined => wordsOf(metadata?.["raw"])
