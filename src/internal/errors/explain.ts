/** An error in words. Everything that shows an error to people lays out these parts. */
import * as Struct from "effect/Struct"
import type { ExplainOptions, Explanation, OpenRouterError, Tagged, Terms } from "../../Errors.js"
import { issuesIn } from "../client/configError.js"
import { actionOf, isResponse } from "./action.js"
import { detailsOf } from "./details.js"
import { generationActions } from "./facts.js"
import * as Message from "./message.js"
import { libraryTerms } from "./terms.js"

/** Characters that control a terminal. A line feed does not. */
const steering = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu

/** What happened, without what it cost. */
const whatOf = (error: OpenRouterError, terms: Terms): string => {
  switch (error._tag) {
    case "ConnectionError":
      return Message.whatOf(Message.connection(error, terms))
    case "RequestTimeoutError":
      return Message.whatOf(Message.timeout(error, terms))
    case "ResponseValidationError":
      return Message.whatOf(Message.responseValidation(error, terms))
    case "IncompleteStreamError":
      return Message.whatOf(Message.incompleteStream(error, terms))
    case "InvalidRequestError":
      return Message.invalidRequest(error, terms)
    default:
      return error.message
  }
}

export const explain = (
  error: OpenRouterError,
  terms: Partial<Terms> = {},
  { emulated = false }: ExplainOptions = {}
): Explanation => {
  const all = { ...libraryTerms, ...terms }
  const billing = emulated ? "notBilled" : error.billing
  const status = isResponse(error) ? ` (${error.status})` : ""
  return {
    title: `${error._tag}${status} in ${all.operation(error.operation)}`,
    what: whatOf(error, all).replace(steering, " "),
    cost: Message.costOfError({ billing, operation: error.operation }),
    action: actionOf(error, billing, all),
    details: detailsOf(error)
  }
}

/** The width of the column of labels. */
const column = 12

const line = (label: string, value: string): string =>
  `${label.padEnd(column)}${value.replaceAll("\n", `\n${" ".repeat(column)}`)}`

const block = (title: string, lines: ReadonlyArray<readonly [label: string, value: string]>): string =>
  [title, ...lines.map(([label, value]) => line(label, value))].join("\n")

const formatOwn = (error: OpenRouterError): string => {
  const { action, cost, details, title, what } = explain(error)
  const facts = details.map(({ label, value }) => [label, value] as const)
  return block(title, [["what", what], ["cost", cost], ["what to do", action], ...facts])
}

const formatOther = (error: Tagged): string => {
  const issues = issuesIn(error).map(({ message, path }) => [...path, message].join(" "))
  const what = issues.length > 0 ? issues.join("\n") : error.message
  return block(error._tag, [["what", what.replace(steering, " ")]])
}

const ownTags: ReadonlySet<string> = new Set([
  "OpenRouterDefaultError",
  ...Struct.keys(generationActions(libraryTerms))
])

const isOwn = (error: Tagged): error is OpenRouterError => ownTags.has(error._tag)

export const format = (error: Tagged): string => (isOwn(error) ? formatOwn(error) : formatOther(error))

export const advice = (error: OpenRouterError): string => explain(error).action

export const explainBilling = Message.costOf
