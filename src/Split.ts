/**
 * Makes more pictures than a model makes in one call, by several calls whose answers are joined.
 *
 * @since 0.1.0
 */
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Catalog } from "./Catalog.js"
import { type GenerateStreamError, InvalidRequestError, type Issue, type ListModelEndpointsError } from "./Errors.js"
import { Images, type Service } from "./Images.js"
import { positiveInteger } from "./Issue.js"
import { totalOf } from "./internal/endpoint/total.js"
import { forCall, type Part } from "./internal/layer/attemptHooks.js"
import { bestEffort, bestEffortOption } from "./internal/layer/bestEffort.js"
import { over } from "./internal/layer/over.js"
import { encodeRequest } from "./internal/request/generation.js"
import { JoinedEvents } from "./internal/split/events.js"
import { type Ended, joinResponses } from "./internal/split/join.js"
import { partsOf } from "./internal/split/parts.js"
import { annotateSpan, withSpan, withStreamSpan } from "./internal/telemetry/span.js"
import * as Quote from "./Quote.js"
import type { ImageGenerationRequest } from "./Schema/ImageGenerationRequest.js"
import type { ImageStreamEvent } from "./Schema/ImageStreamEvent.js"

/**
 * Options of a split.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The most calls of one request at a time, a positive integer. Default: 3. */
  readonly concurrency?: number | undefined
}

type Parts = Arr.NonEmptyReadonlyArray<ImageGenerationRequest>
type Divide = NonNullable<Service["divide"]>

/**
 * The requests that `layer` sends in place of one: as few as possible, and among those as even as possible. Ten pictures
 * of a model that makes at most four are 4, 3 and 3.
 *
 * It stays one request where an eligible endpoint takes its `n`, or does not say how many it takes. An endpoint that does
 * not list `n` among its parameters makes one picture. A request that is invalid, or that no endpoint takes whatever its
 * `n`, stays as it is too.
 *
 * The seed of each is that of the request, plus the number of pictures before it. After the last seed that providers
 * take (2^31 - 1, or for a larger seed 2^32 - 1, then the largest safe integer) comes 0.
 *
 * @since 0.1.0
 * @category checks
 * @example
 * ```ts
 * import { Console, Effect } from "effect"
 * import { Split } from "effect-openrouter-images"
 *
 * const program = Effect.gen(function* () {
 *   const parts = yield* Split.parts({ model: "black-forest-labs/flux.2-pro", prompt: "a paper boat", n: 3, seed: 7 })
 *   for (const { n, seed } of parts) yield* Console.log(n, seed) // 1 7, then 1 8, then 1 9
 * })
 * ```
 */
export const parts = (request: ImageGenerationRequest): Effect.Effect<Parts, ListModelEndpointsError, Catalog> =>
  Effect.flatMap(Catalog, (catalog) =>
    (request.n ?? 1) === 1 || Either.isLeft(encodeRequest(request))
      ? Effect.succeed<Parts>([request])
      : Effect.map(catalog.endpoints(request.model), (endpoints) => partsOf(request, endpoints))
  )

/**
 * What a request may cost as `layer` sends it: the sum over its calls. What has a price by the request, such as a
 * prompt's tokens or a reference, is paid in each call.
 *
 * Fails with InvalidRequestError when no endpoint takes the request.
 *
 * @since 0.1.0
 * @category checks
 * @example
 * ```ts
 * import { Console, Effect } from "effect"
 * import { Quote, Split } from "effect-openrouter-images"
 *
 * const program = Effect.gen(function* () {
 *   const quote = yield* Split.estimate({ model: "black-forest-labs/flux.2-pro", prompt: "a paper boat", n: 3 })
 *   yield* Console.log(Quote.formatUsdRange(quote))
 * })
 * ```
 */
export const estimate = (
  request: ImageGenerationRequest
): Effect.Effect<Quote.Quote, ListModelEndpointsError, Catalog> =>
  Effect.flatMap(parts(request), (all) => Effect.map(Effect.forEach(all, Quote.estimate), totalOf))

const defaultConcurrency = 3

/** Where nobody can say what the endpoints take, the request goes out as it is. The API refuses it at no cost. */
const divideWith =
  (catalog: Context.Tag.Service<Catalog>): Divide =>
  (request) =>
    Effect.map(
      bestEffortOption("The request is not divided", () => Effect.provideService(parts(request), Catalog, catalog)),
      Option.getOrElse((): Parts => [request])
    )

/** Nothing but the log can hold a defect, since the pictures of the other calls are there. */
const tellDefect = (exit: Ended["exit"]): Effect.Effect<void> =>
  Exit.isFailure(exit) && Option.isNone(Cause.failureOption(exit.cause))
    ? bestEffort("A call broke down", () => Effect.logWarning("A call of a divided request broke down", exit.cause))
    : Effect.void

/** A request with its place among those that are sent in place of one. */
interface Placed {
  readonly request: ImageGenerationRequest
  readonly part: Part
}

const placed = (all: Parts): Arr.NonEmptyReadonlyArray<Placed> =>
  Arr.map(all, (request, index) => ({ request, part: { index, calls: all.length, pictures: request.n ?? 1 } }))

const generateWith =
  (images: Service, divide: Divide, concurrency: number): Service["generate"] =>
  (request, options) => {
    const call = ({ part, request }: Placed): Effect.Effect<Ended> =>
      Effect.suspend(() => images.generate(request, forCall(options ?? {}, part))).pipe(
        Effect.exit,
        Effect.tap(tellDefect),
        Effect.map((exit) => ({ request, exit }))
      )
    const joined = (all: Parts) =>
      Effect.gen(function* () {
        yield* annotateSpan({ calls: all.length })
        const ended = yield* Effect.forEach(placed(all), call, { concurrency })
        const whole = joinResponses(request, ended)
        return yield* Either.isRight(whole) ? Effect.succeed(whole.right) : Effect.failCause(whole.left)
      }).pipe(withSpan("Split.generate"))
    return Effect.flatMap(divide(request), (all) =>
      all.length === 1 ? images.generate(request, options) : joined(all)
    )
  }

/** What a stream emits, and how it has failed, by the number of its part. */
type FromPart = { readonly part: number } & (
  | { readonly event: ImageStreamEvent }
  | { readonly cause: Cause.Cause<GenerateStreamError> }
)

const streamWith =
  (images: Service, divide: Divide, concurrency: number): Service["generateStream"] =>
  (request, options) => {
    const eventsOf = ({ part, request }: Placed): Stream.Stream<FromPart> =>
      Stream.suspend(() => images.generateStream(request, forCall(options ?? {}, part))).pipe(
        Stream.map((event): FromPart => ({ part: part.index, event })),
        Stream.catchAllCause((cause) => Stream.succeed<FromPart>({ part: part.index, cause }))
      )
    const joined = (all: Parts) =>
      Stream.suspend(() => {
        const whole = new JoinedEvents(all)
        return Stream.fromIterable(placed(all)).pipe(
          Stream.flatMap(eventsOf, { concurrency, bufferSize: 1 }),
          Stream.flatMap((from) =>
            Stream.fromIterable("event" in from ? whole.add(from.part, from.event) : whole.fail(from.part, from.cause))
          ),
          Stream.concat(
            Stream.suspend(() => Either.match(whole.end(), { onLeft: Stream.failCause, onRight: Stream.fromIterable }))
          )
        )
      }).pipe(withStreamSpan("Split.generateStream"))
    return Stream.unwrap(
      Effect.map(divide(request), (all) => (all.length === 1 ? images.generateStream(request, options) : joined(all)))
    )
  }

/**
 * `Images` that makes a request for more pictures than any eligible endpoint makes in one call by several calls (`parts`),
 * and joins their answers. What an endpoint takes is sent as it is. So is a request while the catalogue cannot be read,
 * with a warning in the log.
 *
 * The joined response has the pictures in the order of the request, and `calls`: each with its own request and seed, its
 * generation, its provider and its cost. `usage` is the sum. A field is absent from it where a call that may have been
 * billed does not tell it, and so is `usage` as a whole where such a call has none.
 *
 * A call that fails takes no picture from the others: the response has theirs, and `faults` and the `error` of its call
 * say why it failed and what that cost. If all calls fail, you get the first of the failures that cost most, with the
 * pictures that any of them holds. Interruption ends all calls.
 *
 * A stream has the events of all calls as they come. Previews are numbered through, and pieces of text from several calls
 * mix. A finished picture waits until the next one has come or all calls have ended, because the last one carries the sum
 * and `calls`. A stream in which a picture has come ends well, whatever fails.
 *
 * The hooks of a call's options run for each of the calls. Above this layer, `Preflight` and `Budget` judge and price the
 * calls that are sent, `RateLimit` counts the request as one call, and `Cache` keeps only a response of which no call
 * failed. Below it they see each call.
 *
 * A `concurrency` that is no positive integer makes each call fail with InvalidRequestError. Discovery passes through.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { Console, Effect, Layer } from "effect"
 * import { Catalog, Client, Images, Split } from "effect-openrouter-images"
 *
 * const ImagesLive = Images.layer.pipe(Layer.provide(Client.layerConfig()), Layer.provide(FetchHttpClient.layer))
 * const SplitLive = Split.layer().pipe(Layer.provide(Catalog.layer()), Layer.provide(ImagesLive))
 *
 * const program = Effect.gen(function* () {
 *   const request = { model: "black-forest-labs/flux.2-pro", prompt: "a paper boat", n: 3, seed: 7 }
 *   const { calls = [], data, usage } = yield* Images.generate(request)
 *   yield* Console.log(`${data.length} pictures for $${usage?.cost}`)
 *   for (const { error, generationId, request } of calls) yield* Console.log(request.seed, generationId, error?.message)
 * }).pipe(Effect.provide(SplitLive))
 * ```
 */
export const layer = ({
  concurrency = defaultConcurrency
}: Options = {}): Layer.Layer<Images, never, Images | Catalog> =>
  Layer.effect(
    Images,
    Effect.gen(function* () {
      const images = yield* Images
      const issues = positiveInteger(["split", "concurrency"], concurrency)
      if (issues.length > 0) return refusing(images, issues)
      const divide = divideWith(yield* Catalog)
      return over(images, {
        divide,
        generate: generateWith(images, divide, concurrency),
        generateStream: streamWith(images, divide, concurrency)
      })
    })
  )

const refusing = (images: Service, issues: ReadonlyArray<Issue>): Service => ({
  ...images,
  generate: () => Effect.fail(new InvalidRequestError({ operation: "generate", issues })),
  generateStream: () => Stream.fail(new InvalidRequestError({ operation: "generateStream", issues }))
})
