/** An error in words. Everything that shows an error to people lays out these parts. */
import type { Explanation, OpenRouterError, Terms } from "../../Errors.js"
import { actionOf, isResponse } from "./action.js"
import { detailsOf } from "./details.js"
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

export const explain = (error: OpenRouterError, terms: Partial<Terms> = {}): Explanation => {
  const all = { ...libraryTerms, ...terms }
  const status = isResponse(error) ? ` (${error.status})` : ""
  return {
    title: `${error._tag}${status} in ${all.operation(error.operation)}`,
    what: whatOf(error, all).replace(steering, " "),
    cost: Message.costOfError(error),
    action: actionOf(error, all),
    details: detailsOf(error)
  }
}

/** The width of the column of labels. */
const column = 12

const line = (label: string, value: string): string =>
  `${label.padEnd(column)}${value.replaceAll("\n", `\n${" ".repeat(column)}`)}`

export const format = (error: OpenRouterError): string => {
  const { action, cost, details, title, what } = explain(error)
  return [
    title,
    line("what", what),
    line("cost", cost),
    line("what to do", action),
    ...details.map(({ label, value }) => line(label, value))
  ].join("\n")
}

export const advice = (error: OpenRouterError): string => explain(error).action

export const explainBilling = Message.costOf
