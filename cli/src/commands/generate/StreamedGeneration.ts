/** A streamed generation as somebody watches it: its previews are drawn, and what has come of it is kept however it ends. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { type Errors, type GeneratedImage, ImageStream, Images, type ImagesSchema } from "effect-openrouter-images"
import { byteSize, timeTaken } from "../../output/Text.js"
import * as Easel from "../../terminal/inline/Canvas.js"
import type { Screen } from "../../terminal/Screen.js"
import { spinning } from "../../terminal/Spinner.js"

/** What a stream has brought by now. */
export interface Seen {
  readonly completed: ReadonlyArray<ImagesSchema.Completed>
  /** The last one since the last finished picture. */
  readonly preview?: ImagesSchema.PartialImage
  /** How long the markup of an SVG is. */
  readonly markup: number
}

export const nothing: Seen = { completed: [], markup: 0 }

/** What there is when an event has come. */
export const add = (seen: Seen, event: ImagesSchema.ImageStreamEvent): Seen => {
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
  { completed }: Seen,
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
export const progress = ({ completed, markup, preview }: Seen, at: Duration.Duration): string | undefined => {
  const time = timeTaken(at)
  if (preview !== undefined) return `preview ${preview.partialImageIndex + 1}, ${time}`
  if (markup > 0) return `${byteSize(markup)} of markup, ${time}`
  return completed.length > 0 ? `picture ${completed.length}, ${time}` : undefined
}

/** What is done with each event, in its turn. */
const drawn = (easel: Easel.Easel) => (event: ImagesSchema.ImageStreamEvent) => {
  switch (event._tag) {
    case "PartialImage":
      return easel.show(event.image)
    case "Completed":
      return Effect.zipRight(easel.show(event.image), easel.next)
    default:
      return Effect.void
  }
}

/**
 * Runs a generation as a stream, to what `generate` would have given. `seen` is told first of each event. A terminal that is slower than the
 * previews gets the latest ones.
 */
export const stream = (
  request: ImagesSchema.ImageGenerationRequest,
  options: Images.RequestOptions,
  seen: Ref.Ref<Seen>
): Effect.Effect<ImagesSchema.ImageGenerationResponse, Errors.GenerateStreamError, Images.Images | Screen> =>
  Effect.gen(function* () {
    const easel = yield* Easel.make
    const start = yield* Clock.currentTimeMillis
    const working = `${request.model} is at work:`
    const label = yield* Ref.make(working)
    const noted = (event: ImagesSchema.ImageStreamEvent) =>
      Effect.gen(function* () {
        const now = yield* Ref.updateAndGet(seen, (before) => add(before, event))
        const words = progress(now, Duration.millis((yield* Clock.currentTimeMillis) - start))
        if (words !== undefined) yield* Ref.set(label, `${words}; ${working}`)
      })
    return yield* Images.generateStream(request, options).pipe(
      Stream.tap(noted),
      ImageStream.conflate,
      Stream.tap(drawn(easel)),
      ImageStream.runFinal,
      spinning(Ref.get(label))
    )
  })
