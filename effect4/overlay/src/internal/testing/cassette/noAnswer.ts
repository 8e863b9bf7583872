// Overlay: Effect 4 has one class of HttpClientError, with a reason.
/** Requests that come to no answer. */
import { HttpClientError, TransportError } from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"

/** A request that failed before a head came: with what the runtime threw, or with our own words. */
export const noAnswer = (
  request: HttpClientRequest.HttpClientRequest,
  why: { readonly cause: unknown } | { readonly description: string }
): HttpClientError => new HttpClientError({ reason: new TransportError({ request, ...why }) })
