/** What is known of each error by its tag: a new one has its lines here, and the compiler asks for them. */
import type { OpenRouterError, ResponseError } from "../../Errors.js"

type Tag = OpenRouterError["_tag"]

/** The status that each class is for; every other status is an OpenRouterDefaultError. */
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

export const wait = "Wait, then try again."
export const baseUrl = "Check the base URL: it should end in /api/v1."

/** What to do about it, of a generation. */
export const actions: { readonly [T in Exclude<Tag, "OpenRouterDefaultError">]: string } = {
  BadRequestResponseError: "Correct the request: the message says which part.",
  UnauthorizedResponseError: "Check the API key: it is missing, wrong or revoked.",
  PaymentRequiredResponseError: "Add credits to the account, or raise the key's limit.",
  ForbiddenResponseError: "Change the prompt if moderation refused it, else use a key that may do this.",
  NotFoundResponseError: "Choose a model from `listModels`, or loosen the provider preferences.",
  PayloadTooLargeResponseError: "Send fewer or smaller reference pictures, or URLs in their place.",
  TooManyRequestsResponseError: "Slow down: wait before the next request.",
  InternalServerResponseError: "The fault is the server's: wait, or choose another model.",
  BadGatewayResponseError: "The provider failed: another provider or model may not.",
  EdgeNetworkTimeoutResponseError: "The edge network gave up waiting: ask for less, or choose another model.",
  ProviderOverloadedResponseError: "Wait, or choose another provider or model.",
  ConnectionError: "Check the network and the base URL.",
  RequestTimeoutError: "Allow more time (`timeout`), or ask for less.",
  InvalidRequestError: "Correct what is named.",
  BudgetExceededError: "Raise the limit, ask for less, or wait until what was spent falls out of the budget's window.",
  ResponseValidationError: "Take what was paid for from `images` and `rawBody`.",
  ImageStreamError: "The generation failed at the provider: try again, or another model.",
  IncompleteStreamError: "The partial pictures are all that there is."
}

/** Of discovery, where nothing is paid for and no provider draws; what is not here is as for a generation. */
export const discoveryActions: { readonly [T in Tag]?: string } = {
  ForbiddenResponseError: "Use a key that may do this.",
  NotFoundResponseError: "Choose a model from `listModels`.",
  PayloadTooLargeResponseError: baseUrl,
  InternalServerResponseError: `The fault is the server's. ${wait}`,
  BadGatewayResponseError: `The server cannot be reached at the moment. ${wait}`,
  EdgeNetworkTimeoutResponseError: `The edge network gave up waiting. ${wait}`,
  ProviderOverloadedResponseError: wait,
  RequestTimeoutError: "Allow more time (`timeout`), or try again.",
  ResponseValidationError: `${baseUrl} If it does, the API has changed: look for a newer version of this library.`
}
