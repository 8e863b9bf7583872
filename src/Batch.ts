/**
 * Runs any number of generations, a few at a time. Each has its own result, and you see the costs as they come.
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Errors from "./Errors.js"
import { Images, type RequestOptions, type Service } from "./Images.js"
import { positiveInteger } from "./Issue.js"
import { makeTracker as make, type Tracker } from "./internal/batch/tracker.js"
import { markCached } from "./internal/cache/markCached.js"
import { SingleFlight } from "./internal/concurrency/singleFlight.js"
import { isStream } from "./internal/concurrency/streams.js"
import { bestEffort, bestEffortOption } from "./internal/layer/bestEffort.js"
import { seededKey } from "./internal/request/key.js"
import { withStreamSpan } from "./internal/telemetry/span.js"
import * as Retry from "./Retry.js"
import type { ImageGenerationRequest } from "./Schema/ImageGenerationRequest.js"
import type { ImageGenerationResponse } from "./Schema/ImageGenerationResponse.js"

export type {
  /**
   * Holds the progress of a run. It follows one run at a time; another run starts it over.
   *
   * @since 0.1.0
   * @category models
   */
  Tracker
} from "./internal/batch/tracker.js"

/**
 * The progress of a run.
 *
 * @since 0.1.0
 * @category models
 */
export interface Progress {
  /** How many requests there are. Absent while only the end of the source can tell. */
  readonly total?: number
  /** How many requests have their pictures. */
  readonly done: number
  readonly failed: number
  readonly running: number
  /**
   * What the requests that are done have cost (`totalCostUsd`), in US dollars. One that does not report a cost adds
   * nothing.
   */
  readonly spentUsd: number
  /** Time since the run began. Once the run has ended, how long it took. */
  readonly elapsed: Duration.Duration
  /**
   * An estimate of the time that the rest will take at the present pace. Absent where `total` is, and until the first
   * request has ended.
   */
  readonly timeLeft?: Duration.Duration
}

/**
 * A request and its result.
 *
 * @since 0.1.0
 * @category models
 */
export interface Item {
  /** The position of the request, from 0. */
  readonly index: number
  readonly request: ImageGenerationRequest
  readonly result: Either.Either<ImageGenerationResponse, Errors.GenerateError>
}

/**
 * Options of a batch. All are optional.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The most generations at a time. Default: 4. */
  readonly concurrency?: number | undefined
  /**
   * Returns the items in the order of their requests. A slow request then holds up those after it. Default: false,
   * items come as they finish.
   */
  readonly ordered?: boolean | undefined
  /**
   * Equal requests with a seed that run at the same time share one generation. One item has its cost; the others are
   * `cached` and cost 0. Who asks (`user`, `sessionId`, `trace`) makes no difference. Default: false.
   */
  readonly singleFlight?: boolean | undefined
  /** Receives the progress of the run. */
  readonly tracker?: Tracker | undefined
  /** Options for each call. */
  readonly options?: RequestOptions | undefined
}

type Generate = (request: ImageGenerationRequest) => Effect.Effect<ImageGenerationResponse, Errors.GenerateError>

/** Joins an equal request that is already in flight, and waits for its answer. */
const shareGenerations = (images: Service, options: RequestOptions = {}): Generate => {
  const flights = new SingleFlight<ImageGenerationResponse, Errors.GenerateError>()
  return (request) =>
    Effect.flatMap(
      Effect.map(
        bestEffortOption("A generation is not shared", () => seededKey(request)),
        Option.flatten
      ),
      Option.match({
        onNone: () => images.generate(request, options),
        onSome: (key) =>
          Effect.map(
            flights.joinWith(options, key, (hooks) => images.generate(request, { ...options, ...hooks })),
            ({ first, value }) => (first ? value : markCached(value))
          )
      })
    )
}

/**
 * The calls of a run hold back each other's credits. A call that has to wait for credits waits longer than its own few
 * retries would.
 */
const waitForCredits =
  ({ generate }: Service): Service["generate"] =>
  (request, options) => {
    const own = options?.retry === undefined ? Retry.safe : Retry.fromOption(options.retry)
    const policy: Retry.Policy = {
      ...Retry.untilSettled,
      while: (error) => Retry.whenInFlight(error) && own.while(error)
    }
    return Effect.flatMap(Retry.toSchedule(policy), (schedule) => Effect.retry(generate(request, options), schedule))
  }

const defaultConcurrency = 4

/** Makes the function that turns each request into pictures. Its memory lasts for one run. */
const generateOf = (service: Service, options: Options, issues: ReadonlyArray<Errors.Issue>): Generate => {
  const images = { ...service, generate: waitForCredits(service) }
  if (issues.length > 0) return () => Effect.fail(new Errors.InvalidRequestError({ operation: "generate", issues }))
  return options.singleFlight === true
    ? shareGenerations(images, options.options)
    : (request) => images.generate(request, options.options)
}

function* each<A>(all: Iterable<A>) {
  yield* all
}

/** Holds no more of its input than its consumer asks for: requests may contain pictures of megabytes. */
const streamOf = <R>(
  requests: Iterable<ImageGenerationRequest> | Stream.Stream<ImageGenerationRequest, never, R>
): Stream.Stream<ImageGenerationRequest, never, R> =>
  isStream(requests) ? requests : Stream.suspend(() => Stream.fromIteratorSucceed(each(requests), 1))

/**
 * A defect, in a generation or in the source of the requests, takes no picture from the others. The run starts nothing
 * new, lets the calls in flight end, and then dies of the defect.
 */
class Defects {
  private first: Cause.Cause<never> | undefined

  private readonly keep = (cause: Cause.Cause<never>): void => {
    this.first ??= cause
  }

  readonly keepDefect = <A>(effect: Effect.Effect<A>): Effect.Effect<Option.Option<A>> =>
    Effect.catchAllCause(Effect.asSome(effect), (cause) =>
      Effect.as(
        Effect.sync(() => this.keep(cause)),
        Option.none()
      )
    )

  readonly until = <A, R>(source: Stream.Stream<A, never, R>): Stream.Stream<A, never, R> =>
    source.pipe(
      Stream.takeWhile(() => this.first === undefined),
      Stream.catchAllCause((cause) => Stream.execute(Effect.sync(() => this.keep(cause))))
    )

  readonly failWithDefect: Stream.Stream<never> = Stream.suspend(() =>
    this.first === undefined ? Stream.empty : Stream.failCause(this.first)
  )
}

/** The values of a stream that are there. */
const present = <A, E, R>(options: Stream.Stream<Option.Option<A>, E, R>): Stream.Stream<A, E, R> =>
  Stream.map(Stream.filter(options, Option.isSome), ({ value }) => value)

const trackerBroken = "The tracker of the batch is not told"

/** Runs the generation of an item and reports it to the tracker. */
const trackItem = <A extends Either.Either<ImageGenerationResponse, unknown>>(
  effect: Effect.Effect<A>,
  tracker: Tracker | undefined
): Effect.Effect<A> =>
  tracker === undefined
    ? effect
    : Effect.acquireUseRelease(
        bestEffort(trackerBroken, () => tracker.beginItem),
        () => effect,
        (_, exit) => bestEffort(trackerBroken, () => tracker.endItem(exit))
      )

/**
 * Results wait for the consumer in the fibers that made them, each of which keeps its place. Effect's default would let
 * 16 more wait in a queue. This is the smallest buffer there is.
 */
const bufferSize = 1

/**
 * Makes the pictures of all requests, some at a time, and emits each result as it comes. A request that fails is an
 * item with its error, and takes nothing from the others.
 *
 * The run pulls the next request when it has room for it, and makes no more pictures than you take: with a slow
 * consumer, about `concurrency` finished results wait. So thousands of requests need no more memory than a few. If you
 * stop taking items, the run interrupts what is in flight.
 *
 * When a generation or the source of the requests dies, the run starts nothing new, still emits what is in flight, and
 * then dies of the same defect.
 *
 * A call that has to wait until others have ended (`Retry.whenInFlight`) waits for up to an hour, unless its policy
 * never retries.
 *
 * A `concurrency` that is no positive integer makes each item an InvalidRequestError. Limits for the whole program,
 * such as `RateLimit` and `Budget`, are layers.
 *
 * @since 0.1.0
 * @category running
 * @example
 * ```ts
 * import { NodeContext } from "@effect/platform-node"
 * import { Console, Effect, Either, Stream } from "effect"
 * import { Batch, GeneratedImage } from "effect-openrouter-images"
 *
 * const requests = ["spring", "summer", "autumn", "winter"].map((season) => ({
 *   model: "krea/krea-2",
 *   prompt: `the same meadow in ${season}`
 * }))
 *
 * const album = Batch.run(requests, { concurrency: 2 }).pipe(
 *   Stream.runForEach(({ index, result }) =>
 *     Either.match(result, {
 *       onLeft: (error) => Console.error(`${index}: ${error.message}`),
 *       onRight: ({ data }) => Effect.forEach(data, (image, i) => GeneratedImage.save(image, `meadow-${index}-${i}`))
 *     })
 *   ),
 *   Effect.provide(NodeContext.layer)
 * )
 * ```
 */
export const run = <R = never>(
  requests: Iterable<ImageGenerationRequest> | Stream.Stream<ImageGenerationRequest, never, R>,
  options: Options = {}
): Stream.Stream<Item, never, Images | R> =>
  Stream.unwrapScoped(
    Effect.gen(function* () {
      const { ordered = false, tracker } = options
      const issues = positiveInteger(["batch", "concurrency"], options.concurrency ?? defaultConcurrency)
      // With a wrong number no request is sent, but each item has to come to say so.
      const concurrency = issues.length > 0 ? 1 : (options.concurrency ?? defaultConcurrency)
      const generate = generateOf(yield* Images, options, issues)
      const defects = new Defects()
      const itemOf = ([request, index]: [ImageGenerationRequest, number]): Effect.Effect<Option.Option<Item>> =>
        defects.keepDefect(
          Effect.map(trackItem(Effect.either(Effect.suspend(() => generate(request))), tracker), (result) => ({
            index,
            request,
            result
          }))
        )
      const numbered = Stream.zipWithIndex(defects.until(streamOf(requests)))
      const items = ordered
        ? Stream.mapEffect(numbered, itemOf, { concurrency })
        : Stream.flatMap(numbered, (each) => Stream.fromEffect(itemOf(each)), { concurrency, bufferSize })
      if (tracker !== undefined) {
        const total = Array.isArray(requests) ? requests.length : undefined
        yield* Effect.acquireRelease(
          bestEffort(trackerBroken, () => tracker.began(total)),
          () => bestEffort(trackerBroken, () => tracker.end)
        )
      }
      return Stream.concat(present(items), defects.failWithDefect)
    })
  ).pipe(withStreamSpan("Batch.run"))

/**
 * Makes a tracker. Pass it to `run`.
 *
 * @since 0.1.0
 * @category progress
 * @example
 * ```ts
 * import { Effect, Stream } from "effect"
 * import { Batch } from "effect-openrouter-images"
 *
 * const spent = Effect.gen(function* () {
 *   const tracker = yield* Batch.makeTracker
 *   yield* Stream.runDrain(Batch.run([{ model: "krea/krea-2", prompt: "a paper boat" }], { tracker }))
 *   return yield* Stream.runHead(Batch.progress(tracker))
 * })
 * ```
 */
export const makeTracker: Effect.Effect<Tracker> = make

/**
 * The progress of the tracker's run: first its current state, then each change, until the run has ended. A consumer
 * that is slower than the changes gets only the latest.
 *
 * @since 0.1.0
 * @category progress
 * @example
 * ```ts
 * import { Console, Duration, Effect, Stream } from "effect"
 * import { Batch, type ImagesSchema } from "effect-openrouter-images"
 *
 * const watched = (requests: ReadonlyArray<ImagesSchema.ImageGenerationRequest>) =>
 *   Effect.gen(function* () {
 *     const tracker = yield* Batch.makeTracker
 *     yield* Batch.progress(tracker).pipe(
 *       Stream.runForEach(({ done, failed, spentUsd, timeLeft, total }) =>
 *         Console.log(`${done + failed} of ${total}, $${spentUsd}, ${timeLeft ? Duration.format(timeLeft) : "?"} left`)
 *       ),
 *       Effect.fork
 *     )
 *     return yield* Stream.runCollect(Batch.run(requests, { tracker }))
 *   })
 * ```
 */
export const progress = (tracker: Tracker): Stream.Stream<Progress> => tracker.progress
