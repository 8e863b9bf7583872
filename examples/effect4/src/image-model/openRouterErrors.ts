// The errors of OpenRouter's pictures as errors of `effect/ai`, and back: what a failure cost stays known.
import { Option, Schema } from "effect"
import { AiError } from "effect/ai"
import { Errors } from "effect-openrouter-images"

/** An error of this library keeps no request, which has the key in its headers. So the path is all that there is of it. */
const request = { method: "POST", url: "/images" } as const

const httpOf = ({ body, headers, status }: Errors.ResponseError) => ({ response: { status, headers }, body })

/** The reason that a program would see from another provider. */
const reasonOf = (error: Errors.GenerateStreamError): AiError.AiErrorReason => {
  const { message: description } = error
  switch (error._tag) {
    case "InvalidRequestError":
      return new AiError.InvalidRequestError({ description })
    case "BadRequestResponseError":
    case "NotFoundResponseError":
    case "PayloadTooLargeResponseError":
      return new AiError.InvalidRequestError({ description, http: httpOf(error) })
    case "UnauthorizedResponseError":
      return new AiError.AuthenticationError({ kind: "InvalidKey", description, http: httpOf(error) })
    case "ForbiddenResponseError":
      return error.errorType === "content_policy_violation"
        ? new AiError.ContentPolicyError({ description, http: httpOf(error) })
        : new AiError.AuthenticationError({ kind: "InsufficientPermissions", description, http: httpOf(error) })
    case "PaymentRequiredResponseError":
      return new AiError.QuotaExhaustedError({ http: httpOf(error) })
    case "TooManyRequestsResponseError":
      return new AiError.RateLimitError({ retryAfter: error.retryAfter, http: httpOf(error) })
    case "InternalServerResponseError":
    case "BadGatewayResponseError":
    case "EdgeNetworkTimeoutResponseError":
    case "ProviderOverloadedResponseError":
      return new AiError.InternalProviderError({ description, http: httpOf(error) })
    case "OpenRouterDefaultError":
      return new AiError.UnknownError({ description, http: httpOf(error) })
    case "ConnectionError":
    case "RequestTimeoutError":
      return new AiError.NetworkError({ ...request, reason: "TransportError", description })
    case "ResponseValidationError":
    case "IncompleteStreamError":
      return new AiError.InvalidResponseError({ description })
    case "BudgetExceededError":
    case "ImageStreamError":
      return new AiError.UnknownError({ description })
  }
}

/** Programs try again where a reason `isRetryable`. So none is that may have been paid for. */
const safeReasonOf = (error: Errors.GenerateStreamError): AiError.AiErrorReason => {
  const reason = reasonOf(error)
  return reason.isRetryable && error.billing !== "notBilled"
    ? new AiError.UnknownError({ description: error.message })
    : reason
}

/** The AiError with OpenRouter's own error as the cause of its reason. */
export const toAiError =
  (method: "generate" | "stream") =>
  (error: Errors.GenerateStreamError): AiError.AiError =>
    AiError.make({
      module: "OpenRouterImageModel",
      method,
      // Most reasons have no field for a cause, so it is the one of every JavaScript Error.
      reason: Object.assign(safeReasonOf(error), { cause: error })
    })

const isOpenRouterError = Schema.is(Errors.OpenRouterError)

/** The error of OpenRouter behind an AiError, with all that it knows. None where another provider failed. */
export const causeOf = ({ reason }: AiError.AiError): Option.Option<Errors.OpenRouterError> =>
  isOpenRouterError(reason.cause) ? Option.some(reason.cause) : Option.none()

/**
 * What a failure cost. An AiError says nothing about money, so it is `unknown` where another provider failed, and where
 * the error has come from another process without its cause.
 */
export const billingOf = (error: AiError.AiError): Errors.Billing =>
  Option.match(causeOf(error), { onNone: () => "unknown", onSome: ({ billing }) => billing })
