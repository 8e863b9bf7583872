/** How large the picture is that a request asks for. */
import type { ImagesSchema } from "effect-openrouter-images"

type Request = ImagesSchema.ImageGenerationRequest

export interface PixelSize {
  readonly width: number
  readonly height: number
}

/** The side of a square picture of a tier, `2K` is 2048, a bare number is pixels; nothing for what is no tier. */
const sideOf = (tier: string): number | undefined => {
  const [, number, thousands] = /^(\d{1,5}(?:\.\d{1,3})?)(K?)$/.exec(tier) ?? []
  const side = Math.round(Number(number) * (thousands === "K" ? 1024 : 1))
  return side > 0 ? side : undefined
}

const ratioOf = (aspectRatio: string): number => {
  const [width, height] = aspectRatio.split(":").map(Number)
  return width !== undefined && height !== undefined && width > 0 && height > 0 ? width / height : 1
}

/** Pixels that were asked for as such. */
export const explicitPixels = (size: string | undefined): PixelSize | undefined => {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(size ?? "") ?? []
  return width === undefined || height === undefined ? undefined : { width: Number(width), height: Number(height) }
}

/** Models work in blocks of 8 pixels. */
const block = (length: number): number => Math.max(16, Math.round(length / 8) * 8)

const withoutAuto = (tier: string | undefined): string | undefined => (tier === "auto" ? undefined : tier)

/** The size of the picture: the pixels asked for, else the tier's area in the ratio asked for. The default is 1K. */
export const pixelSize = (request: Request): PixelSize => {
  const pixels = explicitPixels(request.size)
  if (pixels !== undefined) return pixels
  const side = sideOf(withoutAuto(request.size) ?? withoutAuto(request.resolution) ?? "1K") ?? 1024
  const stretch = Math.sqrt(ratioOf(request.aspectRatio ?? "1:1"))
  return { width: block(side * stretch), height: block(side / stretch) }
}

/** Whether pixels fit an aspect ratio. Sides are rounded to blocks, so a small difference does not count. */
const agree = (pixels: PixelSize, aspectRatio: string): boolean =>
  aspectRatio === "auto" || Math.abs(Math.log(pixels.width / pixels.height / ratioOf(aspectRatio))) < 0.03

const areaOf = ({ height, width }: PixelSize): number => width * height

/** Whether pixels lie within a tier: their area is the tier's, give or take a quarter. */
const isWithinTier = (pixels: PixelSize, tier: string): boolean => {
  const area = (sideOf(tier) ?? 1024) ** 2
  return Math.abs(areaOf(pixels) - area) <= area / 4
}

/** The smallest documented tier that a picture fits in, as price lists write it. */
export const tierOf = (pixels: PixelSize): string =>
  ["512", "1K", "2K"].find((tier) => areaOf(pixels) <= (sideOf(tier) ?? 0) ** 2 * 1.25)?.toLowerCase() ?? "4k"

const smallest = 16
const largest = { side: 4096, pixels: 4096 * 4096 } as const

/** What is wrong with a size, alone or with the request's other fields; nothing where it is right. */
export const sizeFault = (request: Request): string | undefined => {
  const { aspectRatio, size } = request
  const resolution = withoutAuto(request.resolution)
  const pixels = explicitPixels(size)
  if (size !== undefined && pixels === undefined) {
    if (size !== "auto" && sideOf(size) === undefined) {
      return `size must be a tier such as "2K" or pixels such as "2048x2048", got ${JSON.stringify(size.slice(0, 60))}`
    }
    const differs = size !== "auto" && resolution !== undefined && sideOf(size) !== sideOf(resolution)
    return differs ? `size ${size} contradicts resolution ${resolution}` : undefined
  }
  if (pixels === undefined) return undefined
  if (Math.min(pixels.width, pixels.height) < smallest || Math.max(pixels.width, pixels.height) > largest.side) {
    return `size must be from ${smallest}x${smallest} to ${largest.side}x${largest.side}, got ${size}`
  }
  if (aspectRatio !== undefined && !agree(pixels, aspectRatio)) {
    return `size ${size} contradicts aspect_ratio ${aspectRatio}`
  }
  return resolution === undefined || isWithinTier(pixels, resolution)
    ? undefined
    : `size ${size} contradicts resolution ${resolution}`
}

/** Whether a picture can be drawn: it has at most the area of 4K, apart from rounding to blocks. */
export const isDrawable = ({ height, width }: PixelSize): boolean =>
  width >= smallest && height >= smallest && width * height <= largest.pixels * 1.02 && Math.max(width, height) <= 16383
