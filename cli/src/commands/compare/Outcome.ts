/** What came of the request to one model. */
import * as Duration from "effect/Duration"
import { type Errors, type GeneratedImage, Quote } from "effect-openrouter-images"
import * as ExitCode from "../../failure/ExitCode.js"
import { costCommand } from "../../failure/Explanation.js"
import { type FailedRequest, NoPictureError } from "../../failure/Failure.js"
import type { Column } from "../../output/Table.js"
import { formatBytes, formatDuration } from "../../output/Text.js"

/** A picture and its file below the folder, unless it could not be saved. */
export interface Picture {
  readonly image: GeneratedImage.GeneratedImage
  readonly file: string | undefined
}

export interface Outcome {
  readonly model: string
  readonly pictures: ReadonlyArray<Picture>
  readonly took: Duration.Duration
  readonly provider: string | undefined
  readonly generationId: string | undefined
  /** In US dollars, where it is known. */
  readonly costUsd: number | undefined
  readonly billing: Errors.Billing
  readonly emulated: boolean
  /** Why it has not all of its pictures. */
  readonly failure: { readonly tag: string; readonly code: number; readonly message: string } | undefined
}

/** A failure that is no error: a valid answer without a picture. */
export const noPicture = (model: string): Outcome["failure"] => {
  const error = new NoPictureError({ model })
  return { tag: error._tag, code: ExitCode.of(error), message: "answered without a picture" }
}

/** `$0.04`, `$0.04 (emulated)`, `nothing`, `unknown, perhaps billed` */
export const costOf = ({ billing, costUsd, emulated, failure }: Outcome): string => {
  if (costUsd !== undefined) return `${Quote.formatUsd(costUsd)}${emulated ? " (emulated)" : ""}`
  if (emulated || billing === "notBilled") return "nothing"
  return failure !== undefined && billing === "unknown" ? "unknown, perhaps billed" : "unknown"
}

/** `1024 × 1024, png, 1.2 MB` */
export const sizeOf = ({ bytes, dimensions, mediaType }: GeneratedImage.GeneratedImage): string => {
  const pixels = dimensions === undefined ? "" : `${dimensions.width} × ${dimensions.height}, `
  return `${pixels}${mediaType.replace(/^image\/|\+xml$/g, "")}, ${formatBytes(bytes.length)}`
}

/** Why a model has no pictures, in the words of its failure. */
export const failureText = ({ failure }: Outcome): string =>
  failure === undefined ? "" : `${failure.tag}: ${failure.message}`

const delivered = (outcome: Outcome): string =>
  [
    ...outcome.pictures.map(({ image }) => sizeOf(image)),
    ...(outcome.failure === undefined ? [] : [failureText(outcome)])
  ].join("; ")

export const columns: ReadonlyArray<Column<Outcome>> = [
  { title: "MODEL", cell: ({ model }) => model },
  { title: "PROVIDER", cell: ({ provider }) => provider ?? "-" },
  { title: "COST", cell: costOf },
  { title: "TIME", cell: ({ took }) => formatDuration(took) },
  { title: "DELIVERED", cell: delivered }
]

/** The line that asks what a failure cost, where nobody knows. */
export const askLine = ({ billing, emulated, failure, generationId }: Outcome): ReadonlyArray<string> =>
  failure === undefined || billing !== "unknown" || emulated || generationId === undefined
    ? []
    : [costCommand(generationId)]

export const failedOf = ({ billing, emulated, failure }: Outcome): ReadonlyArray<FailedRequest> =>
  failure === undefined ? [] : [{ tag: failure.tag, code: failure.code, billing: emulated ? "notBilled" : billing }]

/** For programs; what is not known is left out. */
export const document = (outcome: Outcome): object => {
  const { billing, costUsd, emulated, failure, generationId, model, pictures, provider, took } = outcome
  return {
    ...{ model, result: failure?.tag ?? "ok", message: failure?.message, provider, costUsd, billing, generationId },
    ...{ emulated, seconds: Duration.toSeconds(took) },
    pictures: pictures.map(({ file, image }) => ({
      ...{ file, mediaType: image.mediaType, ...image.dimensions, bytes: image.bytes.length }
    }))
  }
}
