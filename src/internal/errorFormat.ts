/** An error for people: what to do about it, and the whole of it as a block of text. */
import * as Duration from "effect/Duration"
import type { OpenRouterError } from "../Errors.js"
import { cost } from "./errorMessage.js"

const actions: { readonly [Tag in OpenRouterError["_tag"]]: string } = {
  BadRequestResponseError: "Correct the request; the message or `metadata` says which part.",
  UnauthorizedResponseError: "Check the API key: it is missing, wrong or revoked.",
  PaymentRequiredResponseError: "Add credits to the account, or raise the key's limit.",
  ForbiddenResponseError:
    "Change the prompt if moderation refused it (`metadata.reasons`), else use a key that may do this.",
  NotFoundResponseError: "Choose a model from `listModels`, or loosen the provider preferences.",
  PayloadTooLargeResponseError: "Send fewer or smaller reference pictures, or URLs in their place.",
  TooManyRequestsResponseError: "Slow down.",
  InternalServerResponseError: "The fault is the server's.",
  BadGatewayResponseError: "The provider failed: another provider or model may not.",
  EdgeNetworkTimeoutResponseError: "The edge network gave up waiting.",
  ProviderOverloadedResponseError: "Wait, or choose another provider or model.",
  OpenRouterDefaultError: "See the status and the body.",
  ConnectionError: "Check the network and the base URL.",
  RequestTimeoutError: "Allow more time (`timeout`), or ask for less.",
  InvalidRequestError: "Correct the fields that are named.",
  ResponseValidationError: "Take what was paid for from `images` and `rawBody`.",
  ImageStreamError: "The generation failed at the provider: try again, or another model.",
  IncompleteStreamError: "The partial pictures are all that there is."
}

/** Whether it is wise to send the same request again. */
const again = (error: OpenRouterError): string => {
  if (error.billing === "unknown") return " Look at the account's activity before you send it again: you may pay twice."
  if (error.billing === "billed") return " Sending it again is paid again."
  const retryAfter = "retryAfter" in error ? error.retryAfter : undefined
  return retryAfter === undefined ? "" : ` Try again in ${Duration.format(retryAfter)}.`
}

export const advice = (error: OpenRouterError): string => actions[error._tag] + again(error)

/** The lines that only some errors have. */
const details = (error: OpenRouterError): ReadonlyArray<string> => {
  const lines = []
  if ("availability" in error && error.availability?.fallbackModels !== undefined) {
    lines.push(`instead     ${error.availability.fallbackModels.join(", ")}`)
  }
  if ("generationId" in error && error.generationId !== undefined) lines.push(`generation  ${error.generationId}`)
  return lines
}

/** What happened; what it cost has a line of its own. */
const what = (error: OpenRouterError): string =>
  error.message.replace(` ${cost(error.billing)}`, "").replaceAll("\n", "\n            ")

export const format = (error: OpenRouterError): string =>
  [
    `${error._tag}${"httpStatus" in error ? ` (${error.status})` : ""} in ${error.operation}`,
    `what        ${what(error)}`,
    `cost        ${cost(error.billing)}`,
    `what to do  ${advice(error)}`,
    ...details(error)
  ].join("\n")
