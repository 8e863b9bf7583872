/**
 * The record that OpenRouter keeps of a generation.
 *
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import { timeInId } from "../internal/response/created.js"
import { amountFrom, amounts } from "../internal/schema/amount.js"
import { constrain } from "../internal/schema/checked.js"
import { readDate } from "../internal/schema/date.js"
import { openRecord, readBoolean, readText } from "../internal/schema/openRecord.js"
import { present } from "../internal/schema/present.js"
import * as Sample from "../internal/schema/samples.js"
import { fromWire } from "../internal/schema/wire.js"

/**
 * What a provider answered, one for each provider that was asked.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProviderResponse {
  readonly providerName?: string
  /** The HTTP status of the provider's answer. */
  readonly status?: number
  /** Milliseconds. */
  readonly latency?: number
  readonly endpointId?: string
  readonly isByok?: boolean
  readonly modelPermaslug?: string
  /** Every other field, unchanged. */
  readonly additionalProperties?: Readonly<Record<string, unknown>>
}

/**
 * The record of a generation: what it cost, who made it, and how it ended. Each field is read by itself: one that the
 * server did not send, or sent in an unexpected shape, is absent. An amount is never negative, and always finite.
 *
 * @since 0.1.0
 * @category models
 */
export interface Generation {
  /** The id from the header `X-Generation-Id` of the answer. */
  readonly id: string
  readonly model?: string
  /** When it was made. Where the record does not say, the time in the id. */
  readonly createdAt?: Date
  /** What OpenRouter charged, in US dollars. See `Generations.costUsd` for what you pay in total. */
  readonly totalCostUsd?: number
  /** The same in the record's other field for it, which counts where `totalCostUsd` is absent. */
  readonly usageUsd?: number
  /** What the provider charged, in US dollars. You pay it yourself where `isByok` is true. */
  readonly upstreamInferenceCostUsd?: number
  /** Whether your own provider key paid. */
  readonly isByok: boolean
  /** Whether the caller gave up before the generation had completed. */
  readonly cancelled: boolean
  /** Whether it was asked for as a stream. */
  readonly streamed: boolean
  readonly finishReason?: string
  readonly nativeFinishReason?: string
  readonly providerName?: string
  /** All providers that were asked, in order. */
  readonly providerResponses: ReadonlyArray<ProviderResponse>
  /** How many pictures or other media were made. */
  readonly numMediaCompletion?: number
  readonly tokensPrompt?: number
  readonly tokensCompletion?: number
  /** Milliseconds until the first byte. */
  readonly latency?: number
  /** Milliseconds. */
  readonly generationTime?: number
  readonly sessionId?: string
  readonly upstreamId?: string
  /** `image` for a generation of this API. */
  readonly apiType?: string
  /**
   * Every other field that the server sent, and each documented one that could not be read completely. Values are the
   * server's, unchanged.
   */
  readonly additionalProperties?: Readonly<Record<string, unknown>>
}

const response = openRecord<ProviderResponse>([
  ["providerName", ["provider_name"], readText],
  ["status", ["status"], amountFrom],
  ["latency", ["latency"], amountFrom],
  ["endpointId", ["endpoint_id"], readText],
  ["isByok", ["is_byok"], readBoolean],
  ["modelPermaslug", ["model_permaslug"], readText]
])

const readResponses = (value: unknown): ReadonlyArray<ProviderResponse> | undefined =>
  Array.isArray(value) ? value.filter(Predicate.isRecord).map((one) => response.read(one)) : undefined

const record = openRecord<Generation>([
  ["id", ["id"], readText],
  ["model", ["model"], readText],
  ["createdAt", ["created_at"], readDate],
  ["totalCostUsd", ["total_cost"], amountFrom],
  ["usageUsd", ["usage"], amountFrom],
  ["upstreamInferenceCostUsd", ["upstream_inference_cost"], amountFrom],
  ["isByok", ["is_byok"], readBoolean],
  ["cancelled", ["cancelled"], readBoolean],
  ["streamed", ["streamed"], readBoolean],
  ["finishReason", ["finish_reason"], readText],
  ["nativeFinishReason", ["native_finish_reason"], readText],
  ["providerName", ["provider_name"], readText],
  ["providerResponses", ["provider_responses"], readResponses],
  ["numMediaCompletion", ["num_media_completion"], amountFrom],
  ["tokensPrompt", ["tokens_prompt"], amountFrom],
  ["tokensCompletion", ["tokens_completion"], amountFrom],
  ["latency", ["latency"], amountFrom],
  ["generationTime", ["generation_time"], amountFrom],
  ["sessionId", ["session_id"], readText],
  ["upstreamId", ["upstream_id"], readText],
  ["apiType", ["api_type"], readText]
])

const dateInId = (id: string): Date | undefined => {
  const seconds = timeInId(id)
  return seconds === undefined ? undefined : readDate(seconds * 1000)
}

/** An upstream cost above OpenRouter's own means your key: OpenRouter sells nothing below what it pays. */
const isOwnKey = ({
  providerResponses = [],
  totalCostUsd = 0,
  upstreamInferenceCostUsd = 0
}: Partial<Generation>): boolean =>
  upstreamInferenceCostUsd > totalCostUsd || providerResponses.some(({ isByok }) => isByok === true)

const decode = (wire: GenerationEncoded): Generation => {
  const read = record.read(wire)
  const { id = "" } = read
  const defaults = { id, isByok: isOwnKey(read), cancelled: false, streamed: false, providerResponses: [] }
  return { ...defaults, ...present({ createdAt: dateInId(id) }), ...read }
}

/**
 * A record on the wire: any JSON object.
 *
 * @since 0.1.0
 * @category models
 */
export type GenerationEncoded = Readonly<Record<string, unknown>>

const count = Sample.integer(0, 1_000_000)

const time = Sample.map(Sample.integer(0, 2_000_000_000), (seconds) => String(readDate(seconds * 1000)?.toISOString()))

const samples = Sample.object(
  { id: Sample.text(1) },
  {
    model: Sample.text(),
    created_at: time,
    total_cost: amounts,
    upstream_inference_cost: amounts,
    is_byok: Sample.boolean,
    cancelled: Sample.boolean,
    streamed: Sample.boolean,
    finish_reason: Sample.either(Sample.text(), Sample.oneOf(null)),
    provider_responses: Sample.list(Sample.object({}, { provider_name: Sample.text(), status: count, latency: count })),
    never_documented: Sample.text()
  }
)

const Wire = constrain("an object", (value): value is GenerationEncoded => Predicate.isRecord(value), samples)

/**
 * The Schema of a generation's record. No field makes it fail: `additionalProperties` keeps what cannot be read, and
 * every undocumented field.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Generation: Schema.Schema<Generation, GenerationEncoded> = fromWire<Generation>("Generation")(Wire, {
  decode,
  encode: record.write
})
