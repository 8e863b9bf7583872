/**
 * What a generation used and cost.
 *
 * @since 0.1.0
 */
import * as BigDecimal from "effect/BigDecimal"
import * as Schema from "effect/Schema"
import { isAmount } from "../internal/amount.js"
import { fromWire, nullish, renaming } from "../internal/wire.js"
import { OpenEnum } from "./OpenEnum.js"

/**
 * What the upstream provider was paid, in US dollars.
 *
 * @since 0.1.0
 * @category models
 */
export interface CostDetails {
  readonly upstreamInferenceCost?: number
  readonly upstreamInferencePromptCost?: number
  readonly upstreamInferenceCompletionsCost?: number
}

/**
 * What the tokens of the prompt were, in tokens.
 *
 * @since 0.1.0
 * @category models
 */
export interface PromptTokensDetails {
  readonly audioTokens?: number
  readonly cacheWriteTokens?: number
  readonly cachedTokens?: number
  readonly fileTokens?: number
  readonly videoTokens?: number
}

/**
 * What the tokens of the answer were, in tokens.
 *
 * @since 0.1.0
 * @category models
 */
export interface CompletionTokensDetails {
  readonly audioTokens?: number
  readonly imageTokens?: number
  readonly reasoningTokens?: number
}

/**
 * How often the server's own tools were asked for and run.
 *
 * @since 0.1.0
 * @category models
 */
export interface ServerToolUse {
  readonly toolCallsExecuted?: number
  readonly toolCallsRequested?: number
  readonly webSearchRequests?: number
}

/**
 * The speed tier that served the request.
 *
 * @since 0.1.0
 * @category enumerations
 */
export const Speed = OpenEnum("fast", "standard")
export type Speed = typeof Speed.Type

/**
 * What a generation used and cost.
 *
 * @since 0.1.0
 * @category models
 */
export interface ImageGenerationUsage {
  readonly promptTokens: number
  readonly completionTokens: number
  readonly totalTokens: number
  /** What OpenRouter charged, in US dollars; absent when the server does not know it. See `totalCostUsd` for what you pay in all. */
  readonly cost?: number
  readonly costDetails?: CostDetails
  /** Whether your own provider key paid. */
  readonly isByok?: boolean
  readonly promptTokensDetails?: PromptTokensDetails
  readonly completionTokensDetails?: CompletionTokensDetails
  readonly serverToolUse?: ServerToolUse
  readonly serviceTier?: string
  readonly speed?: Speed
  /** Every other field that the server sent, untouched. */
  readonly additionalProperties?: Readonly<Record<string, unknown>>
}

const count = nullish(Schema.Number)

const CostDetailsWire = Schema.Struct({
  upstream_inference_cost: count,
  upstream_inference_prompt_cost: count,
  upstream_inference_completions_cost: count
})

const PromptTokensWire = Schema.Struct({
  audio_tokens: count,
  cache_write_tokens: count,
  cached_tokens: count,
  file_tokens: count,
  video_tokens: count
})

const CompletionTokensWire = Schema.Struct({ audio_tokens: count, image_tokens: count, reasoning_tokens: count })

const ServerToolUseWire = Schema.Struct({
  tool_calls_executed: count,
  tool_calls_requested: count,
  web_search_requests: count
})

const fields = {
  prompt_tokens: Schema.Number,
  completion_tokens: Schema.Number,
  total_tokens: Schema.Number,
  cost: count,
  cost_details: nullish(fromWire<CostDetails>("CostDetails")(CostDetailsWire, renaming(CostDetailsWire))),
  is_byok: nullish(Schema.Boolean),
  prompt_tokens_details: nullish(
    fromWire<PromptTokensDetails>("PromptTokensDetails")(PromptTokensWire, renaming(PromptTokensWire))
  ),
  completion_tokens_details: nullish(
    fromWire<CompletionTokensDetails>("CompletionTokensDetails")(CompletionTokensWire, renaming(CompletionTokensWire))
  ),
  server_tool_use: nullish(fromWire<ServerToolUse>("ServerToolUse")(ServerToolUseWire, renaming(ServerToolUseWire))),
  service_tier: nullish(Schema.String),
  speed: nullish(Speed)
}

const Wire = Schema.Struct(fields, Schema.Record({ key: Schema.String, value: Schema.Unknown }))
const documented = renaming(Wire)

/**
 * Usage and cost as their Schema; a field that it does not know is kept in `additionalProperties`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ImageGenerationUsage: Schema.Schema<ImageGenerationUsage, typeof Wire.Encoded> =
  fromWire<ImageGenerationUsage>("ImageGenerationUsage")(Wire, {
    decode: (wire) => {
      const others = Object.entries(wire).filter(([name]) => !Object.hasOwn(fields, name))
      const usage = documented.decode(wire)
      return others.length === 0 ? usage : { ...usage, additionalProperties: Object.fromEntries(others) }
    },
    encode: (usage) => ({ ...usage.additionalProperties, ...documented.encode(usage) })
  })

/**
 * What a generation cost you, in US dollars: `cost`, and with your own provider key what the provider charges as well (`upstreamInferenceCost`).
 * `undefined` where it is not known: where `cost` is missing or no amount (negative, not a number, infinite), or your own key paid and nobody said
 * how much.
 *
 * Without a key of your own the upstream cost is within `cost`, and is not added. Where the answer does not say whose key it was, an upstream cost above
 * `cost` tells: OpenRouter sells nothing below what it pays.
 *
 * @since 0.1.0
 * @category costs
 * @example
 * ```ts
 * import { ImagesSchema } from "effect-openrouter-images"
 *
 * const usage = {
 *   ...{ promptTokens: 19, completionTokens: 4096, totalTokens: 4115 },
 *   ...{ cost: 0.0018, isByok: true, costDetails: { upstreamInferenceCost: 0.036 } }
 * }
 * const paid = ImagesSchema.totalCostUsd(usage) // 0.0378
 * ```
 */
export const totalCostUsd = (usage: ImageGenerationUsage | undefined): number | undefined => {
  const { cost, costDetails, isByok } = usage ?? {}
  const upstream = costDetails?.upstreamInferenceCost
  if (!isAmount(cost)) return undefined
  if (isByok === false) return cost
  if (!isAmount(upstream)) return isByok === true ? undefined : cost
  return isByok === true || upstream > cost
    ? BigDecimal.unsafeToNumber(
        BigDecimal.sum(BigDecimal.unsafeFromNumber(cost), BigDecimal.unsafeFromNumber(upstream))
      )
    : cost
}
