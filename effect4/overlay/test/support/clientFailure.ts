// Overlay: Effect 4 has one class of HttpClientError, with a reason.
/** Failures of an HttpClient. */
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"

/** A request that came to no answer: with what the runtime threw, or with the client's own words. */
export const noAnswer = (
  request: HttpClientRequest.HttpClientRequest,
  why: { readonly cause: unknown } | { readonly description: string }
): HttpClientError.HttpClientError =>
  new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, ...why }) })

/** An answer whose body could not be read. */
export const bodyBroken = (
  response: HttpClientResponse.HttpClientResponse,
  cause: unknown
): HttpClientError.HttpClientError =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.DecodeError({ request: response.request, response, cause })
  })
