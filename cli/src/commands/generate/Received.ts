/** What a streamed generation has delivered, also when it fails. */
import type * as Duration from "effect/Duration"
import { Errors, type GeneratedImage, ImagesSchema } from "effect-openrouter-images"
import { formatBytes, formatDuration } from "../../output/Text.js"

/** What a stream has delivered so far. */
export interface Received {
  readonly completed: ReadonlyArray<ImagesSchema.Completed>
  /** The last preview since the last finished picture. */
  readonly preview?: ImagesSchema.PartialImage
  /** How long the markup of an SVG is. */
  readonly markup: number
  /** Whether anything could be seen before the first finished picture. */
  readonly isGradual: boolean
}

export const empty: Received = { completed: [], markup: 0, isGradual: false }

/** What has been received, with one event more. */
export const add = (received: Received, event: ImagesSchema.ImageStreamEvent): Received => {
  switch (event._tag) {
    case "PartialImage":
      return { ...received, preview: event, isGradual: true }
    case "TextChunk":
      return event.phase === "content"
        ? { ...received, markup: received.markup + event.text.length, isGradual: true }
        : received
    case "Completed":
      return { completed: [...received.completed, event], markup: 0, isGradual: received.isGradual }
    default:
      return received
  }
}

/** `preview 2 after 3.1 s`: what came last, and when; undefined before anything has come. */
export const progress = ({ completed, markup, preview }: Received, at: Duration.Duration): string | undefined => {
  const time = formatDuration(at)
  if (preview !== undefined) return `preview ${preview.partialImageIndex + 1} after ${time}`
  if (markup > 0) return `${formatBytes(markup)} of markup after ${time}`
  return completed.length > 0 ? `picture ${completed.length} after ${time}` : undefined
}

/**
 * What a failed generation has delivered, as a response: the finished pictures, and `others` that its failure holds.
 * The cost is that of the finished ones, and unknown if there are others.
 */
export const responseOf = (
  { completed }: Received,
  others: ReadonlyArray<GeneratedImage.GeneratedImage>,
  failedId: string | undefined,
  now: number
): ImagesSchema.ImageGenerationResponse => {
  const last = completed.at(-1)
  const usage = others.length === 0 ? last?.usage : undefined
  const generationId = last?.generationId ?? failedId
  return {
    created: last?.created ?? now,
    data: [...completed.map(({ image }) => image), ...others],
    ...(usage === undefined ? {} : { usage }),
    ...(generationId === undefined ? {} : { generationId })
  }
}

/** Whether a finished picture came with the cost of the generation. */
export const isPriced = ({ completed }: Received): boolean =>
  ImagesSchema.totalCostUsd(completed.at(-1)?.usage) !== undefined

/** A failure after a picture that came with its cost was billed. */
export const markBilled = (error: Errors.GenerateStreamError): Errors.GenerateStreamError => {
  const billing = "billed"
  switch (error._tag) {
    case "ConnectionError":
      return new Errors.ConnectionError({ ...error, billing })
    case "RequestTimeoutError":
      return new Errors.RequestTimeoutError({ ...error, billing })
    case "ImageStreamError":
      return new Errors.ImageStreamError({ ...error, message: error.message, billing })
    default:
      return error
  }
}
