/** Makes each error by its tag, with the fields that the client would give it. */
import * as Duration from "effect/Duration"
import * as Errors from "../../Errors.js"
import { billingOfContent, billingOfInterruption } from "../attempt/billing.js"
import { headFacts } from "../attempt/headFacts.js"
import { generateErrors, responseError } from "../attempt/responseError.js"
import { makeRedactor } from "../client/redaction.js"
import { parseJson } from "../errors/serverWords.js"
import { isGeneration, statuses } from "../errors/status.js"
import { present } from "../schema/present.js"

export type Tag = Errors.OpenRouterError["_tag"]

type ClassOf<T extends Tag> = Extract<
  (typeof Errors.OpenRouterError.members)[number],
  new (
    ...args: ReadonlyArray<never>
  ) => { readonly _tag: T }
>

/** The fields of an error with this tag. Each has a default. */
export type ErrorFields<T extends Tag> = Partial<ConstructorParameters<ClassOf<T>>[0]>

export type ErrorOf<T extends Tag> = Extract<Errors.OpenRouterError, { readonly _tag: T }>

const nothing = makeRedactor([])

/** What the server says unless the test says otherwise. */
const messages: Readonly<Record<number, string>> = {
  400: "The request was refused",
  401: "No auth credentials found",
  402: "Insufficient credits",
  403: "The key may not do this",
  404: "No endpoints found",
  413: "The request is too large",
  429: "Rate limit exceeded",
  500: "Internal Server Error",
  502: "Provider returned error",
  503: "No provider is available",
  524: "The provider timed out",
  529: "The provider is overloaded"
}

/** The headers from which the client would read these fields. */
const headersOf = ({ generationId, retryAfter }: Partial<Errors.ResponseErrorFields>): Record<string, string> =>
  present({
    "content-type": "application/json",
    "x-generation-id": generationId,
    "retry-after": retryAfter === undefined ? undefined : String(Math.ceil(Duration.toSeconds(retryAfter)))
  })

const envelopeOf = (fields: Partial<Errors.ResponseErrorFields>, status: number): string =>
  JSON.stringify({
    error: present({
      code: fields.code ?? status,
      message: fields.message ?? messages[status] ?? `Status ${status}`,
      error_type: fields.errorType,
      metadata: fields.metadata
    })
  })

/** An answer with these fields, read as the client reads it. */
const responseFields = (usual: number, fields: Partial<Errors.ResponseErrorFields>): Errors.ResponseErrorFields => {
  const { operation = "generate", status = usual, httpStatus = status } = fields
  const headers = fields.headers ?? headersOf(fields)
  const text = fields.body ?? envelopeOf(fields, status)
  const { _tag, message, ...read } = responseError<never>(
    {},
    { operation, status: httpStatus, headers, facts: headFacts(headers), text, json: parseJson(text), now: 0 },
    nothing
  )
  // The tag is the class's, which may be another one here; the message is not a field of its own.
  return { ...read, message, ...fields }
}

const connection = ({ operation = "generate", phase = "connect", ...fields }: ErrorFields<"ConnectionError">) => {
  const code = fields.code ?? (phase === "connect" ? "ECONNREFUSED" : "ECONNRESET")
  const description = `${phase === "connect" ? "connect" : "read"} ${code}`
  const billing = billingOfInterruption(operation, phase === "response")
  return new Errors.ConnectionError({ operation, phase, billing, code, description, ...fields })
}

const timeout = ({ operation = "generate", ...fields }: ErrorFields<"RequestTimeoutError">) => {
  const { timeout = isGeneration(operation) ? Duration.minutes(5) : Duration.seconds(30) } = fields
  const billing = billingOfInterruption(operation, true)
  return new Errors.RequestTimeoutError({ operation, billing, timeout, ...fields })
}

/** By default, an answer that breaks off before a picture is whole. With pictures it was billed. */
const validation = ({ operation = "generate", images = [], ...fields }: ErrorFields<"ResponseValidationError">) => {
  const { status = 200, headers = headersOf(fields), rawBody = '{"data":[' } = fields
  const issues = [{ path: [], message: "the body is not JSON" }]
  const pictures = images.map(({ bytes }) => bytes)
  const billing = billingOfContent(operation, { json: undefined, pictures })
  return new Errors.ResponseValidationError({
    operation,
    billing,
    status,
    headers,
    issues,
    rawBody,
    images,
    ...fields
  })
}

type AnsweredTag = keyof typeof statuses | "OpenRouterDefaultError"

const isAnswered = (tag: Tag): tag is AnsweredTag => tag === "OpenRouterDefaultError" || Object.hasOwn(statuses, tag)

const makers: { readonly [T in Exclude<Tag, AnsweredTag>]: (fields: ErrorFields<T>) => ErrorOf<T> } = {
  ConnectionError: connection,
  RequestTimeoutError: timeout,
  ResponseValidationError: validation,
  InvalidRequestError: (fields) =>
    new Errors.InvalidRequestError({
      operation: "generate",
      issues: [{ path: ["prompt"], message: 'must be at least 1 character, got ""' }],
      ...fields
    }),
  BudgetExceededError: (fields) =>
    new Errors.BudgetExceededError({
      operation: "generate",
      reason: "limit",
      limitUsd: 1,
      spentUsd: 0.98,
      reservedUsd: 0,
      quoteUsd: 0.04,
      ...fields
    }),
  ImageStreamError: (fields) =>
    new Errors.ImageStreamError({
      operation: "generateStream",
      message: "The provider failed",
      code: "server_error",
      ...fields
    }),
  IncompleteStreamError: (fields) => new Errors.IncompleteStreamError({ operation: "generateStream", ...fields })
}

const makeError = (tag: Tag, fields: object): Errors.OpenRouterError => {
  if (!isAnswered(tag)) return makers[tag](fields)
  const status = tag === "OpenRouterDefaultError" ? 503 : statuses[tag]
  const Class = generateErrors[status] ?? Errors.OpenRouterDefaultError
  return new Class(responseFields(status, fields))
}

export const error = <T extends Tag>(tag: T, fields: ErrorFields<T> = {}): ErrorOf<T> =>
  makeError(tag, fields) as ErrorOf<T>
