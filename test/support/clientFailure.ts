/** Failures of an HttpClient. */
import { HttpClientError, type HttpClientRequest, type HttpClientResponse } from "@effect/platform"

/** A request that came to no answer: with what the runtime threw, or with the client's own words. */
export const noAnswer = (
  request: HttpClientRequest.HttpClientRequest,
  why: { readonly cause: unknown } | { readonly description: string }
): HttpClientError.HttpClientError => new HttpClientError.RequestError({ request, reason: "Transport", ...why })

/** An answer whose body could not be read. */
export const bodyBroken = (
  response: HttpClientResponse.HttpClientResponse,
  cause: unknown
): HttpClientError.HttpClientError =>
  new HttpClientError.ResponseError({ request: response.request, response, reason: "Decode", cause })
