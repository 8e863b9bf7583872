/** The size of the picture that a request asks for: tiers, pixels, proportions. */

import { show } from "../../Issue.js"
import type { ImageGenerationRequest } from "../../Schema/ImageGenerationRequest.js"

export interface Pixels {
  readonly width: number
  readonly height: number
}

/** A size given in pixels: `2048x1024`. */
export const pixelsOf = (size: string | undefined): Pixels | undefined => {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(size ?? "") ?? []
  return width === undefined || height === undefined ? undefined : { width: Number(width), height: Number(height) }
}

/** The side of a tier's square picture: `2K` is 2048, `512` is 512. `undefined` for anything that is no tier. */
export const sideOf = (tier: string): number | undefined => {
  const [, number, thousands] = /^(\d{1,5}(?:\.\d{1,3})?)(K?)$/i.exec(tier) ?? []
  const side = Math.round(Number(number) * (thousands ? 1024 : 1))
  return side > 0 ? side : undefined
}

/** Width divided by height: `16:9` is 16/9. */
export const ratioOf = (aspectRatio: string): number | undefined => {
  const [, width, height] = /^(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)$/.exec(aspectRatio) ?? []
  const ratio = Number(width) / Number(height)
  return Number.isFinite(ratio) && ratio > 0 ? ratio : undefined
}

export const areaOf = ({ height, width }: Pixels): number => width * height

/** The tier that a request names, as `size` or as `resolution`. `auto` names none. */
export const tierOf = ({ resolution, size }: Pick<ImageGenerationRequest, "resolution" | "size">): string | undefined =>
  [size, resolution].find((tier) => tier !== undefined && tier !== "auto" && pixelsOf(tier) === undefined)

/**
 * The smallest tier that holds a picture, with each tier given by its side. A picture with up to a quarter more area
 * still fits.
 */
export const smallestHolding = (area: number, sides: ReadonlyArray<number>): number | undefined => {
  const rising = [...sides].sort((a, b) => a - b)
  return rising.find((side) => area <= side ** 2 * 1.25) ?? rising.at(-1)
}

/** No documented picture is smaller or larger. */
export const sides = { min: 16, max: 4096 } as const

/** Models round the sides to blocks, so pixels and a proportion need only nearly agree. */
const agree = (pixels: Pixels, aspectRatio: string): boolean => {
  const ratio = ratioOf(aspectRatio)
  return ratio === undefined || Math.abs(Math.log(pixels.width / pixels.height / ratio)) < 0.03
}

const fitsTier = (pixels: Pixels, tier: string): boolean => {
  const side = sideOf(tier)
  return side === undefined || Math.abs(areaOf(pixels) / side ** 2 - 1) <= 0.25
}

/** What is wrong with `size` in itself or with the request's other fields. */
export const sizeFault = ({ aspectRatio, resolution, size }: ImageGenerationRequest): string | undefined => {
  if (size === undefined || size === "auto") return undefined
  const tier = resolution === "auto" ? undefined : resolution
  const pixels = pixelsOf(size)
  if (pixels === undefined) {
    if (sideOf(size) === undefined)
      return `must be a tier such as "2K" or pixels such as "2048x2048", got ${show(size)}`
    return tier === undefined || sideOf(tier) === sideOf(size) ? undefined : `contradicts resolution ${show(tier)}`
  }
  if (Math.min(pixels.width, pixels.height) < sides.min || Math.max(pixels.width, pixels.height) > sides.max) {
    return `must be from ${sides.min}x${sides.min} to ${sides.max}x${sides.max}, got ${show(size)}`
  }
  if (aspectRatio !== undefined && !agree(pixels, aspectRatio)) return `contradicts aspectRatio ${show(aspectRatio)}`
  return tier === undefined || fitsTier(pixels, tier) ? undefined : `contradicts resolution ${show(tier)}`
}
