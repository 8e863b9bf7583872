/**
 * The kind of a stream's event: OpenRouter's own, the same under another prefix (`image_edit.`), or a failure in any
 * shape.
 */
import * as Predicate from "effect/Predicate"
import type { PictureFault } from "../decoding/pictureScanner.js"
import type { ServerSentEvent } from "../decoding/sse.js"
import { parseJson, textAt } from "../errors/serverWords.js"

export type EventKind = "done" | "completed" | "partial" | "text" | "failed" | "unknown"

/** An event, read as far as its kind needs. In its JSON and its text, a number stands for each picture. */
export interface ReadEvent {
  readonly kind: EventKind
  readonly type: string
  readonly json: unknown
  readonly text: string
  readonly pictures: ReadonlyArray<Uint8Array>
  readonly faults: ReadonlyArray<PictureFault>
}

const ours = "image_generation."

/** Whether a text that is not JSON was meant to be a final picture. */
const isCompletedText = (text: string): boolean => /"type"\s*:\s*"(?:[\w.]*\.)?completed"/.test(text)

/** Whether a value names a picture. */
export const isPicture = (value: unknown): value is { readonly [key: string]: unknown; readonly b64_json: number } =>
  Predicate.isRecord(value) && Predicate.isNumber(value["b64_json"])

/** Whether an event holds a picture, or a whole response. */
const hasPicture = (json: unknown): boolean =>
  isPicture(json) || (Predicate.isRecord(json) && Array.isArray(json["data"]) && json["data"].some(isPicture))

/** Whether an error says anything. */
export const isSaid = (error: unknown): boolean =>
  Predicate.isString(error) ? error.trim() !== "" : Array.isArray(error) ? error.length > 0 : Predicate.isObject(error)

/** An error beside the event's other fields, in a choice of a chat chunk, or in a list of errors. */
const hasError = (json: unknown): boolean => {
  if (Array.isArray(json)) return json.some(hasError)
  if (!Predicate.isRecord(json)) return false
  const { choices, error, errors } = json
  return isSaid(error) || (Array.isArray(errors) && isSaid(errors)) || (Array.isArray(choices) && hasError(choices))
}

const isErrorType = (type: string): boolean => /(?:^|\.)error$|\.failed$/.test(type)

/** An event without a type is an error if it has a message and a code. */
const isFlatError = (json: unknown): boolean =>
  Predicate.isRecord(json) && textAt(json, "message") !== undefined && (json["code"] ?? json["error"]) != null

const isFailure = (event: string, type: string, json: unknown): boolean =>
  hasError(json) || isErrorType(type) || isErrorType(event) || (type === "message" && isFlatError(json))

/** Compares the last part of a type, whatever comes before it. */
const isNamed = (type: string, name: string): boolean => type === name || type.endsWith(`.${name}`)

/** Whether an event of this type is a preview, which is no result. */
export const isPreview = (type = ""): boolean => isNamed(type, "partial_image")

/** Whether a text is the beginning of a preview, up to its picture. */
export const opensPreview = (text: string): boolean =>
  /^\s*\{\s*"type"\s*:\s*"(?:[\w.]*\.)?partial_image"\s*,/.test(text)

/**
 * Whether it is a finished picture: by its type, as a whole response, or, without a type, by the fields that only a
 * finished one has.
 */
const isWhole = (type: string, json: unknown): boolean => {
  if (!hasPicture(json) || !Predicate.isRecord(json)) return false
  if (isNamed(type, "completed")) return true
  if (isPreview(type)) return false
  return !isPicture(json) || (type === "message" && Predicate.isRecord(json["usage"]))
}

const kindOf = (event: string, type: string, json: unknown, text: string): EventKind => {
  if (text.trim() === "[DONE]") return "done"
  if (json === undefined && isCompletedText(text)) return "completed"
  if (isWhole(type, json)) return "completed"
  if (isFailure(event, type, json)) return "failed"
  if (isNamed(type, "completed"))
    return type.startsWith(ours) || isObjectWith(json, "b64_json") ? "completed" : "unknown"
  if (isPreview(type)) return "partial"
  return type === `${ours}text_chunk` ? "text" : "unknown"
}

const isObjectWith = (json: unknown, key: string): boolean => Predicate.isRecord(json) && key in json

export const readEvent = ({ data, event }: ServerSentEvent): ReadEvent => {
  const text = data.text()
  const json = parseJson(text)
  const said = Predicate.isRecord(json) ? json["type"] : undefined
  const type = Predicate.isString(said) ? said : event
  const { faults, pictures } = data
  return { kind: kindOf(event, type, json, text), type, json, text, pictures, faults }
}
