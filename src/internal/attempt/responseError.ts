/** Turns an answer into its error, with what it cost. This one place serves every operation, buffered or streamed. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Errors from "../../Errors.js"
import { ErrorResponse } from "../../Schema/ErrorResponse.js"
import type { Redactor } from "../client/redaction.js"
import { messageWith, shorten } from "../errors/reported.js"
import { textAt, wordsOf } from "../errors/serverWords.js"
import { isGeneration, isSuccess, statuses } from "../errors/status.js"
import { decoder } from "../schema/issues.js"
import { present } from "../schema/present.js"
import { answeredBy } from "./answeredBy.js"
import { billingOfAnswer } from "./billing.js"
import type { HeadFacts } from "./headFacts.js"
import { issuesOf } from "./refusals.js"
import { retryAfterOf } from "./waits.js"

/** The classes that an operation documents, by status. Any other status is an OpenRouterDefaultError. */
export type StatusTable<E> = Readonly<Record<number, new (fields: Errors.ResponseErrorFields) => E>>

type Documented<E> = Exclude<Extract<E, Errors.ResponseError>, Errors.OpenRouterDefaultError>

/** The class for each status. */
export const generateErrors: StatusTable<Documented<Errors.GenerateError>> = {
  [statuses.BadRequestResponseError]: Errors.BadRequestResponseError,
  [statuses.UnauthorizedResponseError]: Errors.UnauthorizedResponseError,
  [statuses.PaymentRequiredResponseError]: Errors.PaymentRequiredResponseError,
  [statuses.ForbiddenResponseError]: Errors.ForbiddenResponseError,
  [statuses.NotFoundResponseError]: Errors.NotFoundResponseError,
  [statuses.PayloadTooLargeResponseError]: Errors.PayloadTooLargeResponseError,
  [statuses.TooManyRequestsResponseError]: Errors.TooManyRequestsResponseError,
  [statuses.InternalServerResponseError]: Errors.InternalServerResponseError,
  [statuses.BadGatewayResponseError]: Errors.BadGatewayResponseError,
  [statuses.EdgeNetworkTimeoutResponseError]: Errors.EdgeNetworkTimeoutResponseError,
  [statuses.ProviderOverloadedResponseError]: Errors.ProviderOverloadedResponseError
}

export const listModelsErrors: StatusTable<Documented<Errors.ListModelsError>> = {
  500: Errors.InternalServerResponseError
}

export const listModelEndpointsErrors: StatusTable<Documented<Errors.ListModelEndpointsError>> = {
  404: Errors.NotFoundResponseError,
  500: Errors.InternalServerResponseError
}

export const getGenerationErrors: StatusTable<Documented<Errors.GetGenerationError>> = {
  401: Errors.UnauthorizedResponseError,
  402: Errors.PaymentRequiredResponseError,
  403: Errors.ForbiddenResponseError,
  404: Errors.NotFoundResponseError,
  429: Errors.TooManyRequestsResponseError,
  500: Errors.InternalServerResponseError,
  502: Errors.BadGatewayResponseError,
  524: Errors.EdgeNetworkTimeoutResponseError,
  529: Errors.ProviderOverloadedResponseError
}

export const getKeyErrors: StatusTable<Documented<Errors.GetKeyError>> = {
  401: Errors.UnauthorizedResponseError,
  429: Errors.TooManyRequestsResponseError,
  500: Errors.InternalServerResponseError
}

/**
 * An answer as it arrived, with the key masked in its headers. `now` is when it arrived, in milliseconds since 1970.
 */
export interface Answer {
  readonly operation: Errors.Operation
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly facts: HeadFacts
  /** The body, and the same as JSON. */
  readonly text: string
  readonly json: unknown
  /** Whether it came within the stream of events that was asked for. */
  readonly isStream?: boolean | undefined
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

/** A field that an answer without a picture has, and an error has not. */
const isListing = (json: Readonly<Record<string, unknown>>): boolean => "data" in json || "endpoints" in json

/** Whether a 2xx body without a picture says itself that it is an error, in OpenRouter's envelope or in any other. */
export const isErrorBody = (json: unknown, operation: Errors.Operation): boolean => {
  if (Array.isArray(json)) return wordsOf(json) !== undefined
  if (!Predicate.isRecord(json)) return false
  const { error } = json
  if (Predicate.isObject(error) || (Predicate.isString(error) && error.trim() !== "")) return true
  return (isGeneration(operation) || !isListing(json)) && wordsOf([json["message"], json["detail"]]) !== undefined
}

const isErrorStatus = (status: number): boolean => Number.isInteger(status) && status >= 400 && status <= 599

/** A code that is a number, or a text that holds one. */
const numberOf = (code: unknown): number => (code === "" || typeof code === "object" ? Number.NaN : Number(code))

/** The HTTP status. With HTTP 2xx, the body's code where that is an error status. */
const statusOf = (httpStatus: number, code: unknown): number =>
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

/** The name of the status, with the text of a body that is no envelope. Cut JSON means nothing to a person. */
const nameOf = (status: number, json: unknown, text: string): string => {
  const words = wordsOf(json ?? (/^\s*[[{]/.test(text) ? undefined : text))
  const name = `HTTP ${status}${phrases[status] ? ` ${phrases[status]}` : ""}`
  return words === undefined || words === phrases[status] ? name : `${name}: ${shorten(words)}`
}

const messageOf = (status: number, { message, metadata }: ErrorResponse, json: unknown, text: string): string =>
  message === undefined || message.trim() === "" ? nameOf(status, json, text) : messageWith(message, metadata)

/** The error of an answer. Nothing that a server sends makes this fail. */
export const responseError = <E>(
  table: StatusTable<E>,
  answer: Answer,
  redact: Redactor
): E | Errors.OpenRouterDefaultError => {
  const { facts, headers, now } = answer
  const json = redact.json(answer.json)
  const text = redact.text(answer.text)
  const body: ErrorResponse = Either.getOrElse(decodeErrorResponse(json), () => ({}))
  const status = statusOf(answer.status, body.code ?? (Predicate.isRecord(json) ? json["code"] : undefined))
  const { availability, metadata } = body
  const by = answeredBy({ json, status, isStream: answer.isStream ?? false })
  const issues = issuesOf(json)
  const Class = table[status] ?? Errors.OpenRouterDefaultError
  return new Class({
    operation: answer.operation,
    billing: billingOfAnswer({ operation: answer.operation, httpStatus: answer.status, status, answeredBy: by, json }),
    status,
    httpStatus: answer.status,
    answeredBy: by,
    message: messageOf(status, body, json, text),
    headers,
    body: cut(text),
    ...present({
      code: body.code,
      errorType: body.errorType ?? textAt(metadata, "error_type"),
      metadata,
      availability,
      userId: body.userId,
      openrouterMetadata: body.openrouterMetadata,
      issues: issues.length > 0 ? issues : undefined,
      limitSource: textAt(metadata, "limit_source"),
      remedyHint: textAt(metadata, "remedy_hint"),
      providerName: facts.providerName ?? textAt(metadata, "provider_name"),
      generationId: facts.generationId,
      retryAfter: retryAfterOf({ headers, status, metadata, availability: availability?.retryAfter, now })
    })
  })
}
