// A streamed generation as server-sent events, for an EventSource in a page. What answers with it (HttpApi, Hono, a worker) is another matter.
import { Stream } from "effect"
import { GeneratedImage, ImageStream, Images, type ImagesSchema } from "effect-openrouter-images"

/** Proxies must neither keep it nor wait for its end. */
export const headers = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  "x-accel-buffering": "no"
} as const

/**
 * An EventSource whose connection broke comes again by itself, with the id of the last event that it saw. That would be another generation,
 * and paid for: so each stream begins with an id, and who comes with one is sent away with a 204, which ends its trying.
 */
export const isReconnect = (lastEventId: string | null | undefined): boolean => Boolean(lastEventId)
const started = "id: started\n\n"

const message = (event: string, data: string): string => `event: ${event}\ndata: ${data}\n\n`

const render = (event: ImagesSchema.ImageStreamEvent | ImageStream.Progress): string => {
  switch (event._tag) {
    case "PartialImage":
      return message("preview", GeneratedImage.toDataUrl(event.image))
    case "Completed":
      return message("picture", GeneratedImage.toDataUrl(event.image))
    case "Progress":
      // A comment: nothing to the page, but a sign of life to the proxies between.
      return ": at work\n\n"
    default:
      return ""
  }
}

/**
 * The events of a generation: `preview`s, then `picture`, or `failed` with what it cost. A browser that is slow gets the newest preview, not
 * all of them. Whoever interrupts the stream closes the socket to OpenRouter.
 */
export const previewEvents = (
  request: ImagesSchema.ImageGenerationRequest
): Stream.Stream<Uint8Array, never, Images.Images> =>
  ImageStream.withProgress((options) => ImageStream.conflate(Images.generateStream(request, options))).pipe(
    Stream.map(render),
    // The status is long sent, so a failure is an event too.
    Stream.catchAll(({ _tag, billing, message: text }) =>
      Stream.make(message("failed", JSON.stringify({ error: _tag, message: text, billing })))
    ),
    (events) => Stream.concat(Stream.make(started), events),
    Stream.encodeText
  )
