/** Requests that come to no answer. */
import { type HttpClientError, RequestError } from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"

/** A request that failed before a head came: with what the runtime threw, or with our own words. */
export const noAnswer = (
  request: HttpClientRequest.HttpClientRequest,
  why: { readonly cause: unknown } | { readonly description: string }
): HttpClientError => new RequestError({ request, reason: "Transport", ...why })
