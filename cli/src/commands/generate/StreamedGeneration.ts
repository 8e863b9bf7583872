/** A streamed generation as somebody watches it: its previews are drawn, and what has come of it is kept however it ends. */
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

/** What a stream has brought by now. */
export interface Received {
  readonly completed: ReadonlyArray<ImagesSchema.Completed>
  /** The last one since the last finished picture. */
  readonly preview?: ImagesSchema.PartialImage
  /** How long the markup of an SVG is. */
  readonly markup: number
}

export const empty: Received = { completed: [], markup: 0 }

/** What there is when an event has come. */
export const add = (seen: Received, event: ImagesSchema.ImageStreamEvent): Received => {
  switch (event._tag) {
    case "PartialImage":
      return { ...seen, preview: event }
    case "TextChunk":
      return event.phase === "content" ? { ...seen, markup: seen.markup + event.text.length } : seen
    case "Completed":
      return { completed: [...seen.completed, event], markup: 0 }
    default:
      return seen
  }
}

/**
 * What a generation that did not end well has brought, as a response: the finished pictures, and `others` that its failure holds. The price is
 * that of the finished ones, and not known where there are others.
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

/** `preview 2, 3.1 s`: what came last, and when; nothing before anything has come. */
export const progress = ({ completed, markup, preview }: Received, at: Duration.Duration): string | undefined => {
  const time = formatDuration(at)
  if (preview !== undefined) return `preview ${preview.partialImageIndex + 1}, ${time}`
  if (markup > 0) return `${formatBytes(markup)} of markup, ${time}`
  return completed.length > 0 ? `picture ${completed.length}, ${time}` : undefined
}

/** What is done with each event, in its turn. */
const draw = (easel: Canvas.Canvas) => (event: ImagesSchema.ImageStreamEvent) => {
  switch (event._tag) {
    case "PartialImage":
      return easel.draw(event.image)
    case "Completed":
      return Effect.zipRight(easel.draw(event.image), easel.keep)
    default:
      return Effect.void
  }
}

/**
 * Runs a generation as a stream, to what `generate` would have given. `seen` is told first of each event. A terminal that is slower than the
 * previews gets the latest ones.
 */
export const run = (
  request: ImagesSchema.ImageGenerationRequest,
  options: Images.RequestOptions,
  seen: Ref.Ref<Received>
): Effect.Effect<ImagesSchema.ImageGenerationResponse, Errors.GenerateStreamError, Images.Images | Screen> =>
  Effect.gen(function* () {
    const easel = yield* Canvas.make
    const start = yield* Clock.currentTimeMillis
    const working = `${request.model} is at work:`
    const label = yield* Ref.make(working)
    const note = (event: ImagesSchema.ImageStreamEvent) =>
      Effect.gen(function* () {
        const now = yield* Ref.updateAndGet(seen, (before) => add(before, event))
        const words = progress(now, Duration.millis((yield* Clock.currentTimeMillis) - start))
        if (words !== undefined) yield* Ref.set(label, `${words}; ${working}`)
      })
    return yield* Images.generateStream(request, options).pipe(
      Stream.tap(note),
      ImageStream.conflate,
      Stream.tap(draw(easel)),
      ImageStream.runFinal,
      withSpinner(Ref.get(label))
    )
  })
