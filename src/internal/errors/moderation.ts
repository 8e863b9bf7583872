/** Whether a prompt or a picture was refused for what it shows, by what the server states and else by its words. */
import * as Either from "effect/Either"
import type { ImageStreamError, ResponseError } from "../../Errors.js"

/** Beyond this many characters nobody looks for words. */
const longest = 64 * 1024

/** Metadata is whatever the server sent, or whoever made the error: a value that is no JSON says nothing. */
const textOf = (value: unknown): string =>
  typeof value === "string" ? value : (Either.getOrUndefined(Either.try(() => JSON.stringify(value))) ?? "")

export const metadataOf = (error: ResponseError | ImageStreamError) => error.metadata ?? {}

/** What the server and the provider say, without the names of the fields in which they do. */
export const wordsOfError = (error: ResponseError | ImageStreamError): string => {
  const own = "httpStatus" in error ? [error.errorType] : [error.type, error.param]
  const metadata = metadataOf(error)
  const theirs = ["provider_code", "raw"].map((key) => textOf(metadata[key] ?? ""))
  return [error.message, error.code, ...own, ...theirs].join("\n").slice(0, longest)
}

/** The values of `error_type` that OpenRouter documents: of a prompt that was refused, of what this model and its provider can do, and others. */
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
 * The prompt or a picture was refused. It is not carried from model to model until one takes it. What the server states decides; words are looked
 * at where it states nothing.
 */
export const isModeration = (error: ResponseError | ImageStreamError): boolean => {
  const { failed_routing_step, flagged_input, reasons } = metadataOf(error)
  if ((reasons ?? flagged_input) != null) return true
  if (error.errorType !== undefined && isDocumented(error.errorType)) return refusals.has(error.errorType)
  return failed_routing_step == null && moderation.test(wordsOfError(error))
}
