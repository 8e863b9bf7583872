/** What can change in the catalogue. */
import type { CatalogEntry } from "../../Schema/CatalogSnapshot.js"
import type { ImageEndpoint, ImagePricingEntry } from "../../Schema/ImageEndpoint.js"
import type { CapabilityDescriptor } from "../../Schema/SupportedParameters.js"

interface OfModel {
  /** The model's id. */
  readonly model: string
}

/** `entry` is the model as it is now; of one that is gone, as it was. */
export interface ModelChange extends OfModel {
  readonly _tag: "NewModel" | "GoneModel"
  readonly entry: CatalogEntry
}

interface OfEndpoint extends OfModel {
  /** The endpoint as it is now; of one that is gone, as it was. */
  readonly endpoint: ImageEndpoint
}

export interface EndpointChange extends OfEndpoint {
  readonly _tag: "NewEndpoint" | "GoneEndpoint"
}

interface OfPrice extends OfEndpoint, Pick<ImagePricingEntry, "billable" | "unit" | "variant"> {}

/** One unit costs more or less. */
export interface AmountChange extends OfPrice {
  readonly _tag: "Dearer" | "Cheaper"
  /** US dollars for one unit. Zero where the endpoint did not charge for it. */
  readonly beforeUsd: number
  /** US dollars for one unit. Zero where the endpoint no longer charges for it. */
  readonly afterUsd: number
}

/** The price of one unit is not known any more. */
export interface PriceUnknown extends OfPrice {
  readonly _tag: "PriceUnknown"
  /** US dollars for one unit. */
  readonly beforeUsd: number
}

/** A price is known that was not. */
export interface PriceKnown extends OfPrice {
  readonly _tag: "PriceKnown"
  /** US dollars for one unit. */
  readonly afterUsd: number
}

export type PriceChange = AmountChange | PriceUnknown | PriceKnown

export interface CapabilityChange extends OfEndpoint {
  readonly _tag: "CapabilityChanged"
  /**
   * The parameter's name on the wire, such as `aspect_ratio`; `streaming`; or `provider.options.NAME` for what is passed
   * through.
   */
  readonly parameter: string
  /** Absent where it was not supported. */
  readonly before?: CapabilityDescriptor
  /** Absent where it is not supported any more. */
  readonly after?: CapabilityDescriptor
}

export type Change = ModelChange | EndpointChange | PriceChange | CapabilityChange
