/**
 * The endpoints that serve a model, and their prices.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { fromWire, nullish, renaming } from "../internal/wire.js"
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
 * A line of a price list as its Schema.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ImagePricingEntry: Schema.Schema<ImagePricingEntry, typeof PricingWire.Encoded> =
  fromWire<ImagePricingEntry>("ImagePricingEntry")(PricingWire, renaming(PricingWire))

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

const endpointNames = renaming(EndpointWire)

/**
 * An endpoint as its Schema.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ImageEndpoint: Schema.Schema<ImageEndpoint, typeof EndpointWire.Encoded> = fromWire<ImageEndpoint>(
  "ImageEndpoint"
)(EndpointWire, {
  decode: (wire) => ({ ...endpointNames.decode(wire), providerTag: wire.provider_tag }),
  encode: endpointNames.encode
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
 * What `listModelEndpoints` gives, as its Schema: the model's id, and its endpoints.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ImageModelEndpointsResponse = Schema.Struct({ id: Schema.String, endpoints: Schema.Array(ImageEndpoint) })
