/** What an error reports, in its fields and in words. */
import * as Predicate from "effect/Predicate"
import { parseJson, recordAt, textAt, wordsOf, wordsOfProvider } from "./serverWords.js"

type Json = Readonly<Record<string, unknown>>

/** Nobody reads a longer sentence. */
const longest = 1000

export const shorten = (words: string): string => (words.length > longest ? `${words.slice(0, longest)}...` : words)

/** A server's message, in words where it is JSON, with what the provider behind it said where that adds something. */
export const messageWith = (message: string, metadata: Json | undefined): string => {
  const isJson = /^\s*[[{]/.test(message) && parseJson(message) !== undefined
  const own = isJson ? shorten(wordsOf(message) ?? message) : message
  const provider = wordsOfProvider(metadata)
  return provider === undefined || own.includes(provider) ? own : `${own}: ${shorten(provider)}`
}

/** The content of a stream's error event. */
export interface Report {
  readonly message: string
  readonly code: string | undefined
  readonly type: string | undefined
  readonly param: string | undefined
  readonly errorType: string | undefined
  readonly metadata: Json | undefined
}

const codeOf = (error: Json): string | undefined =>
  Predicate.isNumber(error["code"]) ? String(error["code"]) : textAt(error, "code")

/** The place of the error in an event: in `error`, in a `response` that failed, or the event itself. */
export const errorIn = (event: unknown): Json => {
  const within = Array.isArray(event) ? event : Predicate.isRecord(event) ? event["choices"] : undefined
  const listed = Array.isArray(within) ? within.find((item) => recordAt(item, "error") !== undefined) : undefined
  return (
    recordAt(event, "error") ??
    recordAt(recordAt(event, "response"), "error") ??
    recordAt(listed, "error") ??
    (Predicate.isRecord(event) ? event : {})
  )
}

/** The report in the value of an error event, whatever its shape: an envelope, flat fields, a text. */
export const reportOf = (event: unknown): Report => {
  const error = errorIn(event)
  const isFlat = error === event
  const metadata = recordAt(error, "metadata")
  const code = codeOf(error) ?? (Predicate.isRecord(event) ? codeOf(event) : undefined)
  const message = textAt(error, "message")
  const words = message === undefined ? wordsOf(event) : messageWith(message, metadata)
  return {
    message: words ?? `The server reported an error${code === undefined ? "" : ` (${code})`}`,
    code,
    // In a flat event, `type` is the event's own.
    type: isFlat ? undefined : textAt(error, "type"),
    param: textAt(error, "param"),
    errorType: textAt(error, "error_type") ?? textAt(metadata, "error_type"),
    metadata
  }
}
