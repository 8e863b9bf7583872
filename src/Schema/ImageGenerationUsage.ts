/**
 * What a generation used and cost.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { present } from "../internal/present.js"
import { fromWire, nullish, orAbsent } from "../internal/wire.js"
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
 * @since 0.1.0
 * @category models
 */
export interface CompletionTokensDetails {
  readonly audioTokens?: number
  readonly imageTokens?: number
  readonly reasoningTokens?: number
}

/**
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
  /** US dollars; absent when the server does not know it. */
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

const CostDetails = fromWire<CostDetails>("CostDetails")(CostDetailsWire, {
  decode: (wire) =>
    present({
      upstreamInferenceCost: orAbsent(wire.upstream_inference_cost),
      upstreamInferencePromptCost: orAbsent(wire.upstream_inference_prompt_cost),
      upstreamInferenceCompletionsCost: orAbsent(wire.upstream_inference_completions_cost)
    }),
  encode: (details) =>
    present({
      upstream_inference_cost: details.upstreamInferenceCost,
      upstream_inference_prompt_cost: details.upstreamInferencePromptCost,
      upstream_inference_completions_cost: details.upstreamInferenceCompletionsCost
    })
})

const PromptTokensDetails = fromWire<PromptTokensDetails>("PromptTokensDetails")(
  Schema.Struct({
    audio_tokens: count,
    cache_write_tokens: count,
    cached_tokens: count,
    file_tokens: count,
    video_tokens: count
  }),
  {
    decode: (wire) =>
      present({
        audioTokens: orAbsent(wire.audio_tokens),
        cacheWriteTokens: orAbsent(wire.cache_write_tokens),
        cachedTokens: orAbsent(wire.cached_tokens),
        fileTokens: orAbsent(wire.file_tokens),
        videoTokens: orAbsent(wire.video_tokens)
      }),
    encode: (details) =>
      present({
        audio_tokens: details.audioTokens,
        cache_write_tokens: details.cacheWriteTokens,
        cached_tokens: details.cachedTokens,
        file_tokens: details.fileTokens,
        video_tokens: details.videoTokens
      })
  }
)

const CompletionTokensDetails = fromWire<CompletionTokensDetails>("CompletionTokensDetails")(
  Schema.Struct({ audio_tokens: count, image_tokens: count, reasoning_tokens: count }),
  {
    decode: (wire) =>
      present({
        audioTokens: orAbsent(wire.audio_tokens),
        imageTokens: orAbsent(wire.image_tokens),
        reasoningTokens: orAbsent(wire.reasoning_tokens)
      }),
    encode: (details) =>
      present({
        audio_tokens: details.audioTokens,
        image_tokens: details.imageTokens,
        reasoning_tokens: details.reasoningTokens
      })
  }
)

const ServerToolUse = fromWire<ServerToolUse>("ServerToolUse")(
  Schema.Struct({ tool_calls_executed: count, tool_calls_requested: count, web_search_requests: count }),
  {
    decode: (wire) =>
      present({
        toolCallsExecuted: orAbsent(wire.tool_calls_executed),
        toolCallsRequested: orAbsent(wire.tool_calls_requested),
        webSearchRequests: orAbsent(wire.web_search_requests)
      }),
    encode: (use) =>
      present({
        tool_calls_executed: use.toolCallsExecuted,
        tool_calls_requested: use.toolCallsRequested,
        web_search_requests: use.webSearchRequests
      })
  }
)

const Wire = Schema.Struct(
  {
    prompt_tokens: Schema.Number,
    completion_tokens: Schema.Number,
    total_tokens: Schema.Number,
    cost: count,
    cost_details: nullish(CostDetails),
    is_byok: nullish(Schema.Boolean),
    prompt_tokens_details: nullish(PromptTokensDetails),
    completion_tokens_details: nullish(CompletionTokensDetails),
    server_tool_use: nullish(ServerToolUse),
    service_tier: nullish(Schema.String),
    speed: nullish(Speed)
  },
  Schema.Record({ key: Schema.String, value: Schema.Unknown })
)

const decode = (wire: typeof Wire.Type): ImageGenerationUsage => {
  const {
    prompt_tokens,
    completion_tokens,
    total_tokens,
    cost,
    cost_details,
    is_byok,
    prompt_tokens_details,
    completion_tokens_details,
    server_tool_use,
    service_tier,
    speed,
    ...additional
  } = wire
  return present({
    promptTokens: prompt_tokens,
    completionTokens: completion_tokens,
    totalTokens: total_tokens,
    cost: orAbsent(cost),
    costDetails: orAbsent(cost_details),
    isByok: orAbsent(is_byok),
    promptTokensDetails: orAbsent(prompt_tokens_details),
    completionTokensDetails: orAbsent(completion_tokens_details),
    serverToolUse: orAbsent(server_tool_use),
    serviceTier: orAbsent(service_tier),
    speed: orAbsent(speed),
    additionalProperties: Object.keys(additional).length > 0 ? additional : undefined
  })
}

const encode = (usage: ImageGenerationUsage): typeof Wire.Type => ({
  ...usage.additionalProperties,
  ...present({
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.totalTokens,
    cost: usage.cost,
    cost_details: usage.costDetails,
    is_byok: usage.isByok,
    prompt_tokens_details: usage.promptTokensDetails,
    completion_tokens_details: usage.completionTokensDetails,
    server_tool_use: usage.serverToolUse,
    service_tier: usage.serviceTier,
    speed: usage.speed
  })
})

/**
 * @since 0.1.0
 * @category schemas
 */
export const ImageGenerationUsage: Schema.Schema<ImageGenerationUsage, typeof Wire.Encoded> =
  fromWire<ImageGenerationUsage>("ImageGenerationUsage")(Wire, { decode, encode })
