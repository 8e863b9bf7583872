/** The names of fields in a file of requests: the API's, such as `aspect_ratio`, or the library's, `aspectRatio`. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type { Errors } from "effect-openrouter-images"
import { renameFields } from "../../options/OptionName.js"

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Values that pass through as they are. */
const verbatim = new Set(["options", "trace"])

/** To the API's field names; the library's names are accepted as well. */
export const toWire = (json: unknown): unknown => {
  if (Array.isArray(json)) return json.map(toWire)
  if (!Predicate.isRecord(json)) return json
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [snake(name), verbatim.has(name) ? value : toWire(value)])
  )
}

/** What a line calls a field. */
export type Spelling = (field: string) => string

const namesIn = (json: unknown): ReadonlyArray<string> => {
  if (Array.isArray(json)) return json.flatMap(namesIn)
  if (!Predicate.isRecord(json)) return []
  return Object.entries(json).flatMap(([name, value]) => [name, ...(verbatim.has(name) ? [] : namesIn(value))])
}

/** What a line calls its fields; one that it does not have goes by the API's name. */
export const spellingOf = (json: unknown): Spelling => {
  const names = new Map(namesIn(json).map((name) => [snake(name), name]))
  return (field) => names.get(snake(field)) ?? snake(field)
}

/** What the text of a line calls its fields. */
export const spellingIn = (text: string): Spelling =>
  spellingOf(Either.getOrUndefined(Either.try(() => JSON.parse(text) as unknown)))

/** `aspect_ratio: must be a text`: a fault in the words of a line. */
export const describe = ({ message, path }: Errors.Issue, spell: Spelling): string => {
  const words = renameFields(message, spell)
  return path.length === 0 ? words : `${path.map((part) => spell(String(part))).join(".")}: ${words}`
}
