/** A stream of a generation whose finished pictures and end are heard of. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import type { GenerateStreamError } from "../../Errors.js"
import type { Completed, ImageStreamEvent } from "../../Schema/ImageStreamEvent.js"
import { afterwards } from "./bestEffort.js"

interface Listener {
  readonly completed: (event: Completed) => void
  /** Not called where the consumer takes no more, or is interrupted. */
  readonly ended: (exit: Exit.Exit<void, GenerateStreamError>) => void
}

export const watched = (
  events: Stream.Stream<ImageStreamEvent, GenerateStreamError>,
  { completed, ended }: Listener
): Stream.Stream<ImageStreamEvent, GenerateStreamError> =>
  events.pipe(
    Stream.tap((event) => (event._tag === "Completed" ? told(() => completed(event)) : Effect.void)),
    Stream.tapErrorCause((cause) => told(() => ended(Exit.failCause(cause)))),
    Stream.concat(Stream.execute(told(() => ended(Exit.void))))
  )

const told = (listener: () => void): Effect.Effect<void> =>
  afterwards("A layer is not told what came of a stream", () => Effect.sync(listener))
