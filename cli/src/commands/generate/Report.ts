/** What the command reports about a generation. */
import * as Duration from "effect/Duration"
import { GeneratedImage, ImagesSchema } from "effect-openrouter-images"
import { costCommand } from "../../failure/Explanation.js"
import * as Cost from "../../output/Cost.js"
import type { Saved } from "../../output/Save.js"
import { block, formatBytes, formatDuration, sanitize } from "../../output/Text.js"

/** `picture     image/png, 2048 x 2048 pixels, 1.2 MB`, numbered where there are several. */
export const picture = (image: GeneratedImage.GeneratedImage, index: number, count: number): string => {
  const { bytes, dimensions, mediaType } = image
  const pixels = dimensions === undefined ? "unknown size" : `${dimensions.width} x ${dimensions.height} pixels`
  const label = count === 1 ? "picture" : `picture ${index + 1}`
  return block([[label, `${sanitize(mediaType)}, ${pixels}, ${formatBytes(bytes.length)}`]])
}

/** `warning     asked 1024x1024, got 1024x768`, where a picture is not what was asked for. */
export const deviation = (
  image: GeneratedImage.GeneratedImage,
  request: ImagesSchema.ImageGenerationRequest
): string | undefined => {
  const found = GeneratedImage.deviation(image, request)
  return found === undefined ? undefined : block([["warning", GeneratedImage.formatDeviation(found)]])
}

/** `the file`, or `2 of the 4 files` */
const ofThe = (count: number, of: number, what: string): string =>
  of === 1 ? `the ${what}` : `${count} of the ${of} ${what}s`

/** Says which pictures do not carry their provenance themselves, if there are any. */
export const provenance = (saved: ReadonlyArray<Pick<Saved, "provenance">>): string | undefined => {
  const count = (where: Saved["provenance"]) => saved.filter(({ provenance }) => provenance === where).length
  const [beside, nowhere] = [count("beside"), count("nowhere")]
  const lines: ReadonlyArray<readonly [string, string]> = [
    ...(beside === 0
      ? []
      : [
          [
            "provenance",
            `beside ${ofThe(beside, saved.length, "picture")}, in a file that ends in .xmp: keep both`
          ] as const
        ]),
    ...(nowhere === 0
      ? []
      : [["provenance", `not with ${ofThe(nowhere, saved.length, "picture")}: it could not be written`] as const])
  ]
  return lines.length === 0 ? undefined : block(lines)
}

/** The facts of a generation. */
export interface Summary {
  readonly response: ImagesSchema.ImageGenerationResponse
  readonly model: string
  /** How many pictures were asked for. */
  readonly asked: number
  readonly took: Duration.Duration
  readonly emulated: boolean
}

/** What a generation cost, in words. */
export const cost = ({ emulated, response }: Pick<Summary, "emulated" | "response">): string => {
  const amount = ImagesSchema.totalCostUsd(response.usage)
  if (amount === undefined) return "unknown"
  return Cost.format(amount, emulated)
}

/** The line that asks for a cost that the answer does not say. */
const askLine = ({ emulated, response }: Summary): ReadonlyArray<string> =>
  ImagesSchema.totalCostUsd(response.usage) !== undefined || response.generationId === undefined || emulated
    ? []
    : [costCommand(response.generationId)]

/** The lines below the pictures. */
export const summary = (report: Summary): string => {
  const { asked, model, response, took } = report
  const arrived = response.data.length
  const fewer: ReadonlyArray<readonly [string, string]> =
    arrived < asked ? [["pictures", `${arrived} of the ${asked} that were asked for`]] : []
  const ask = askLine(report)
  const lines = block([
    ...fewer,
    ["cost", `${cost(report)}${ask.length > 0 ? "; the line below asks for it" : ""}`],
    ["model", sanitize(model)],
    ["time", formatDuration(took)],
    ["generation", sanitize(response.generationId ?? "unknown")]
  ])
  return [lines, ...ask].join("\n")
}

/** What is known of a failed generation, if anything; an id that its failure names is not repeated. */
export const partialSummary = (
  report: Pick<Summary, "emulated" | "response">,
  failedId: string | undefined
): string | undefined => {
  const { generationId, usage } = report.response
  const lines: ReadonlyArray<readonly [string, string]> = [
    ...(ImagesSchema.totalCostUsd(usage) === undefined ? [] : [["cost", cost(report)] as const]),
    ...(generationId === undefined || generationId === failedId
      ? []
      : [["generation", sanitize(generationId)] as const])
  ]
  return lines.length === 0 ? undefined : block(lines)
}

/** The same for programs, in the names of the library; what is not known is left out. */
export const document = (
  { emulated, response, took }: Summary,
  request: ImagesSchema.ImageGenerationRequest,
  files: ReadonlyArray<string>
) => ({
  ...{ result: "ok", files, model: response.fallback?.model ?? request.model, prompt: request.prompt },
  ...{
    created: response.created,
    costUsd: ImagesSchema.totalCostUsd(response.usage),
    generationId: response.generationId
  },
  pictures: response.data.map((image) => ({
    mediaType: image.mediaType,
    ...image.dimensions,
    bytes: image.bytes.length,
    deviation: GeneratedImage.deviation(image, request)
  })),
  ...{ usage: response.usage, seconds: Duration.toSeconds(took), emulated }
})

/** What a failed generation left, for programs; what is not known is left out. */
export const partialDocument = (
  { created, generationId, usage }: ImagesSchema.ImageGenerationResponse,
  { model }: ImagesSchema.ImageGenerationRequest,
  files: ReadonlyArray<string>,
  result: string
) => ({ result, files, model, created, costUsd: ImagesSchema.totalCostUsd(usage), generationId })
