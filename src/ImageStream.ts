/**
 * What is done with the events of a streamed generation: combinators for the streams that `Images.generateStream` gives.
 *
 * @since 0.1.0
 */
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { RequestOptions } from "./Client.js"
import * as Errors from "./Errors.js"
import type { GeneratedImage } from "./GeneratedImage.js"
import { responseOf } from "./internal/response/completedEvents.js"
import type { ImageGenerationResponse } from "./Schema/ImageGenerationResponse.js"
import type { Completed, ImageStreamEvent } from "./Schema/ImageStreamEvent.js"

/**
 * What there is to show of a generation at a moment.
 *
 * @since 0.1.0
 * @category models
 */
export interface View {
  /** The latest picture: a preview, or once there is one a finished picture. */
  readonly image?: GeneratedImage
  /** The markup of an SVG as far as it has come. */
  readonly markup: string
  /** The finished pictures, in their order. */
  readonly completed: ReadonlyArray<Completed>
}

const nothing: View = { markup: "", completed: [] }

const add = (view: View, event: ImageStreamEvent): View => {
  switch (event._tag) {
    case "PartialImage":
      return { ...view, image: event.image }
    case "TextChunk":
      return event.phase === "content" ? { ...view, markup: view.markup + event.text } : view
    case "Completed":
      return { ...view, image: event.image, completed: [...view.completed, event] }
    default:
      return view
  }
}

/**
 * What there is to show, anew after each event that changes it: for a page or a terminal that shows the picture as it comes. The last view
 * holds everything that was paid for.
 *
 * @since 0.1.0
 * @category combinators
 * @example
 * ```ts
 * import { Console, Effect, Stream } from "effect"
 * import { Images, ImageStream } from "effect-openrouter-images"
 *
 * const watched = Images.generateStream({ model: "openai/gpt-image-1", prompt: "a lighthouse at dusk" }).pipe(
 *   ImageStream.conflate,
 *   ImageStream.views,
 *   Stream.runForEach(({ completed, image }) => Console.log(image?.dimensions, completed.length > 0 ? "finished" : "preview"))
 * )
 * ```
 */
export const views = <E, R>(self: Stream.Stream<ImageStreamEvent, E, R>): Stream.Stream<View, E, R> =>
  self.pipe(
    Stream.scan(nothing, add),
    Stream.changesWith((one, other) => one === other),
    Stream.drop(1)
  )

/**
 * Runs the stream to its end and gives what `generate` would have given. Nothing but the finished pictures is kept on the way.
 *
 * Fails as the stream does, and with IncompleteStreamError when it had no finished picture, which a stream of `generateStream` reports by
 * itself.
 *
 * @since 0.1.0
 * @category running
 * @example
 * ```ts
 * import { Console, Effect, Stream } from "effect"
 * import { Images, ImageStream } from "effect-openrouter-images"
 *
 * const program = Effect.gen(function* () {
 *   const response = yield* Images.generateStream({ model: "openai/gpt-image-1", prompt: "a lighthouse at dusk" }).pipe(
 *     Stream.tap((event) => Console.log(event._tag)),
 *     ImageStream.runFinal
 *   )
 *   return response.usage?.cost
 * })
 * ```
 */
export const runFinal = <E, R>(
  self: Stream.Stream<ImageStreamEvent, E, R>
): Effect.Effect<ImageGenerationResponse, E | Errors.IncompleteStreamError, R> =>
  Stream.runFold(self, nothing, (view, event) => (event._tag === "Completed" ? add(view, event) : view)).pipe(
    Effect.flatMap(({ completed }) =>
      Arr.isNonEmptyReadonlyArray(completed)
        ? Effect.succeed(responseOf(completed))
        : Effect.fail(new Errors.IncompleteStreamError({ operation: "generateStream" }))
    )
  )

/** A newer picture takes the place of a preview that nobody has seen. */
const replacePreview = (
  waiting: ReadonlyArray<ImageStreamEvent>,
  event: ImageStreamEvent
): ReadonlyArray<ImageStreamEvent> =>
  event._tag === "PartialImage" || event._tag === "Completed"
    ? [...waiting.filter(({ _tag }) => _tag !== "PartialImage"), event]
    : [...waiting, event]

/**
 * For a consumer that is slower than the previews: it always gets the newest one, and never waits in a queue of old ones. Every other
 * event comes whole and in order.
 *
 * The stream is then read as fast as it comes, whatever the consumer does; one preview at most waits in memory.
 *
 * @since 0.1.0
 * @category combinators
 * @example
 * ```ts
 * import { Console, Effect, Stream } from "effect"
 * import { Images, ImageStream } from "effect-openrouter-images"
 *
 * const slowly = Images.generateStream({ model: "openai/gpt-image-1", prompt: "a lighthouse at dusk" }).pipe(
 *   ImageStream.conflate,
 *   Stream.runForEach((event) => Effect.delay(Console.log(event._tag), "1 second"))
 * )
 * ```
 */
export const conflate = <E, R>(self: Stream.Stream<ImageStreamEvent, E, R>): Stream.Stream<ImageStreamEvent, E, R> =>
  Stream.unwrapScoped(
    Effect.gen(function* () {
      const news = yield* Effect.makeLatch()
      let waiting: ReadonlyArray<ImageStreamEvent> = []
      let ended: Exit.Exit<void, E> | undefined
      yield* Stream.runForEach(self, (event) => {
        waiting = replacePreview(waiting, event)
        return news.open
      }).pipe(
        Effect.onExit((exit) => {
          ended = exit
          return news.open
        }),
        Effect.forkScoped
      )
      // Taking and closing is one step, so that no news can come in between and be missed.
      const take = Effect.suspend((): Effect.Effect<Chunk.Chunk<ImageStreamEvent>, Option.Option<E>> => {
        const events = Chunk.fromIterable(waiting)
        waiting = []
        if (ended === undefined) news.unsafeClose()
        if (Chunk.isNonEmpty(events)) return Effect.succeed(events)
        return ended !== undefined && Exit.isFailure(ended)
          ? Effect.failCause(Cause.map(ended.cause, Option.some))
          : Effect.fail(Option.none())
      })
      return Stream.repeatEffectChunkOption(Effect.zipRight(news.await, take))
    })
  )

/**
 * A sign of life from the server while it draws.
 *
 * @since 0.1.0
 * @category models
 */
export interface Progress {
  readonly _tag: "Progress"
  /** Since the call began, all of its attempts included. */
  readonly elapsed: Duration.Duration
}

/**
 * The events of a generation, and between them a `Progress` for each keep-alive of the server. Of several that nobody has taken yet, only the
 * latest is given.
 *
 * @since 0.1.0
 * @category combinators
 * @example
 * ```ts
 * import { Console, Duration, Stream } from "effect"
 * import { Images, ImageStream } from "effect-openrouter-images"
 *
 * const watched = ImageStream.withProgress((options) =>
 *   Images.generateStream({ model: "openai/gpt-image-1", prompt: "a lighthouse at dusk" }, options)
 * ).pipe(
 *   Stream.runForEach((event) =>
 *     event._tag === "Progress" ? Console.log(`at work: ${Duration.format(event.elapsed)}`) : Console.log(event._tag)
 *   )
 * )
 * ```
 */
export const withProgress = <E, R>(
  open: (options: Pick<RequestOptions, "onKeepAlive">) => Stream.Stream<ImageStreamEvent, E, R>
): Stream.Stream<ImageStreamEvent | Progress, E, R> =>
  Stream.unwrap(
    Effect.map(Queue.sliding<Progress>(1), (signs) =>
      Stream.merge(
        open({ onKeepAlive: (elapsed) => Queue.offer(signs, { _tag: "Progress", elapsed }) }),
        Stream.fromQueue(signs),
        { haltStrategy: "left" }
      )
    )
  )
