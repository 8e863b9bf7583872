/** From an answer to the error that it is, with what it cost. One place for every operation, buffered or streamed. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Errors from "../Errors.js"
import { ErrorResponse } from "../Schema/ErrorResponse.js"
import { statuses } from "./errorFacts.js"
import { decoder } from "./issues.js"
import type { Mask } from "./mask.js"
import { present } from "./present.js"
import { parseRetryAfter } from "./retryAfter.js"

/** The classes that an operation documents, by status. Every other status is an OpenRouterDefaultError. */
export type StatusTable<E> = Readonly<Record<number, new (fields: Errors.ResponseErrorFields) => E>>

type Documented<E> = Exclude<Extract<E, Errors.ResponseError>, Errors.OpenRouterDefaultError>

/** Whichever class is for a status. */
export const generateErrors: StatusTable<Documented<Errors.GenerateError>> = Object.fromEntries(
  Errors.ResponseError.members.flatMap((Class) =>
    Class._tag === "OpenRouterDefaultError" ? [] : [[statuses[Class._tag], Class]]
  )
)

export const listModelsErrors: StatusTable<Documented<Errors.ListModelsError>> = {
  500: Errors.InternalServerResponseError
}

export const listModelEndpointsErrors: StatusTable<Documented<Errors.ListModelEndpointsError>> = {
  404: Errors.NotFoundResponseError,
  500: Errors.InternalServerResponseError
}

/** An answer as it arrived, the key masked in its headers. `now`: when it did, in milliseconds since 1970. */
export interface Answer {
  readonly operation: Errors.Operation
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly now: number
}

const phrases: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  408: "Request Timeout",
  413: "Payload Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  524: "Edge Network Timeout",
  529: "Provider Overloaded"
}

export const isSuccess = (status: number): boolean => status >= 200 && status < 300

export const isDiscovery = (operation: Errors.Operation): boolean =>
  operation === "listModels" || operation === "listModelEndpoints"

/** The text as JSON, or `undefined`. */
export const parseJson = (text: string): unknown => Either.getOrUndefined(Either.try(() => JSON.parse(text) as unknown))

/** OpenRouter's own envelope: an object whose `error` is an object with a message. What a box in between says has none. */
const isEnvelope = (json: unknown): boolean =>
  Predicate.isRecord(json) && Predicate.isRecord(json["error"]) && Predicate.isString(json["error"]["message"])

/** A body of status 2xx that is an error all the same, whatever it says of it. */
export const isErrorBody = (json: unknown): boolean => Predicate.isRecord(json) && Predicate.isRecord(json["error"])

const isErrorStatus = (status: number): boolean => Number.isInteger(status) && status >= 400 && status <= 599

/** A code that is a number, or a text that holds one. */
const numberOf = (code: unknown): number => (code === "" || typeof code === "object" ? Number.NaN : Number(code))

const billingOf = (operation: Errors.Operation, status: number, envelope: boolean): Errors.Billing => {
  if (isDiscovery(operation)) return "notBilled"
  // With HTTP 200 and no usable code the server still said that it failed.
  if (isSuccess(status)) return "notBilled"
  if (status >= 400 && status < 500) return status === 408 ? "unknown" : "notBilled"
  return envelope && status >= 500 && status !== 504 && status !== 524 ? "notBilled" : "unknown"
}

/** The HTTP status; with HTTP 2xx the body's code, where that is an error status. */
const statusOf = (httpStatus: number, code: number | string | undefined): number =>
  isSuccess(httpStatus) && isErrorStatus(numberOf(code)) ? numberOf(code) : httpStatus

const decodeErrorResponse = decoder(ErrorResponse)

const largestBody = 64 * 1024

/** At most 64 KiB of UTF-8, cut between characters. */
const cut = (text: string): string => {
  if (text.length * 3 <= largestBody) return text
  const bytes = new TextEncoder().encode(text)
  if (bytes.length <= largestBody) return text
  let end = largestBody
  while (((bytes[end] as number) & 0xc0) === 0x80) end--
  return new TextDecoder().decode(bytes.subarray(0, end))
}

/** What a person can read in a body that is no envelope: the title of an HTML page, or nothing. */
const titleOf = (text: string): string => {
  const title = /<title[^>]*>([^<]{1,200})<\/title>/i.exec(text.slice(0, 4096))?.[1]?.trim()
  return title ? `: ${title.replace(/\s+/g, " ")}` : ""
}

const fallbackMessage = (status: number, text: string): string =>
  `HTTP ${status}${phrases[status] ? ` ${phrases[status]}` : ""}${titleOf(text)}`

const textAt = (record: Readonly<Record<string, unknown>> | undefined, key: string): string | undefined =>
  Predicate.isString(record?.[key]) ? record[key] : undefined

/** The error of an answer. Nothing that a server may put into it makes this fail. */
export const responseError = <E>(
  table: StatusTable<E>,
  answer: Answer,
  mask: Mask
): E | Errors.OpenRouterDefaultError => {
  const json = parseJson(answer.text)
  const body: ErrorResponse = Either.getOrElse(decodeErrorResponse(mask.json(json)), () => ({}))
  const status = statusOf(answer.status, body.code)
  const { headers } = answer
  const Class = table[status] ?? Errors.OpenRouterDefaultError
  return new Class({
    operation: answer.operation,
    billing: billingOf(answer.operation, status, isEnvelope(json)),
    status,
    httpStatus: answer.status,
    message: body.message || mask.text(fallbackMessage(status, answer.text)),
    headers,
    body: cut(mask.text(answer.text)),
    ...present({
      code: body.code,
      errorType: body.errorType ?? textAt(body.metadata, "error_type"),
      metadata: body.metadata,
      availability: body.availability,
      userId: body.userId,
      openrouterMetadata: body.openrouterMetadata,
      generationId: headers["x-generation-id"],
      retryAfter: parseRetryAfter(headers["retry-after"], answer.now) ?? body.availability?.retryAfter
    })
  })
}
