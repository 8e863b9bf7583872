/** A generation that is under way: what has arrived of it, and what its client is told meanwhile. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { type Errors, ImageStream, Images, type ImagesSchema } from "effect-openrouter-images"
import * as Received from "../../../cli/src/commands/generate/Received.js"
import * as UnderWay from "../../../cli/src/commands/generate/UnderWay.js"
import { formatDuration } from "../../../cli/src/output/Text.js"
import { Call } from "../protocol/Call.js"

export interface Sending {
  readonly received: Ref.Ref<Received.Received>
  readonly underWay: Ref.Ref<UnderWay.UnderWay>
}

export const make: Effect.Effect<Sending> = Effect.all({
  received: Ref.make(Received.empty),
  underWay: UnderWay.make
})

/**
 * Sends a request, to the response that `generate` would have given. It is streamed: its head names the generation at
 * once, and its previews and signs of life tell how far it is.
 */
export const send = (
  request: ImagesSchema.ImageGenerationRequest,
  { received, underWay }: Sending
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
    const options = UnderWay.follow(underWay, {
      onGenerationId: () => report(`${request.model} is drawing`),
      onKeepAlive: (elapsed) => report(`${request.model} is drawing: ${formatDuration(elapsed)}`)
    })
    return yield* Images.generateStream(request, options).pipe(Stream.tap(note), ImageStream.runFinal)
  })
