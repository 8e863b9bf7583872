/** Compares a picture with the request that it was made for. Only what is sure counts. */
import type { AskedPicture, Deviation, Difference, Dimensions, GeneratedImage } from "../../GeneratedImage.js"
import { pixelsOf, ratioOf, sideOf, tierOf } from "../endpoint/size.js"
import { present } from "../schema/present.js"
import { readAlpha } from "./alpha.js"
import { sniffMediaType } from "./sniff.js"

type Comparison = Difference | undefined

const compare = (asked: string, delivered: string, agree: boolean): Comparison =>
  agree ? undefined : { asked, delivered }

const show = ({ height, width }: Dimensions): string => `${width}x${height}`

const comparePixels = (size: string | undefined, delivered: Dimensions): Comparison => {
  const pixels = pixelsOf(size)
  if (size === undefined || pixels === undefined) return undefined
  return compare(size, show(delivered), pixels.width === delivered.width && pixels.height === delivered.height)
}

/**
 * Providers read a tier as the side of a square, as the longest side or as the shortest one, and miss it by a few
 * percent.
 */
const compareTier = (tier: string | undefined, delivered: Dimensions): Comparison => {
  const side = tier === undefined ? undefined : sideOf(tier)
  if (tier === undefined || side === undefined) return undefined
  const [shortest, longest] = [Math.min(delivered.width, delivered.height), Math.max(delivered.width, delivered.height)]
  return compare(tier, show(delivered), longest >= side * 0.9 && shortest <= side * 1.1)
}

/** Three percent, or what rounding both sides to multiples of 32 pixels may change. */
const ratioTolerance = ({ height, width }: Dimensions): number => Math.max(0.03, 16 / width + 16 / height)

const compareRatio = (aspectRatio: string | undefined, delivered: Dimensions): Comparison => {
  const ratio = ratioOf(aspectRatio ?? "")
  if (aspectRatio === undefined || ratio === undefined) return undefined
  const distance = Math.abs(Math.log(delivered.width / delivered.height / ratio))
  return compare(aspectRatio, show(delivered), distance <= ratioTolerance(delivered))
}

/** The API's formats by the media types that bytes show. */
const formats: ReadonlyMap<string | undefined, string> = new Map([
  ["image/png", "png"],
  ["image/jpeg", "jpeg"],
  ["image/webp", "webp"],
  ["image/svg+xml", "svg"]
])

const compareFormat = (outputFormat: string | undefined, delivered: string | undefined): Comparison =>
  outputFormat === undefined || delivered === undefined || ![...formats.values()].includes(outputFormat)
    ? undefined
    : compare(outputFormat, delivered, outputFormat === delivered)

const sizeDeviation = (asked: AskedPicture, format: string | undefined, delivered: Dimensions): Deviation => {
  const aspectRatio = compareRatio(asked.aspectRatio, delivered)
  // A vector picture has proportions, but no pixels
  if (format === "svg") return present({ aspectRatio })
  const tier = compareTier(tierOf(asked), delivered)
  const ofSize = tier?.asked === asked.size
  return present({
    size: ofSize ? tier : comparePixels(asked.size, delivered),
    resolution: ofSize ? undefined : tier,
    aspectRatio
  })
}

export const deviation = ({ bytes, dimensions }: GeneratedImage, asked: AskedPicture): Deviation | undefined => {
  const mediaType = sniffMediaType(bytes)
  const format = formats.get(mediaType)
  const isOpaque = asked.background === "transparent" && readAlpha(bytes) === false
  const found: Deviation = {
    ...(dimensions === undefined ? {} : sizeDeviation(asked, format, dimensions)),
    ...present({
      outputFormat: compareFormat(asked.outputFormat, format ?? mediaType?.replace(/^image\//, "")),
      background: isOpaque ? { asked: "transparent", delivered: "opaque" } : undefined
    })
  }
  return Object.keys(found).length === 0 ? undefined : found
}

export const formatDeviation = (found: Deviation): string => {
  const differences: ReadonlyArray<Difference> = Object.values(found)
  const words = (values: ReadonlyArray<string>): string => [...new Set(values)].join(" ")
  const asked = words(differences.map(({ asked }) => asked))
  return `asked ${asked}, got ${words(differences.map(({ delivered }) => delivered))}`
}
