/** What a server said besides its message, one labelled line each. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type { Detail, OpenRouterError, ResponseError } from "../../Errors.js"
import { sizeOf } from "../request/body.js"
import { isResponse } from "./action.js"
import { generationIdIn } from "./generationIdIn.js"
import { oneLine } from "./oneLine.js"
import { textAt, wordsOfProvider } from "./serverWords.js"
import { isGeneration } from "./status.js"

type Metadata = ResponseError["metadata"]

const reasonsOf = (metadata: Metadata): string => {
  const list = metadata?.["reasons"]
  return Array.isArray(list) ? list.filter(Predicate.isString).join(", ") : ""
}

/**
 * What the provider said, unless the message already says it. Metadata is whatever the server sent: a value that is not
 * JSON is left out.
 */
const rawOf = ({ message, metadata }: ResponseError): string => {
  const words = wordsOfProvider(metadata)
  if (words !== undefined) return message.includes(words) ? "" : words
  const value = metadata?.["raw"]
  return Predicate.isObject(value)
    ? Either.getOrElse(
        Either.try(() => JSON.stringify(value)),
        () => ""
      )
    : ""
}

/**
 * For JSON that answers a generation, the message says what is wrong; the start of the body would be a picture's
 * base64.
 */
const unreadBody = (error: Extract<OpenRouterError, { readonly _tag: "ResponseValidationError" }>): string =>
  !isGeneration(error.operation) || !/^\s*[{[]/.test(error.rawBody) ? error.rawBody : ""

/** Models that the server offers in place of the one that was asked for, unless the message already names them all. */
const insteadOf = ({ availability, message }: ResponseError): string => {
  const models = availability?.fallbackModels ?? []
  return models.every((model) => message.includes(model)) ? "" : models.join(", ")
}

/** The picture to make smaller first. */
const largestOf = (error: ResponseError): string => {
  const largest = error._tag === "PayloadTooLargeResponseError" ? error.largestReference : undefined
  return largest === undefined ? "" : `inputReferences[${largest.index}] has ${sizeOf(largest.byteLength)}`
}

const saidIn = (error: OpenRouterError): Readonly<Record<string, string>> => {
  if (error._tag === "ResponseValidationError") return { body: unreadBody(error) }
  if (!isResponse(error)) return {}
  return {
    largest: largestOf(error),
    reasons: reasonsOf(error.metadata),
    provider: error.providerName ?? textAt(error.metadata, "provider_name") ?? "",
    raw: rawOf(error),
    body: error.answeredBy === "openrouter" ? "" : error.body,
    instead: insteadOf(error)
  }
}

/** Only what exists. Each value is at most 200 characters on one line. */
export const detailsOf = (error: OpenRouterError): ReadonlyArray<Detail> =>
  Object.entries({ ...saidIn(error), generation: generationIdIn(error) ?? "" }).flatMap(([label, text]) => {
    const value = oneLine(text)
    return value === "" ? [] : [{ label, value }]
  })
