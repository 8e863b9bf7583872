// The errors of OpenRouter's pictures as errors of `@effect/ai`, and back: what a failure cost stays known.
import { AiError } from "@effect/ai"
import { Option, Schema } from "effect"
import { Errors } from "effect-openrouter-images"

/** An error of this library keeps no request, which has the key in its headers. So the path is all that there is of it. */
const request = { method: "POST", url: "/images", urlParams: [], hash: Option.none(), headers: {} } as const

/** The AiError that a program would see from another provider, with OpenRouter's own error as its cause. */
export const toAiError =
  (method: "generate" | "stream") =>
  (error: Errors.GenerateStreamError): AiError.AiError => {
    const origin = { module: "OpenRouterImageModel", method, description: error.message }
    const fields = { ...origin, cause: error }
    switch (error._tag) {
      case "InvalidRequestError":
        return new AiError.MalformedInput(fields)
      case "ResponseValidationError":
      case "IncompleteStreamError":
        return new AiError.MalformedOutput(fields)
      case "ConnectionError":
      case "RequestTimeoutError":
        return new AiError.HttpRequestError({ ...fields, reason: "Transport", request })
      case "BudgetExceededError":
      case "ImageStreamError":
        return new AiError.UnknownError(fields)
      default: {
        const { body, headers, status } = error
        const response = { status, headers }
        // Its class has no field for a cause, so it has the one of every JavaScript Error.
        return Object.assign(
          new AiError.HttpResponseError({ ...origin, reason: "StatusCode", request, response, body }),
          { cause: error }
        )
      }
    }
  }

const isOpenRouterError = Schema.is(Errors.OpenRouterError)

/** The error of OpenRouter behind an AiError, with all that it knows. None where another provider failed. */
export const causeOf = ({ cause }: AiError.AiError): Option.Option<Errors.OpenRouterError> =>
  isOpenRouterError(cause) ? Option.some(cause) : Option.none()

/**
 * What a failure cost. An AiError says nothing about money, so it is `unknown` where another provider failed, and where
 * the error has come from another process without its cause.
 */
export const billingOf = (error: AiError.AiError): Errors.Billing =>
  Option.match(causeOf(error), { onNone: () => "unknown", onSome: ({ billing }) => billing })
