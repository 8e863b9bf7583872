/** An error for people: what to do about it, and the whole of it as a block of text. */
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Struct from "effect/Struct"
import type { OpenRouterError, ResponseError } from "../Errors.js"
import { actions, baseUrl, discoveryActions, statuses, wait } from "./errorFacts.js"
import { cost } from "./errorMessage.js"

/** The class that a status has where an operation documents it: an OpenRouterDefaultError is advised alike. */
const likeness = (status: number) => Struct.keys(statuses).find((tag) => statuses[tag] === status)

const actionOfStatus = (status: number): string => {
  if (status === 408) return "The server gave up waiting for the request: check the network, or send less."
  if (status === 503) return `The service is not available at the moment. ${wait}`
  if (status >= 504) return `A server on the way failed or gave up waiting. ${wait}`
  if (status >= 500) return `The fault is the server's. ${wait}`
  if (status >= 400) return "The server does not accept the request: correct it, or check the base URL."
  return status >= 300 ? baseUrl : "The server's message is all that is known."
}

const isDiscovery = ({ operation }: OpenRouterError): boolean =>
  operation === "listModels" || operation === "listModelEndpoints"

const isResponse = (error: OpenRouterError): error is ResponseError => "httpStatus" in error

/** Whether OpenRouter itself answered, and no box in between. A body that was cut tells it by the message that was found in it. */
const isOpenRouters = ({ body, message }: ResponseError): boolean =>
  Either.match(
    Either.try(() => JSON.parse(body) as unknown),
    {
      onLeft: () => !message.startsWith("HTTP "),
      onRight: (json) =>
        Predicate.isRecord(json) && Predicate.isRecord(json["error"]) && Predicate.isString(json["error"]["message"])
    }
  )

/** The list of models has one address, which can only be missing where the base URL is wrong. */
const isElsewhere = (error: OpenRouterError): boolean =>
  isResponse(error) && error.status === 404
    ? error.operation === "listModels" || !isOpenRouters(error)
    : error._tag === "ResponseValidationError" && !isDiscovery(error) && /^\s*</.test(error.rawBody)

const action = (error: OpenRouterError): string => {
  const tag = error._tag === "OpenRouterDefaultError" ? likeness(error.status) : error._tag
  if (isElsewhere(error)) return baseUrl
  if (tag === undefined) return actionOfStatus("status" in error ? error.status : 0)
  if (tag === "ForbiddenResponseError" && "metadata" in error && reasons(error.metadata) !== "") {
    return "Change the prompt: moderation refused it."
  }
  return (isDiscovery(error) ? discoveryActions[tag] : undefined) ?? actions[tag]
}

/** Whether it is wise to send the same request again. */
const again = (error: OpenRouterError): string => {
  if (error.billing === "unknown") return " Look at the account's activity before you send it again: you may pay twice."
  if (error.billing === "billed") return " Sending it again is paid again."
  const retryAfter = "retryAfter" in error ? error.retryAfter : undefined
  return retryAfter === undefined ? "" : ` Try again in ${Duration.format(retryAfter)}.`
}

export const advice = (error: OpenRouterError): string => action(error) + again(error)

type Metadata = ResponseError["metadata"]

const longest = 200

/** Characters that steer a terminal; a line feed does not. */
const steering = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu

/** The beginning of a text of strangers, on one line and without characters that steer a terminal. */
const short = (text: string): string => {
  const start = text.slice(0, 4 * longest).replace(/[\p{Cc}\p{Cf}\p{Z}\p{Surrogate}]+/gu, " ")
  const characters = Array.from(start.trim())
  return characters.length > longest || text.length > 4 * longest
    ? `${characters.slice(0, longest).join("")}...`
    : characters.join("")
}

/** Metadata is whatever the server sent, or whoever made the error: a value that is no JSON is left out. */
const shortJson = (value: unknown): string =>
  short(typeof value === "string" ? value : (Either.getOrUndefined(Either.try(() => JSON.stringify(value))) ?? ""))

const reasons = (metadata: Metadata): string => {
  const list = metadata?.["reasons"]
  return short(Array.isArray(list) ? list.filter(Predicate.isString).join(", ") : "")
}

/** Of an answer to a generation that is JSON the message tells what is wrong; its beginning would be a picture's base64. */
const unread = (error: Extract<OpenRouterError, { readonly _tag: "ResponseValidationError" }>): string =>
  isDiscovery(error) || !/^\s*[{[]/.test(error.rawBody) ? short(error.rawBody) : ""

/** What the server said besides its message. */
const said = (error: OpenRouterError): ReadonlyArray<readonly [label: string, value: string]> => {
  if (error._tag === "ResponseValidationError") return [["body", unread(error)]]
  if (!isResponse(error)) return []
  return [
    ["reasons", reasons(error.metadata)],
    ["provider", shortJson(error.metadata?.["provider_name"])],
    ["raw", shortJson(error.metadata?.["raw"])],
    ["body", isOpenRouters(error) ? "" : short(error.body)],
    ["instead", short(error.availability?.fallbackModels?.join(", ") ?? "")]
  ]
}

/** The lines that only some errors have. */
const details = (error: OpenRouterError): ReadonlyArray<string> =>
  [...said(error), ["generation", short(("generationId" in error ? error.generationId : undefined) ?? "")] as const]
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
