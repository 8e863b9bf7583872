/** Small valid answers for tests. You can replace each field. */
import * as GeneratedImage from "../../GeneratedImage.js"
import type { ImageEndpoint } from "../../Schema/ImageEndpoint.js"
import type { ImageGenerationResponse } from "../../Schema/ImageGenerationResponse.js"
import type { ImageGenerationUsage } from "../../Schema/ImageGenerationUsage.js"
import type { ImageModelListItem } from "../../Schema/ImageModel.js"
import { Completed, PartialImage } from "../../Schema/ImageStreamEvent.js"
import type { SupportedParameters } from "../../Schema/SupportedParameters.js"
import { decodeBase64 } from "../decoding/base64.js"
import { present } from "../schema/present.js"

/** Fields to replace. One that may be absent is removed when it is undefined. */
export type Overrides<A> = {
  readonly [K in keyof A]?: object extends Pick<A, K> ? A[K] | undefined : A[K]
}

/** An override can only remove a field that may be absent: a required one that is undefined would be no `A`. */
const override = <A extends object>(defaults: A, overrides: Overrides<A>): A =>
  present({ ...defaults, ...overrides }) as A

const png =
  "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAEUlEQVQI12N4EauGFTEMLQkAplVawQNqMUgAAAAASUVORK5CYII="

export const image = GeneratedImage.make(decodeBase64(png) ?? new Uint8Array(), "image/png")

export const svg = GeneratedImage.make(
  new TextEncoder().encode(
    '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8" fill="#e85d26"/></svg>'
  ),
  "image/svg+xml"
)

/** Seconds since 1970. Always the same, so that answers can be compared. */
const created = 1748372400

const generationId = "gen-testing"

/** US dollars for a picture, the same for every price. */
const costUsd = 0.04

const usageOf = (pictures: number): ImageGenerationUsage => ({
  promptTokens: 2,
  completionTokens: 4 * pictures,
  totalTokens: 2 + 4 * pictures,
  cost: costUsd * pictures,
  isByok: false
})

export const usage = (overrides: Overrides<ImageGenerationUsage> = {}): ImageGenerationUsage =>
  override(usageOf(1), overrides)

export const response = (overrides: Overrides<ImageGenerationResponse> = {}): ImageGenerationResponse => {
  const data = overrides.data ?? [image]
  return override({ created, data, usage: usageOf(data.length), generationId }, overrides)
}

export const pictures = (count: number): ReadonlyArray<GeneratedImage.GeneratedImage> =>
  Array.from({ length: count }, () => image)

export const partialImage = (index = 0, picture: GeneratedImage.GeneratedImage = image): PartialImage =>
  new PartialImage({ partialImageIndex: index, image: picture })

export type CompletedFields = Pick<Completed, "image" | "created" | "usage" | "generationId" | "model">

export const completed = (overrides: Overrides<CompletedFields> = {}): Completed =>
  new Completed(override<CompletedFields>({ image, created, usage: usageOf(1), generationId }, overrides))

/** Two previews and `count` finished pictures. Only the last of them has their total cost. */
export const events = (count: number): ReadonlyArray<PartialImage | Completed> => [
  partialImage(0),
  partialImage(1),
  ...pictures(count - 1).map(() => completed({ usage: undefined })),
  completed({ usage: usageOf(count) })
]

const supported = { type: "boolean" } as const

/** Every value of every parameter. */
const supportedParameters: SupportedParameters = {
  n: { type: "range", min: 1, max: 10 },
  input_references: { type: "range", min: 0, max: 16 },
  resolution: supported,
  aspect_ratio: supported,
  size: supported,
  quality: supported,
  output_format: supported,
  output_compression: supported,
  background: supported,
  seed: supported
}

export const model = (overrides: Overrides<ImageModelListItem> = {}): ImageModelListItem => {
  const id = overrides.id ?? "testing/model"
  const defaults: ImageModelListItem = {
    id,
    name: "Testing",
    description: "Makes the same small picture for everybody.",
    created,
    architecture: { inputModalities: ["text", "image"], outputModalities: ["image"] },
    supportedParameters,
    supportsStreaming: true,
    endpoints: `/api/v1/images/models/${id}/endpoints`
  }
  return override(defaults, overrides)
}

export const endpoint = (overrides: Overrides<ImageEndpoint> = {}): ImageEndpoint =>
  override<ImageEndpoint>(
    {
      providerName: "Testing",
      providerSlug: "testing",
      providerTag: "testing",
      supportedParameters,
      allowedPassthroughParameters: [],
      supportsStreaming: true,
      pricing: [{ billable: "output_image", unit: "image", costUsd }]
    },
    overrides
  )
