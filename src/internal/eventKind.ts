/** What an event of a stream is: OpenRouter's own, the same under another prefix (`image_edit.`), or a failure in any shape. */
import * as Predicate from "effect/Predicate"
import { parseJson } from "./serverWords.js"
import type { ServerSentEvent } from "./sse.js"

export type EventKind = "done" | "completed" | "partial" | "text" | "failed" | "unknown"

/** An event, read as far as its kind goes. A picture stands in its JSON and its text as a number. */
export interface ReadEvent {
  readonly kind: EventKind
  readonly type: string
  readonly json: unknown
  readonly text: string
}

const ours = "image_generation."

/** Whether a text that is no JSON was to be a final picture. */
const isCompletedText = (text: string): boolean => /"type"\s*:\s*"[\w.]*\.completed"/.test(text)

const isPicture = (value: unknown): boolean => Predicate.isRecord(value) && Predicate.isNumber(value["b64_json"])

/** A picture of its own, or a whole response within an event. */
const hasPicture = (json: unknown): boolean =>
  isPicture(json) || (Predicate.isRecord(json) && Array.isArray(json["data"]) && json["data"].some(isPicture))

const hasError = (json: unknown): boolean => {
  const error = Predicate.isRecord(json) ? json["error"] : undefined
  return Predicate.isString(error) ? error.trim() !== "" : Predicate.isObject(error)
}

const isFailure = (event: string, type: string, json: unknown): boolean =>
  hasError(json) || type === "error" || type.endsWith(".failed") || event === "error"

const kindOf = (event: string, type: string, json: unknown, text: string): EventKind => {
  if (text.trim() === "[DONE]") return "done"
  if (json === undefined && isCompletedText(text)) return "completed"
  const isTyped = type !== event || event !== "message"
  if (hasPicture(json) && (type.endsWith(".completed") || (!isTyped && !isPicture(json)))) return "completed"
  if (isFailure(event, type, json)) return "failed"
  if (type.endsWith(".completed"))
    return type.startsWith(ours) || isObjectWith(json, "b64_json") ? "completed" : "unknown"
  if (type.endsWith(".partial_image")) return "partial"
  return type === `${ours}text_chunk` ? "text" : "unknown"
}

const isObjectWith = (json: unknown, key: string): boolean => Predicate.isRecord(json) && key in json

export const readEvent = ({ data, event }: ServerSentEvent): ReadEvent => {
  const text = data.text()
  const json = parseJson(text)
  const said = Predicate.isRecord(json) ? json["type"] : undefined
  const type = Predicate.isString(said) ? said : event
  return { kind: kindOf(event, type, json, text), type, json, text }
}
