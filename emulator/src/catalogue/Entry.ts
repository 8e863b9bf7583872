/** What an entry of the catalogue is made of. */
import type { ImagesSchema } from "effect-openrouter-images"

export type Format = "png" | "jpeg" | "webp" | "svg"

/** How a model answers, beside what its parameters say. */
export interface Answers {
  /** The encoding of a picture for which the request asks none. */
  readonly format: Format
  /** Whether a JSON answer tells when the picture was made; else its `created` is 0. A stream always tells. */
  readonly dated: boolean
  /** Whether its pictures come signed (C2PA). */
  readonly signed: boolean
}

/** A model with the endpoints that serve it. */
export interface CatalogueEntry {
  readonly model: ImagesSchema.ImageModelListItem
  readonly endpoints: ReadonlyArray<ImagesSchema.ImageEndpoint>
  readonly answers: Answers
}

export type Parameters = ImagesSchema.SupportedParameters
export type Price = ImagesSchema.ImagePricingEntry
export type Endpoint = ImagesSchema.ImageEndpoint

export const values = (...all: ReadonlyArray<string>): ImagesSchema.CapabilityDescriptor => ({
  type: "enum",
  values: all
})
export const range = (min: number, max: number): ImagesSchema.CapabilityDescriptor => ({ type: "range", min, max })
export const supported: ImagesSchema.CapabilityDescriptor = { type: "boolean" }

export const price = (billable: Price["billable"], unit: Price["unit"], costUsd: number): Price => ({
  billable,
  unit,
  costUsd
})
export const perImage = (costUsd: number, variant?: string): Price => ({
  ...price("output_image", "image", costUsd),
  ...(variant === undefined ? {} : { variant })
})

export interface EndpointOptions {
  readonly streaming?: boolean
  readonly passthrough?: ReadonlyArray<string>
  /** Default: the provider's name in small letters. */
  readonly slug?: string
  /** Default: the slug. */
  readonly tag?: string | null
}

export const endpoint = (
  providerName: string,
  pricing: ReadonlyArray<Price>,
  supportedParameters: Parameters,
  more: EndpointOptions = {}
): Endpoint => {
  const providerSlug = more.slug ?? providerName.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")
  return {
    providerName,
    providerSlug,
    providerTag: more.tag === undefined ? providerSlug : more.tag,
    supportedParameters,
    allowedPassthroughParameters: more.passthrough ?? [],
    supportsStreaming: more.streaming ?? false,
    pricing
  }
}

/** The first format that an endpoint lists; a model that lists none draws a PNG. */
const firstFormat = (parameters: Parameters): Format => {
  const offered = parameters["output_format"]
  const format = offered?.type === "enum" ? offered.values[0] : undefined
  return format === "jpeg" || format === "webp" || format === "svg" ? format : "png"
}

/** What FLUX was seen to do: a JPEG where no format was asked, and no date. */
export const undatedJpeg: Partial<Answers> = { format: "jpeg", dated: false }

export const entry = (
  model: Omit<ImagesSchema.ImageModelListItem, "supportsStreaming" | "endpoints">,
  endpoints: ReadonlyArray<Endpoint>,
  answers: Partial<Answers> = {}
): CatalogueEntry => ({
  model: {
    ...model,
    supportsStreaming: endpoints.some((one) => one.supportsStreaming),
    endpoints: `/api/v1/images/models/${model.id}/endpoints`
  },
  endpoints,
  answers: { format: firstFormat(model.supportedParameters), dated: true, signed: false, ...answers }
})
