/**
 * Combinators for the event streams that `Images.generateStream` returns.
 *
 * @since 0.1.0
 */
import * as Arr from "effect/Array"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { RequestOptions } from "./Client.js"
import * as Errors from "./Errors.js"
import type { GeneratedImage } from "./GeneratedImage.js"
import { type Pull, toStream } from "./internal/concurrency/streams.js"
import { responseOf } from "./internal/response/completedEvents.js"
import type { ImageGenerationResponse } from "./Schema/ImageGenerationResponse.js"
import type { Completed, ImageStreamEvent } from "./Schema/ImageStreamEvent.js"

/**
 * What you can show of a generation at one moment.
 *
 * @since 0.1.0
 * @category models
 */
export interface View {
  /** The latest picture: a preview, or a finished picture once there is one. */
  readonly image?: GeneratedImage
  /** The markup of an SVG, as far as it has arrived. */
  readonly markup: string
  /** The finished pictures, in order. */
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
 * What you can show, updated after each event that changes it. Use it for a page or a terminal that shows the picture
 * as it comes. The last view holds everything that was paid for.
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
 * Runs the stream to its end and returns what `generate` would have returned. It keeps only the finished pictures on
 * the way.
 *
 * Fails as the stream does. Also fails with IncompleteStreamError when there was no finished picture; a stream of
 * `generateStream` reports that itself.
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

/** A newer picture replaces a preview that the consumer has not taken. */
const replacePreview = (
  waiting: ReadonlyArray<ImageStreamEvent>,
  event: ImageStreamEvent
): ReadonlyArray<ImageStreamEvent> =>
  event._tag === "PartialImage" || event._tag === "Completed"
    ? [...waiting.filter(({ _tag }) => _tag !== "PartialImage"), event]
    : [...waiting, event]

/**
 * Keeps only the newest preview for a consumer that is slower than the previews, so that it never works through old
 * ones. All other events come complete and in order.
 *
 * The stream is read as fast as it comes, without back-pressure. At most one preview waits in memory.
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
      // Taking and closing happen in one step, so that no event can arrive in between and be missed.
      const take = Effect.suspend((): Pull<ImageStreamEvent, E> => {
        const events = waiting
        waiting = []
        if (ended === undefined) news.unsafeClose()
        if (events.length > 0 || ended === undefined) return Effect.succeed(events)
        return Effect.zipRight(Effect.mapError(ended, Option.some), Effect.fail(Option.none()))
      })
      return toStream(Effect.zipRight(news.await, take))
    })
  )

/**
 * A keep-alive that the server sent while it draws.
 *
 * @since 0.1.0
 * @category models
 */
export interface Progress {
  readonly _tag: "Progress"
  /** Time since the call began, including all of its attempts. */
  readonly elapsed: Duration.Duration
}

/**
 * The events of a generation, with a `Progress` between them for each keep-alive of the server. When several are
 * waiting, you get only the latest.
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
