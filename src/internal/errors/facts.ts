/** The facts about each error, by tag. A new error needs its lines here, and the compiler checks that. */
import type { OpenRouterError, Operation, Terms } from "../../Errors.js"

type Tag = OpenRouterError["_tag"]

export const addCredits = "Add credits to the account, or raise the key's limit."
export const wait = "Wait, then try again."
export const checkBaseUrl = ({ baseUrl }: Terms): string => `Check ${baseUrl}: it should end in /api/v1.`

/** What to do about a failed generation. */
export const generationActions = (
  terms: Terms
): { readonly [T in Exclude<Tag, "OpenRouterDefaultError">]: string } => ({
  BadRequestResponseError: "Correct the request: the message says which part.",
  UnauthorizedResponseError: "Check the API key: it is missing, wrong or revoked.",
  PaymentRequiredResponseError: addCredits,
  ForbiddenResponseError: "Change the prompt if moderation refused it, else use a key that may do this.",
  NotFoundResponseError: `Choose a model from ${terms.listModels}, or loosen ${terms.preferences}.`,
  PayloadTooLargeResponseError: "Send fewer or smaller reference pictures, or URLs in their place.",
  TooManyRequestsResponseError: "Slow down: wait before the next request.",
  InternalServerResponseError: "The fault is the server's: wait, or choose another model.",
  BadGatewayResponseError: "The provider failed: another provider or model may not.",
  EdgeNetworkTimeoutResponseError: "The edge network gave up waiting: ask for less, or choose another model.",
  ProviderOverloadedResponseError: "Wait, or choose another provider or model.",
  ConnectionError: `Check the network and ${terms.baseUrl}.`,
  RequestTimeoutError: `Allow more time (${terms.timeout}), or ask for less.`,
  InvalidRequestError: "Correct what is named.",
  BudgetExceededError: `Raise ${terms.limit}, ask for less, or wait until what was spent falls out of the budget's window.`,
  ResponseValidationError: `Take what was paid for from ${terms.paidFor}.`,
  ImageStreamError: "The generation failed at the provider: try again, or another model.",
  IncompleteStreamError: "The partial pictures are all that there is."
})

/** What to do about a failure where nothing is paid for and no provider draws. */
const freeActions = (terms: Terms): { readonly [T in Tag]?: string } => ({
  ForbiddenResponseError: "Use a key that may do this.",
  PayloadTooLargeResponseError: checkBaseUrl(terms),
  InternalServerResponseError: `The fault is the server's. ${wait}`,
  BadGatewayResponseError: `The server cannot be reached at the moment. ${wait}`,
  EdgeNetworkTimeoutResponseError: `The edge network gave up waiting. ${wait}`,
  ProviderOverloadedResponseError: wait,
  RequestTimeoutError: `Allow more time (${terms.timeout}), or try again.`,
  ResponseValidationError: `${checkBaseUrl(terms)} If it does, the API has changed: look for a newer version of ${terms.program}.`
})

/** The actions of an operation that are not those of a generation. */
export const operationActions = (operation: Operation, terms: Terms): { readonly [T in Tag]?: string } => {
  switch (operation) {
    case "generate":
    case "generateStream":
      return {}
    case "getGeneration":
      return {
        ...freeActions(terms),
        ForbiddenResponseError: "Use the key of the account that made the generation: the record is somebody else's.",
        NotFoundResponseError:
          "Ask again later: a record appears minutes after its generation, and some never do. Its lack proves nothing."
      }
    case "getKey":
      return freeActions(terms)
    default:
      return { ...freeActions(terms), NotFoundResponseError: `Choose a model from ${terms.listModels}.` }
  }
}
