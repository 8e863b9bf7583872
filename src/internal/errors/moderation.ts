/** Whether a prompt or a picture was refused for its content. What the server states decides, else its words. */
import * as Either from "effect/Either"
import type { ImageStreamError, ResponseError } from "../../Errors.js"

/** Words are searched for only in this many characters. */
const longest = 64 * 1024

/** Metadata is whatever the server, or the creator of the error, put there. A value that is not JSON says nothing. */
const textOf = (value: unknown): string =>
  typeof value === "string" ? value : (Either.getOrUndefined(Either.try(() => JSON.stringify(value))) ?? "")

export const metadataOf = (error: ResponseError | ImageStreamError) => error.metadata ?? {}

/** What the server and the provider say, without the names of the fields that hold it. */
export const wordsOfError = (error: ResponseError | ImageStreamError): string => {
  const own = "httpStatus" in error ? [error.errorType] : [error.type, error.param]
  const metadata = metadataOf(error)
  const theirs = ["provider_code", "raw"].map((key) => textOf(metadata[key] ?? ""))
  return [error.message, error.code, ...own, ...theirs].join("\n").slice(0, longest)
}

/**
 * The documented values of OpenRouter's `error_type`, in three sets: for a refused prompt (`refusals`), for what this
 * model and its provider cannot do (`limits`), and `others`.
 */
const refusals = new Set(["content_policy_violation", "refusal", "invalid_prompt"])
/** What this model, or its provider, cannot do. */
export const limits = new Set([
  ...["context_length_exceeded", "max_tokens_exceeded", "token_limit_exceeded", "string_too_long"],
  ...["rate_limit_exceeded", "provider_overloaded", "provider_unavailable", "not_found", "server"]
])
const others = new Set([
  ...["authentication", "permission_denied", "payment_required", "invalid_request", "precondition_failed", "timeout"],
  ...["payload_too_large", "unprocessable", "invalid_image", "image_too_large", "image_too_small", "image_not_found"],
  ...["unsupported_image_format", "image_download_failed"]
])

const isDocumented = (type: string): boolean => refusals.has(type) || limits.has(type) || others.has(type)

const moderation =
  /moderat|safety|flagged|nsfw|prohibited|sensitive[\s_-]*(content|information|word)|content[\s_-]*(policy|filter|violation)|policy[\s_-]*violation|responsible[\s_-]*ai/i

/**
 * Whether the prompt or a picture was refused. Such a request is not offered to one model after another until one
 * accepts it. What the server states decides; its words count only where it states nothing.
 */
export const isModeration = (error: ResponseError | ImageStreamError): boolean => {
  const { failed_routing_step, flagged_input, reasons } = metadataOf(error)
  if ((reasons ?? flagged_input) != null) return true
  if (error.errorType !== undefined && isDocumented(error.errorType)) return refusals.has(error.errorType)
  return failed_routing_step == null && moderation.test(wordsOfError(error))
}
