/** A generation that is under way: what has arrived of it, and what its client is told meanwhile. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { type Errors, ImageStream, Images, type ImagesSchema } from "effect-openrouter-images"
import * as Received from "../../../cli/src/commands/generate/Received.js"
import { formatDuration } from "../../../cli/src/output/Text.js"
import { Call } from "../protocol/Call.js"

export interface Sending {
  readonly received: Ref.Ref<Received.Received>
  /** The generation of the attempt under way, as soon as the head of its answer names it. */
  readonly generationId: Ref.Ref<string | undefined>
}

export const make: Effect.Effect<Sending> = Effect.all({
  received: Ref.make(Received.empty),
  generationId: Ref.make<string | undefined>(undefined)
})

/**
 * Sends a request, to the response that `generate` would have given. It is streamed: its head names the generation at
 * once, and its previews and signs of life tell how far it is.
 */
export const send = (
  request: ImagesSchema.ImageGenerationRequest,
  { generationId, received }: Sending
): Effect.Effect<ImagesSchema.ImageGenerationResponse, Errors.GenerateStreamError, Images.Images> =>
  Effect.gen(function* () {
    const { report } = yield* Call
    const start = yield* Clock.currentTimeMillis
    const note = (event: ImagesSchema.ImageStreamEvent) =>
      Effect.gen(function* () {
        const now = yield* Ref.updateAndGet(received, (before) => Received.add(before, event))
        const words = Received.progress(now, Duration.millis((yield* Clock.currentTimeMillis) - start))
        if (words !== undefined) yield* report(words)
      })
    yield* report(`asking ${request.model}`)
    return yield* Images.generateStream(request, {
      onAttempt: Ref.set(generationId, undefined),
      onGenerationId: (id) => Effect.zipRight(Ref.set(generationId, id), report(`${request.model} is drawing`)),
      onKeepAlive: (elapsed) => report(`${request.model} is drawing: ${formatDuration(elapsed)}`)
    }).pipe(Stream.tap(note), ImageStream.runFinal)
  })
