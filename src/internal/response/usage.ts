/** Reads what a generation used, field by field. */
import * as Predicate from "effect/Predicate"
import type {
  CompletionTokensDetails,
  CostDetails,
  ImageGenerationUsage,
  PromptTokensDetails,
  ServerToolUse
} from "../../Schema/ImageGenerationUsage.js"
import { recordAt } from "../errors/serverWords.js"
import { amountFrom } from "../schema/amount.js"
import { openRecord, readBoolean, readText } from "../schema/openRecord.js"
import { present } from "../schema/present.js"

/** Several amounts of one kind, under the wire's names. */
const amounts =
  <A>(fields: ReadonlyArray<readonly [ours: keyof A & string, wire: string]>) =>
  (value: unknown): A | undefined =>
    Predicate.isRecord(value)
      ? (present(Object.fromEntries(fields.map(([ours, wire]) => [ours, amountFrom(value[wire])]))) as A)
      : undefined

const costDetails = amounts<CostDetails>([
  ["upstreamInferenceCost", "upstream_inference_cost"],
  ["upstreamInferencePromptCost", "upstream_inference_prompt_cost"],
  ["upstreamInferenceCompletionsCost", "upstream_inference_completions_cost"],
  ["serverToolCost", "server_tool_cost"]
])

const promptTokensDetails = amounts<PromptTokensDetails>([
  ["audioTokens", "audio_tokens"],
  ["cacheWriteTokens", "cache_write_tokens"],
  ["cachedTokens", "cached_tokens"],
  ["fileTokens", "file_tokens"],
  ["videoTokens", "video_tokens"]
])

const completionTokensDetails = amounts<CompletionTokensDetails>([
  ["audioTokens", "audio_tokens"],
  ["imageTokens", "image_tokens"],
  ["reasoningTokens", "reasoning_tokens"]
])

const serverToolUse = amounts<ServerToolUse>([
  ["toolCallsExecuted", "tool_calls_executed"],
  ["toolCallsRequested", "tool_calls_requested"],
  ["webSearchRequests", "web_search_requests"]
])

const record = openRecord<ImageGenerationUsage>([
  ["promptTokens", ["prompt_tokens", "input_tokens"], amountFrom],
  ["completionTokens", ["completion_tokens", "output_tokens"], amountFrom],
  ["totalTokens", ["total_tokens"], amountFrom],
  ["cost", ["cost"], amountFrom],
  ["costDetails", ["cost_details"], costDetails],
  ["isByok", ["is_byok"], readBoolean],
  ["promptTokensDetails", ["prompt_tokens_details", "input_tokens_details"], promptTokensDetails],
  ["completionTokensDetails", ["completion_tokens_details", "output_tokens_details"], completionTokensDetails],
  ["serverToolUse", ["server_tool_use"], serverToolUse],
  ["serviceTier", ["service_tier"], readText],
  ["speed", ["speed"], readText]
])

/** The usage in the value of the field `usage`; `undefined` where that is no object. */
export const readUsage = (value: unknown): ImageGenerationUsage | undefined =>
  Predicate.isRecord(value) ? record.read(value) : undefined

/** The same under the wire's names. */
export const writeUsage = record.write

/** Whether a body says that something was paid, from OpenRouter's account or with your own key. */
export const isCharged = (json: unknown): boolean => {
  const { cost = 0, costDetails: { upstreamInferenceCost = 0 } = {} } = readUsage(recordAt(json, "usage")) ?? {}
  return cost > 0 || upstreamInferenceCost > 0
}
