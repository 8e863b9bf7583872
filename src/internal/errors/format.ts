/** An error for people, as a block of text. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type { OpenRouterError, ResponseError } from "../../Errors.js"
import { isDiscovery } from "../attempt/status.js"
import { advice, isResponse } from "./advice.js"
import { cost } from "./message.js"
import { oneLine } from "./oneLine.js"
import { textAt, wordsOfProvider } from "./serverWords.js"

type Metadata = ResponseError["metadata"]

/** Characters that steer a terminal; a line feed does not. */
const steering = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu

const reasons = (metadata: Metadata): string => {
  const list = metadata?.["reasons"]
  return oneLine(Array.isArray(list) ? list.filter(Predicate.isString).join(", ") : "")
}

/** What the provider said, where the message does not say it already. Metadata is whatever the server sent: a value that is no JSON is left out. */
const raw = ({ message, metadata }: ResponseError): string => {
  const words = wordsOfProvider(metadata)
  if (words !== undefined) return message.includes(words) ? "" : oneLine(words)
  const value = metadata?.["raw"]
  return Predicate.isObject(value)
    ? oneLine(
        Either.getOrElse(
          Either.try(() => JSON.stringify(value)),
          () => ""
        )
      )
    : ""
}

/** Of an answer to a generation that is JSON the message tells what is wrong; its beginning would be a picture's base64. */
const unread = (error: Extract<OpenRouterError, { readonly _tag: "ResponseValidationError" }>): string =>
  isDiscovery(error.operation) || !/^\s*[{[]/.test(error.rawBody) ? oneLine(error.rawBody) : ""

/** What the server said besides its message. */
const said = (error: OpenRouterError): ReadonlyArray<readonly [label: string, value: string]> => {
  if (error._tag === "ResponseValidationError") return [["body", unread(error)]]
  if (!isResponse(error)) return []
  return [
    ["reasons", reasons(error.metadata)],
    ["provider", oneLine(error.providerName ?? textAt(error.metadata, "provider_name") ?? "")],
    ["raw", raw(error)],
    ["body", error.answeredBy === "openrouter" ? "" : oneLine(error.body)],
    ["instead", oneLine(error.availability?.fallbackModels?.join(", ") ?? "")]
  ]
}

/** The lines that only some errors have. */
const details = (error: OpenRouterError): ReadonlyArray<string> =>
  [...said(error), ["generation", oneLine(("generationId" in error ? error.generationId : undefined) ?? "")] as const]
    .filter(([, value]) => value.trim() !== "")
    .map(([label, value]) => `${label.padEnd(12)}${value}`)

/** What happened; what it cost has a line of its own. */
const what = (error: OpenRouterError): string =>
  error.message
    .replace(` ${cost(error.billing)}`, "")
    .replace(steering, " ")
    .replaceAll("\n", "\n            ")

export const format = (error: OpenRouterError): string =>
  [
    `${error._tag}${isResponse(error) ? ` (${error.status})` : ""} in ${error.operation}`,
    `what        ${what(error)}`,
    `cost        ${cost(error.billing)}`,
    `what to do  ${advice(error)}`,
    ...details(error)
  ].join("\n")
