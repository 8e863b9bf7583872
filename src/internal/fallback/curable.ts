/** Whether a failure cost nothing and another model or provider may succeed. */
import type { OpenRouterError, ResponseError } from "../../Errors.js"
import { isModeration, limits, metadataOf, wordsOfError } from "../errors/moderation.js"

/** Words for the properties that differ between models, including the fields of a request under both names. */
const parameter =
  /(^|[^a-z])(n:|n must be|n is|models?|param|arguments?|supports|(un)?supported|not support|size|resolution|aspect|quality|(output)?format|background|(output)?compression|seed|(input)?references?|dimensions?|pixels?|number of images)/i

/** Whether the error refuses something that this model does not accept. Another may. */
const isUnsupported = (error: ResponseError): boolean => {
  if (isModeration(error)) return false
  if (metadataOf(error)["failed_routing_step"] != null || limits.has(error.errorType ?? "")) return true
  return parameter.test(wordsOfError(error))
}

/** A status without a class of its own. Below 400 it is a success whose body is an error. */
const isDefaultCurable = (error: ResponseError): boolean =>
  error.status === 422 ? isUnsupported(error) : (error.status < 400 || error.status >= 500) && !isModeration(error)

export const isCurable = (error: OpenRouterError): boolean => {
  if (error.billing !== "notBilled") return false
  switch (error._tag) {
    case "InvalidRequestError":
      return true
    case "NotFoundResponseError":
    case "TooManyRequestsResponseError":
    case "InternalServerResponseError":
    case "BadGatewayResponseError":
    case "ProviderOverloadedResponseError":
    case "ImageStreamError":
      return !isModeration(error)
    case "BadRequestResponseError":
      return isUnsupported(error)
    case "OpenRouterDefaultError":
      return isDefaultCurable(error)
    case "BudgetExceededError":
      return error.reason !== "ledger"
    default:
      return false
  }
}
