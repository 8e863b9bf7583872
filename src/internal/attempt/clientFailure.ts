/** What a failed HttpClient knows. */
import { type HttpClientError, ResponseError } from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"

/** The answer whose status or body the failure is about. Absent where no head has come. */
export const answerOf = (error: HttpClientError): HttpClientResponse.HttpClientResponse | undefined =>
  error._tag === "ResponseError" ? error.response : undefined

/** Whether the body of an answer could not be read. Otherwise a client refused its status, or it has none. */
export const isBodyFailure = (error: HttpClientError): boolean =>
  error._tag === "ResponseError" && error.reason === "Decode"

/** Whether an answer has no body at all. */
export const isWithoutBody = (error: HttpClientError): boolean =>
  error._tag === "ResponseError" && error.reason === "EmptyBody"

/** The client's own words, for a failure without a cause. */
export const descriptionOf = ({ description }: HttpClientError): string | undefined => description

/** A body that could not be read to its end. `description` is for a cause without words. */
export const bodyFailure = (
  response: HttpClientResponse.HttpClientResponse,
  cause: unknown,
  description?: string
): HttpClientError =>
  new ResponseError({
    request: response.request,
    response,
    reason: "Decode",
    cause,
    ...(description === undefined ? {} : { description })
  })
