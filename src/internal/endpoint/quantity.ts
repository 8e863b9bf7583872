/** How many units of a price line a request needs, as a lower and an upper bound. */
import type { Bounds } from "../../Quote.js"
import type { ImageEndpoint, ImagePricingEntry } from "../../Schema/ImageEndpoint.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"
import { decodeBase64 } from "../decoding/base64.js"
import { readDimensions } from "../image/dimensions.js"
import { areaOf, pixelsOf, sideOf, tierOf } from "./size.js"

export const exactBounds = (quantity: number): Bounds => ({ min: quantity, max: quantity })

/** The quantity where no rule applies. */
export const unknown: Bounds = { min: 0, max: Number.POSITIVE_INFINITY }

const times = (a: Bounds, b: Bounds): Bounds => ({ min: a.min * b.min, max: a.max * b.max })
const divide = ({ max, min }: Bounds, by: number): Bounds => ({ min: min / by, max: max / by })

/** A possible size of the picture: the side of its square, and its area in pixels. */
export interface Size {
  readonly side: number
  readonly area: Bounds
}

/** A tier is a nominal size. Providers make pictures whose area differs from it by up to a seventh. */
const ofTier = (side: number, spread = 0.15): Size => ({
  side,
  area: { min: Math.floor(side ** 2 * (1 - spread)), max: Math.ceil(side ** 2 * (1 + spread)) }
})

/** The tiers that an endpoint offers. */
export const offeredTiers = ({ supportedParameters }: ImageEndpoint): ReadonlyArray<string> => {
  const offered = supportedParameters["resolution"]
  return offered?.type === "enum" ? offered.values.filter((value) => sideOf(value) !== undefined) : []
}

/** The possible sizes of the picture: one where the request names it, else any that the endpoint offers. */
export const sizesOf = (request: ImageGenerationRequest, endpoint: ImageEndpoint): ReadonlyArray<Size> => {
  const pixels = pixelsOf(request.size)
  if (pixels !== undefined) return [{ side: Math.sqrt(areaOf(pixels)), area: exactBounds(areaOf(pixels)) }]
  const tier = sideOf(tierOf(request) ?? "")
  if (tier !== undefined) return [ofTier(tier)]
  const sides = offeredTiers(endpoint).flatMap((value) => sideOf(value) ?? [])
  // An endpoint without tiers makes pictures of about a megapixel, and up to half as much more in some proportions.
  return sides.length > 0 ? sides.map((side) => ofTier(side)) : [ofTier(1024, 0.5)]
}

/**
 * A picture's tokens are known only once it is drawn. Published figures for 1024 x 1024 pixels go from 272 (low
 * quality) to 4,160 (high). The bounds leave room on both sides.
 */
const tokensOf = ({ max, min }: Bounds): Bounds => ({ min: Math.floor(min / 8192), max: Math.ceil(max / 192) })

/** No tokenizer makes more tokens than there are bytes. Providers add some words of their own. */
const textTokens = (prompt: string): Bounds => ({ min: 1, max: new TextEncoder().encode(prompt).length + 64 })

const largestArea = 4096 ** 2

/** The head of a picture, which holds its size. */
const headOf = (url: string): Uint8Array | undefined => {
  const start = /^data:/i.test(url) ? url.indexOf(",") + 1 : url.length
  return decodeBase64(url.slice(start, start + 256 * 1024))
}

/** An upper bound for the area of all references. Providers scale them to the picture's size or to their own. */
const referenceArea = (request: ImageGenerationRequest, picture: Size): Bounds => {
  const areas = (request.inputReferences ?? []).map(({ imageUrl }) => {
    const head = headOf(imageUrl.url)
    const dimensions = head === undefined ? undefined : readDimensions(head)
    return dimensions === undefined ? largestArea : Math.max(areaOf(dimensions), picture.area.max)
  })
  return { min: 0, max: areas.reduce((sum, area) => sum + area, 0) }
}

const ofReferences = (unit: string, request: ImageGenerationRequest, size: Size): Bounds => {
  const count = request.inputReferences?.length ?? 0
  if (unit === "image") return exactBounds(count)
  if (unit === "request") return exactBounds(Math.min(count, 1))
  if (unit === "megapixel") return divide(referenceArea(request, size), 1_000_000)
  return unit === "token" ? tokensOf(referenceArea(request, size)) : unknown
}

/** `n` is an upper bound: fewer pictures may come back. */
const ofPictures = (unit: string, request: ImageGenerationRequest, { area }: Size): Bounds => {
  const count = { min: 1, max: request.n ?? 1 }
  if (unit === "image") return count
  if (unit === "request") return exactBounds(1)
  if (unit === "megapixel") return divide(times(count, area), 1_000_000)
  return unit === "token" ? times(count, tokensOf(area)) : unknown
}

const mostFonts = 10

/** A provider that takes fonts gets them among the options that are passed on to it. */
const ofFonts = (request: ImageGenerationRequest, { providerSlug }: ImageEndpoint): Bounds => {
  const options = request.provider?.options?.[providerSlug] ?? {}
  return Object.keys(options).length > 0 ? { min: 0, max: mostFonts } : exactBounds(0)
}

export const quantityOf = (
  { billable, unit }: ImagePricingEntry,
  request: ImageGenerationRequest,
  endpoint: ImageEndpoint,
  size: Size
): Bounds => {
  switch (billable) {
    case "output_image":
      return ofPictures(unit, request, size)
    case "input_image":
    case "input_reference":
      return ofReferences(unit, request, size)
    case "input_text":
      return unit === "token" ? textTokens(request.prompt) : unit === "request" ? exactBounds(1) : unknown
    case "input_font":
      return ofFonts(request, endpoint)
    default:
      return unknown
  }
}
