/**
 * The endpoints that serve a model, and their prices.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { Issue } from "../Errors.js"
import { Dollars } from "../internal/schema/dollars.js"
import { Fault, itemReader, listOf, orAbsent, prefixIssues } from "../internal/schema/lists.js"
import { present } from "../internal/schema/present.js"
import { fromWire, nullish, renameFields } from "../internal/schema/wire.js"
import { OpenEnum } from "./OpenEnum.js"
import { SupportedParameters } from "./SupportedParameters.js"

/**
 * What a price line charges for.
 *
 * @since 0.1.0
 * @category enumerations
 */
export const Billable = OpenEnum("output_image", "input_image", "input_font", "input_reference", "input_text")
export type Billable = typeof Billable.Type

/**
 * The unit of a price.
 *
 * @since 0.1.0
 * @category enumerations
 */
export const PricingUnit = OpenEnum("image", "megapixel", "token", "request")
export type PricingUnit = typeof PricingUnit.Type

/**
 * One line of an endpoint's price list. A price of zero is possible.
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
  cost_usd: Dollars,
  variant: nullish(Schema.String)
})

/**
 * The Schema of a price line.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ImagePricingEntry: Schema.Schema<ImagePricingEntry, typeof PricingWire.Encoded> =
  fromWire<ImagePricingEntry>("ImagePricingEntry")(PricingWire, renameFields(PricingWire))

/**
 * One provider's offer of a model. Its parameters are definitive; the model's own list is the union of its endpoints.
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
  /** The keys accepted under `provider.options[providerSlug]`. Any other is silently dropped. */
  readonly allowedPassthroughParameters: ReadonlyArray<string>
  readonly supportsStreaming: boolean
  readonly pricing: ReadonlyArray<ImagePricingEntry>
  /**
   * The parts of `pricing` that could not be read, with paths within the endpoint. The endpoint's charges then have no
   * known upper bound.
   */
  readonly faults?: ReadonlyArray<Issue>
}

const plain = {
  provider_name: Schema.String,
  provider_slug: Schema.String,
  provider_tag: nullish(Schema.String),
  supported_parameters: SupportedParameters,
  allowed_passthrough_parameters: nullish(Schema.Array(Schema.String)),
  supports_streaming: nullish(Schema.Boolean)
}

const EndpointWire = Schema.Struct({
  ...plain,
  pricing: nullish(listOf(ImagePricingEntry)),
  /** Not part of the API. It carries the faults of an endpoint that was decoded before and encoded again. */
  faults: Schema.optional(Schema.Unknown)
})

const endpointNames = renameFields(Schema.Struct(plain))
const readFaults = itemReader(Fault)
const readPrices = itemReader(ImagePricingEntry)
const encodePrice = Schema.encodeSync(ImagePricingEntry)

/**
 * The Schema of an endpoint. A price that cannot be read is left out and named in `faults`. A missing field gets the
 * value that promises nothing (no tag, no passthrough, no streaming, no prices).
 *
 * @since 0.1.0
 * @category schemas
 */
export const ImageEndpoint: Schema.Schema<ImageEndpoint, typeof EndpointWire.Encoded> = fromWire<ImageEndpoint>(
  "ImageEndpoint"
)(EndpointWire, {
  decode: (wire) => {
    const { faults, items } = readPrices(["pricing"], wire.pricing ?? [])
    const earlier = readFaults([], Array.isArray(wire.faults) ? wire.faults : []).items.map(({ item }) => item)
    return {
      ...endpointNames.decode(wire),
      providerTag: wire.provider_tag ?? null,
      allowedPassthroughParameters: wire.allowed_passthrough_parameters ?? [],
      supportsStreaming: wire.supports_streaming ?? false,
      pricing: items.map(({ item }) => item),
      ...present({ faults: orAbsent([...earlier, ...faults]) })
    }
  },
  encode: ({ faults, pricing, ...endpoint }) => ({
    ...endpointNames.encode(endpoint),
    provider_tag: endpoint.providerTag,
    pricing: pricing.map((price) => encodePrice(price)),
    ...present({ faults })
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
  /** The endpoints and prices that could not be read, with their paths in the answer. */
  readonly faults?: ReadonlyArray<Issue>
}

const ListWire = Schema.Struct({ id: Schema.String, endpoints: listOf(ImageEndpoint) })

const readEndpoints = itemReader(ImageEndpoint)
const encodeEndpoint = Schema.encodeSync(ImageEndpoint)

/**
 * The Schema of what `listModelEndpoints` returns: the model's id and its endpoints. An endpoint that cannot be read is
 * left out and named in `faults`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ImageModelEndpointsResponse: Schema.Schema<ImageModelEndpointsResponse, typeof ListWire.Encoded> =
  fromWire<ImageModelEndpointsResponse>("ImageModelEndpointsResponse")(ListWire, {
    decode: ({ endpoints, id }) => {
      const read = readEndpoints(["endpoints"], endpoints)
      const prices = read.items.flatMap(({ index, item }) => prefixIssues(["endpoints", index], item.faults ?? []))
      return {
        id,
        endpoints: read.items.map(({ item }) => item),
        ...present({ faults: orAbsent([...read.faults, ...prices]) })
      }
    },
    encode: ({ endpoints, id }) => ({ id, endpoints: endpoints.map((endpoint) => encodeEndpoint(endpoint)) })
  })
