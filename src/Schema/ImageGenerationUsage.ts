/**
 * What a generation used and cost.
 *
 * @since 0.1.0
 */
import * as BigDecimal from "effect/BigDecimal"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import { readUsage, writeUsage } from "../internal/response/usage.js"
import { amounts, isAmount } from "../internal/schema/amount.js"
import { constrain } from "../internal/schema/checked.js"
import * as Sample from "../internal/schema/samples.js"
import { fromWire } from "../internal/schema/wire.js"
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
  /** What the server's own tools cost. */
  readonly serverToolCost?: number
}

/**
 * A breakdown of the prompt's tokens.
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
 * A breakdown of the answer's tokens.
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
 * How often the server's own tools were requested and run.
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
 * What a generation used and cost. Each field is read by itself: one that the server did not send, or sent in an
 * unexpected shape, is absent. A number is never negative, and always finite.
 *
 * @since 0.1.0
 * @category models
 */
export interface ImageGenerationUsage {
  /** Also read from `input_tokens`, OpenAI's name for it. */
  readonly promptTokens?: number
  /** Also read from `output_tokens`, OpenAI's name for it. */
  readonly completionTokens?: number
  readonly totalTokens?: number
  /**
   * What OpenRouter charged, in US dollars. Absent when the server does not know it. See `totalCostUsd` for what you
   * pay in total.
   */
  readonly cost?: number
  readonly costDetails?: CostDetails
  /** Whether your own provider key paid. */
  readonly isByok?: boolean
  readonly promptTokensDetails?: PromptTokensDetails
  readonly completionTokensDetails?: CompletionTokensDetails
  readonly serverToolUse?: ServerToolUse
  readonly serviceTier?: string
  readonly speed?: Speed
  /**
   * Every other field that the server sent, and each documented one that could not be read completely. Values are the
   * server's, unchanged.
   */
  readonly additionalProperties?: Readonly<Record<string, unknown>>
}

const count = Sample.integer(0, 1_000_000)

const samples = Sample.object(
  {},
  {
    prompt_tokens: count,
    completion_tokens: count,
    total_tokens: count,
    cost: Sample.either(amounts, Sample.oneOf(null)),
    cost_details: Sample.object({}, { upstream_inference_cost: amounts, server_tool_cost: amounts }),
    is_byok: Sample.boolean,
    completion_tokens_details: Sample.object({ image_tokens: count, reasoning_tokens: count }, {}),
    server_tool_use: Sample.object({ web_search_requests: count }, {}),
    speed: Sample.oneOf("fast", "standard", "another"),
    never_documented: Sample.text()
  }
)

/**
 * Usage on the wire: any JSON object.
 *
 * @since 0.1.0
 * @category models
 */
export type ImageGenerationUsageEncoded = Readonly<Record<string, unknown>>

const Wire = constrain("an object", (value): value is ImageGenerationUsageEncoded => Predicate.isRecord(value), samples)

/**
 * The Schema of usage and cost. No field makes it fail: `additionalProperties` keeps what cannot be read, and every
 * undocumented field.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ImageGenerationUsage: Schema.Schema<ImageGenerationUsage, ImageGenerationUsageEncoded> =
  fromWire<ImageGenerationUsage>("ImageGenerationUsage")(Wire, {
    decode: (wire) => readUsage(wire) ?? {},
    encode: writeUsage
  })

/**
 * What a generation cost you, in US dollars: `cost`, and with your own provider key also what the provider charges
 * (`upstreamInferenceCost`). `undefined` where the cost is unknown: `cost` is missing or no amount (negative, not a
 * number, infinite), or your own key paid and the answer does not say how much.
 *
 * Without a key of your own, `cost` includes the upstream cost, which is not added again. Where the answer does not say
 * whose key paid, an upstream cost above `cost` means your own: OpenRouter sells nothing below what it pays.
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
