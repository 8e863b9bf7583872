/** What a status or an operation means for any answer. */
import type { Operation, ResponseError } from "../../Errors.js"

/** The status of each class. Any other status is an OpenRouterDefaultError. */
export const statuses: { readonly [T in Exclude<ResponseError["_tag"], "OpenRouterDefaultError">]: number } = {
  BadRequestResponseError: 400,
  UnauthorizedResponseError: 401,
  PaymentRequiredResponseError: 402,
  ForbiddenResponseError: 403,
  NotFoundResponseError: 404,
  PayloadTooLargeResponseError: 413,
  TooManyRequestsResponseError: 429,
  InternalServerResponseError: 500,
  BadGatewayResponseError: 502,
  EdgeNetworkTimeoutResponseError: 524,
  ProviderOverloadedResponseError: 529
}

export const isSuccess = (status: number): boolean => status >= 200 && status < 300

/** A browser hides a redirect that it must not follow. Its status is then 0, which no other answer has. */
export const isRedirect = (status: number): boolean => status === 0 || (status >= 300 && status < 400)

/** Somebody on the way gave up waiting. The generation may continue. */
export const isGivenUp = (status: number): boolean => status === 408 || status === 504 || status === 524

/** Only a generation is billed. */
export const isGeneration = (operation: Operation): boolean =>
  operation === "generate" || operation === "generateStream"
