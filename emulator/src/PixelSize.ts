/** How large the picture is that a request asks for. */
import type { ImagesSchema } from "effect-openrouter-images"

export interface PixelSize {
  readonly width: number
  readonly height: number
}

/** The side of a square picture of a tier: `2K` is 2048, a bare number is pixels. */
const sideOf = (tier: string): number => {
  const thousands = /^([\d.]+)K$/i.exec(tier)?.[1]
  return Math.round(thousands === undefined ? Number(tier) : Number(thousands) * 1024)
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

/** A picture of the tier's area in the asked proportion. */
export const tierPixels = (tier: string, aspectRatio: string): PixelSize => {
  const side = sideOf(tier) || 1024
  const stretch = Math.sqrt(ratioOf(aspectRatio))
  return { width: block(side * stretch), height: block(side / stretch) }
}

export const pixelSize = (request: ImagesSchema.ImageGenerationRequest): PixelSize =>
  explicitPixels(request.size) ?? tierPixels(request.size ?? request.resolution ?? "1K", request.aspectRatio ?? "1:1")

/** Whether pixels and a proportion can be meant at once: sides are rounded to blocks, so a little difference is none. */
export const agree = (pixels: PixelSize, aspectRatio: string): boolean =>
  aspectRatio === "auto" || Math.abs(Math.log(pixels.width / pixels.height / ratioOf(aspectRatio))) < 0.03

/** Whether pixels lie within a tier: their area is the tier's, give or take a quarter. */
export const within = (pixels: PixelSize, tier: string): boolean => {
  const area = sideOf(tier) ** 2
  return Math.abs(pixels.width * pixels.height - area) <= area / 4
}
