/** Reads what a generation used, field by field. An odd field is absent, and its raw value is kept. */
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
import { present } from "../schema/present.js"

type Json = Readonly<Record<string, unknown>>

/** Our name of a field, the wire's names for it (the API's first, then OpenAI's), and how to read its value. */
type Field<A> = readonly [ours: keyof A & string, wire: ReadonlyArray<string>, read: (value: unknown) => unknown]

const text = (value: unknown): string | undefined => (Predicate.isString(value) ? value : undefined)
const boolean = (value: unknown): boolean | undefined => (Predicate.isBoolean(value) ? value : undefined)

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

const fields: ReadonlyArray<Field<ImageGenerationUsage>> = [
  ["promptTokens", ["prompt_tokens", "input_tokens"], amountFrom],
  ["completionTokens", ["completion_tokens", "output_tokens"], amountFrom],
  ["totalTokens", ["total_tokens"], amountFrom],
  ["cost", ["cost"], amountFrom],
  ["costDetails", ["cost_details"], costDetails],
  ["isByok", ["is_byok"], boolean],
  ["promptTokensDetails", ["prompt_tokens_details", "input_tokens_details"], promptTokensDetails],
  ["completionTokensDetails", ["completion_tokens_details", "output_tokens_details"], completionTokensDetails],
  ["serverToolUse", ["server_tool_use"], serverToolUse],
  ["serviceTier", ["service_tier"], text],
  ["speed", ["speed"], text]
]

/** Whether a field's value holds everything that was sent. An odd amount within it is only in the raw value. */
const isComplete = (read: unknown, raw: unknown): boolean =>
  !Predicate.isRecord(read) ||
  (Predicate.isRecord(raw) &&
    Object.keys(read).length >= Object.values(raw).filter((value) => value !== null && value !== undefined).length)

/** The usage in the value of the field `usage`; `undefined` where that is no object. */
export const readUsage = (value: unknown): ImageGenerationUsage | undefined => {
  if (!Predicate.isRecord(value)) return undefined
  const usage: Record<string, unknown> = {}
  const said = new Set<string>()
  for (const [ours, wire, read] of fields) {
    for (const name of wire) {
      const raw = value[name]
      const found = usage[ours] === undefined && raw !== undefined && raw !== null ? read(raw) : undefined
      if (found === undefined) continue
      usage[ours] = found
      if (isComplete(found, raw)) said.add(name)
    }
  }
  const others = Object.entries(value).filter(([name, raw]) => !said.has(name) && !isUnsaid(name, raw))
  return others.length === 0 ? usage : { ...usage, additionalProperties: Object.fromEntries(others) }
}

const documented = new Set(fields.map(([, [name]]) => name))

/** A documented field that is null says nothing. */
const isUnsaid = (name: string, raw: unknown): boolean => documented.has(name) && (raw === null || raw === undefined)

/** The same under the wire's names. Raw values return to their place, below what was read from them. */
export const writeUsage = ({ additionalProperties, ...usage }: ImageGenerationUsage): Json => {
  const wire: Record<string, unknown> = { ...additionalProperties }
  for (const [ours, [name = ""]] of fields) {
    const value = usage[ours as keyof typeof usage]
    if (value === undefined) continue
    const inner = Predicate.isRecord(value) ? inSnakeCase(value) : value
    wire[name] = Predicate.isRecord(inner) && Predicate.isRecord(wire[name]) ? { ...wire[name], ...inner } : inner
  }
  return wire
}

const inSnakeCase = (value: Json): Json =>
  Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), item])
  )

/** Whether a body says that something was paid, from OpenRouter's account or with your own key. */
export const isCharged = (json: unknown): boolean => {
  const usage: Json | undefined = recordAt(json, "usage")
  const { cost = 0, costDetails: { upstreamInferenceCost = 0 } = {} } = readUsage(usage) ?? {}
  return cost > 0 || upstreamInferenceCost > 0
}
