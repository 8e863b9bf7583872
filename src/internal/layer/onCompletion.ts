/** A generation's stream that reports its finished pictures and its end. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import type { GenerateStreamError } from "../../Errors.js"
import type { Completed, ImageStreamEvent } from "../../Schema/ImageStreamEvent.js"
import { bestEffort } from "./bestEffort.js"

interface Listener {
  readonly onCompleted: (event: Completed) => void
  /** Not called when the consumer stops early or is interrupted. */
  readonly onEnd: (exit: Exit.Exit<void, GenerateStreamError>) => void
}

export const onCompletion = (
  events: Stream.Stream<ImageStreamEvent, GenerateStreamError>,
  { onCompleted, onEnd }: Listener
): Stream.Stream<ImageStreamEvent, GenerateStreamError> =>
  events.pipe(
    Stream.tap((event) => (event._tag === "Completed" ? notify(() => onCompleted(event)) : Effect.void)),
    Stream.tapErrorCause((cause) => notify(() => onEnd(Exit.failCause(cause)))),
    Stream.concat(Stream.execute(notify(() => onEnd(Exit.void))))
  )

const notify = (listener: () => void): Effect.Effect<void> =>
  bestEffort("A layer is not told what came of a stream", () => Effect.sync(listener))
