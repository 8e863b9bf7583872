// Overlay: Effect 4 has one class of HttpClientError, with a reason.
/** What a failed HttpClient knows. */
import { DecodeError, HttpClientError } from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"

/** The answer whose status or body the failure is about. Absent where no head has come. */
export const answerOf = ({ response }: HttpClientError): HttpClientResponse.HttpClientResponse | undefined => response

/** Whether the body of an answer could not be read. Otherwise a client refused its status, or it has none. */
export const isBodyFailure = ({ reason }: HttpClientError): boolean => reason._tag === "DecodeError"

/** Whether an answer has no body at all. */
export const isWithoutBody = ({ reason }: HttpClientError): boolean => reason._tag === "EmptyBodyError"

/** The client's own words, for a failure without a cause. */
export const descriptionOf = ({ reason }: HttpClientError): string | undefined => reason.description

/** A body that could not be read to its end. `description` is for a cause without words. */
export const bodyFailure = (
  response: HttpClientResponse.HttpClientResponse,
  cause: unknown,
  description?: string
): HttpClientError =>
  new HttpClientError({ reason: new DecodeError({ request: response.request, response, cause, description }) })
