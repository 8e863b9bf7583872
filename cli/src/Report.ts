/** What is said about a generation. */
import type * as Duration from "effect/Duration"
import type { GeneratedImage, ImagesSchema } from "effect-openrouter-images"
import { block, byteSize, dollars, printable, timeTaken } from "./Text.js"

/** `picture     image/png, 2048 x 2048 pixels, 1.2 MB`, numbered where there are several. */
export const picture = (image: GeneratedImage.GeneratedImage, index: number, count: number): string => {
  const { bytes, dimensions, mediaType } = image
  const pixels = dimensions === undefined ? "unknown size" : `${dimensions.width} x ${dimensions.height} pixels`
  const label = count === 1 ? "picture" : `picture ${index + 1}`
  return block([[label, `${printable(mediaType)}, ${pixels}, ${byteSize(bytes.length)}`]])
}

/** What a generation was. */
export interface Summary {
  readonly response: ImagesSchema.ImageGenerationResponse
  readonly model: string
  /** How many pictures were asked for. */
  readonly asked: number
  readonly took: Duration.Duration
  readonly emulated: boolean
}

const cost = ({ emulated, response }: Summary): string => {
  const amount = response.usage?.cost
  if (amount === undefined) return "unknown"
  return emulated ? `${dollars(amount)} (emulated: nothing is billed)` : dollars(amount)
}

/** The lines below the pictures. */
export const summary = (report: Summary): string => {
  const { asked, model, response, took } = report
  const arrived = response.data.length
  const fewer: ReadonlyArray<readonly [string, string]> =
    arrived < asked ? [["pictures", `${arrived} of the ${asked} that were asked for`]] : []
  return block([
    ...fewer,
    ["cost", cost(report)],
    ["model", printable(model)],
    ["time", timeTaken(took)],
    ["generation", printable(response.generationId ?? "unknown")]
  ])
}
