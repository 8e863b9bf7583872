/** A streamed generation: draws its previews, and keeps what has arrived however it ends. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { type Errors, ImageStream, Images, type ImagesSchema } from "effect-openrouter-images"
import * as Canvas from "../../terminal/inline/Canvas.js"
import type { Screen } from "../../terminal/Screen.js"
import { withSpinner } from "../../terminal/Spinner.js"
import { add, progress, type Received } from "./Received.js"
import type { Waiting } from "./Waiting.js"

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
