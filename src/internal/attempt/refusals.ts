/**
 * The faults that a refusal names, field by field. It reads OpenRouter's capability filter, Zod, and the lists of
 * gateways.
 */
import * as Predicate from "effect/Predicate"
import type { Issue } from "../../Errors.js"
import { parseJson, recordAt, textAt } from "../errors/serverWords.js"

/** Our name for a wire name: `aspect_ratio` is `aspectRatio`. */
const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

const mostIssues = 100
const longestMessage = 500

const issue = (path: ReadonlyArray<string | number>, message: string): Issue => ({
  path: path.map((part) => (Predicate.isString(part) ? camelCase(part) : part)),
  message: message.slice(0, longestMessage)
})

/** `OpenAI: aspect_ratio: not supported. Accepted: 1:1, 3:2`, several in a row. */
const rejection =
  /(?:^|[;.,\n])\s{0,8}(?:- )?((?:[^:;.,\s]|[.,](?!\s)|(?<=[^\s;.,]) ){1,80}): ([a-z][a-z0-9_]{0,40}): /g

/** Each provider's objection, from its field's name up to the next one. */
const ofRejections = (message: string): ReadonlyArray<Issue> => {
  const start = message.indexOf("Provider rejections:")
  if (start < 0) return []
  const list = message.slice(start + "Provider rejections:".length).trim()
  const heads = [...list.matchAll(rejection)]
  return heads.map((head, i) => {
    const [whole, provider = "", field = ""] = head
    const text = list.slice(head.index + whole.length, heads[i + 1]?.index ?? list.length).trim()
    return issue([field], `${provider.trim()}: ${text}`)
  })
}

const isPlace = (value: unknown): value is ReadonlyArray<string | number> =>
  Array.isArray(value) && value.every((part) => Predicate.isString(part) || Predicate.isNumber(part))

/** Zod's `{path, message}` and FastAPI's `{loc, msg}`, whose `loc` begins with the word `body`. */
const ofFault = (fault: unknown): ReadonlyArray<Issue> => {
  if (!Predicate.isRecord(fault)) return []
  const place = fault["path"] ?? fault["loc"]
  const message = textAt(fault, "message") ?? textAt(fault, "msg")
  if (!isPlace(place) || message === undefined) return []
  return [issue(place[0] === "body" ? place.slice(1) : place, message)]
}

const ofList = (value: unknown): ReadonlyArray<Issue> =>
  Array.isArray(value) ? value.slice(0, mostIssues).flatMap(ofFault) : []

/** The faults that the body of an error names. Empty where it names no field. */
export const issuesOf = (json: unknown): ReadonlyArray<Issue> => {
  if (!Predicate.isRecord(json)) return ofList(json)
  const error = recordAt(json, "error")
  const message = textAt(error, "message") ?? ""
  const lists = [
    parseJson(message),
    error?.["issues"],
    error?.["details"],
    json["detail"],
    json["errors"],
    json["issues"]
  ]
  return [...ofRejections(message), ...lists.flatMap(ofList)]
}
