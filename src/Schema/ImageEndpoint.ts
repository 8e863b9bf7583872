/**
 * The endpoints that serve a model, and their prices.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { present } from "../internal/present.js"
import { fromWire, nullish, orAbsent } from "../internal/wire.js"
import { OpenEnum } from "./OpenEnum.js"
import { SupportedParameters } from "./SupportedParameters.js"

/**
 * What is paid for.
 *
 * @since 0.1.0
 * @category enumerations
 */
export const Billable = OpenEnum("output_image", "input_image", "input_font", "input_reference", "input_text")
export type Billable = typeof Billable.Type

/**
 * What the price is counted in.
 *
 * @since 0.1.0
 * @category enumerations
 */
export const PricingUnit = OpenEnum("image", "megapixel", "token", "request")
export type PricingUnit = typeof PricingUnit.Type

/**
 * One line of an endpoint's price list. Lines of price zero occur.
 *
 * @since 0.1.0
 * @category models
 */
export interface ImagePricingEntry {
  readonly billable: Billable
  readonly unit: PricingUnit
  /** US dollars for one unit. */
  readonly costUsd: number
  /** When the line applies: free text such as `2k`. */
  readonly variant?: string
}

const PricingWire = Schema.Struct({
  billable: Billable,
  unit: PricingUnit,
  cost_usd: Schema.Number,
  variant: nullish(Schema.String)
})

/**
 * @since 0.1.0
 * @category schemas
 */
export const ImagePricingEntry: Schema.Schema<ImagePricingEntry, typeof PricingWire.Encoded> =
  fromWire<ImagePricingEntry>("ImagePricingEntry")(PricingWire, {
    decode: ({ billable, unit, cost_usd, variant }) =>
      present({ billable, unit, costUsd: cost_usd, variant: orAbsent(variant) }),
    encode: ({ costUsd, ...rest }) => ({ ...rest, cost_usd: costUsd })
  })

/**
 * One provider's offer of a model. What it supports is definitive, where the model's own list is the union of its endpoints.
 *
 * @since 0.1.0
 * @category models
 */
export interface ImageEndpoint {
  readonly providerName: string
  /** The key for `provider.only`, `order`, `ignore` and `options`. */
  readonly providerSlug: string
  readonly providerTag: string | null
  readonly supportedParameters: SupportedParameters
  /** The keys accepted under `provider.options[providerSlug]`; any other is dropped without a word. */
  readonly allowedPassthroughParameters: ReadonlyArray<string>
  readonly supportsStreaming: boolean
  readonly pricing: ReadonlyArray<ImagePricingEntry>
}

const EndpointWire = Schema.Struct({
  provider_name: Schema.String,
  provider_slug: Schema.String,
  provider_tag: Schema.NullOr(Schema.String),
  supported_parameters: SupportedParameters,
  allowed_passthrough_parameters: Schema.Array(Schema.String),
  supports_streaming: Schema.Boolean,
  pricing: Schema.Array(ImagePricingEntry)
})

/**
 * @since 0.1.0
 * @category schemas
 */
export const ImageEndpoint: Schema.Schema<ImageEndpoint, typeof EndpointWire.Encoded> = fromWire<ImageEndpoint>(
  "ImageEndpoint"
)(EndpointWire, {
  decode: (wire) => ({
    providerName: wire.provider_name,
    providerSlug: wire.provider_slug,
    providerTag: wire.provider_tag,
    supportedParameters: wire.supported_parameters,
    allowedPassthroughParameters: wire.allowed_passthrough_parameters,
    supportsStreaming: wire.supports_streaming,
    pricing: wire.pricing
  }),
  encode: (endpoint) => ({
    provider_name: endpoint.providerName,
    provider_slug: endpoint.providerSlug,
    provider_tag: endpoint.providerTag,
    supported_parameters: endpoint.supportedParameters,
    allowed_passthrough_parameters: endpoint.allowedPassthroughParameters,
    supports_streaming: endpoint.supportsStreaming,
    pricing: endpoint.pricing
  })
})

/**
 * The answer of `listModelEndpoints`: the model's id and its endpoints.
 *
 * @since 0.1.0
 * @category models
 */
export interface ImageModelEndpointsResponse {
  readonly id: string
  readonly endpoints: ReadonlyArray<ImageEndpoint>
}

/**
 * @since 0.1.0
 * @category schemas
 */
export const ImageModelEndpointsResponse = Schema.Struct({ id: Schema.String, endpoints: Schema.Array(ImageEndpoint) })
