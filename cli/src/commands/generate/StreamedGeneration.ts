/** A streamed generation: draws its previews, and keeps what has arrived however it ends. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { type Errors, type GeneratedImage, ImageStream, Images, type ImagesSchema } from "effect-openrouter-images"
import { formatBytes, formatDuration } from "../../output/Text.js"
import * as Canvas from "../../terminal/inline/Canvas.js"
import type { Screen } from "../../terminal/Screen.js"
import { withSpinner } from "../../terminal/Spinner.js"
import type { Waiting } from "./Waiting.js"

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

/** `preview 2 after 3.1 s`: what came last, and when; undefined before anything has come. */
export const progress = ({ completed, markup, preview }: Received, at: Duration.Duration): string | undefined => {
  const time = formatDuration(at)
  if (preview !== undefined) return `preview ${preview.partialImageIndex + 1} after ${time}`
  if (markup > 0) return `${formatBytes(markup)} of markup after ${time}`
  return completed.length > 0 ? `picture ${completed.length} after ${time}` : undefined
}

/** Draws an event's picture. */
const draw = (canvas: Canvas.Canvas) => (event: ImagesSchema.ImageStreamEvent) => {
  switch (event._tag) {
    case "PartialImage":
      return canvas.draw(event.image)
    case "Completed":
      return Effect.zipRight(canvas.draw(event.image), canvas.keep)
    default:
      return Effect.void
  }
}

/**
 * Runs a generation as a stream, to the response that `generate` would have given. `received` is updated first at each
 * event. A terminal that is slower than the previews gets only the latest ones.
 */
export const run = (
  request: ImagesSchema.ImageGenerationRequest,
  options: Images.RequestOptions,
  received: Ref.Ref<Received>,
  waiting: Pick<Waiting, "noteSign" | "words">
): Effect.Effect<ImagesSchema.ImageGenerationResponse, Errors.GenerateStreamError, Images.Images | Screen> =>
  Effect.gen(function* () {
    const canvas = yield* Canvas.make
    const start = yield* Clock.currentTimeMillis
    const seen = yield* Ref.make("")
    const note = (event: ImagesSchema.ImageStreamEvent) =>
      Effect.gen(function* () {
        const now = yield* Ref.updateAndGet(received, (before) => add(before, event))
        const words = progress(now, Duration.millis((yield* Clock.currentTimeMillis) - start))
        if (words !== undefined) yield* Ref.set(seen, `${words}; `)
        yield* waiting.noteSign
      })
    return yield* Images.generateStream(request, options).pipe(
      Stream.tap(note),
      ImageStream.conflate,
      Stream.tap(draw(canvas)),
      ImageStream.runFinal,
      withSpinner(Effect.zipWith(Ref.get(seen), waiting.words, (before, words) => before + words))
    )
  })
