/**
 * Pictures that were paid for once, kept for whoever asks for the same again.
 *
 * @since 0.1.0
 */
import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import type * as Path from "@effect/platform/Path"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import type { GenerateError, GenerateStreamError } from "./Errors.js"
import { Images, type RequestOptions, type Service } from "./Images.js"
import * as FolderStore from "./internal/cache/folderStore.js"
import { markCached } from "./internal/cache/markCached.js"
import * as KeptGenerations from "./internal/cache/store.js"
import { SingleFlight } from "./internal/concurrency/singleFlight.js"
import { bestEffortOption } from "./internal/layer/bestEffort.js"
import { onCompletion } from "./internal/layer/onCompletion.js"
import { hashOf, seededKey } from "./internal/request/key.js"
import { recordedRequest } from "./internal/request/record.js"
import { same } from "./internal/request/same.js"
import { completedEvents, responseOf } from "./internal/response/completedEvents.js"
import { annotateSpan, withSpan, withStreamSpan } from "./internal/telemetry/span.js"
import type { ImageGenerationRequest } from "./Schema/ImageGenerationRequest.js"
import type { ImageGenerationResponse } from "./Schema/ImageGenerationResponse.js"
import type { Completed } from "./Schema/ImageStreamEvent.js"

/**
 * What is kept, and under which name.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * A key of your own for a request: what has the same key is the same picture, whatever else stands in the request. Without one (`undefined`) it
   * is as by default: a request with a `seed` is kept under the hash of everything in it that makes the picture, another is not kept.
   */
  readonly key?: ((request: ImageGenerationRequest) => string | undefined) | undefined
}

type KeyOf = (request: ImageGenerationRequest) => Effect.Effect<Option.Option<KeptGenerations.Key>>

/** A key that is a file's name everywhere, also where capitals make no difference, names its file; of any other its hash does. */
const isName = (key: string): boolean => /^[a-z0-9][a-z0-9._-]{0,99}$/.test(key)

const keyOf = (
  request: ImageGenerationRequest,
  { key }: Options
): Effect.Effect<Option.Option<KeptGenerations.Key>> => {
  const own: unknown = key?.(request)
  if (own === undefined) {
    return Effect.map(
      seededKey(request),
      Option.map((name) => ({ name, tells: recordedRequest(request) }))
    )
  }
  if (!Predicate.isString(own)) return Effect.dieMessage("a key must be a text")
  // As JSON, which keeps half of a character apart from another half.
  const name = isName(own) ? Effect.succeed(own) : hashOf(JSON.stringify(own))
  return Effect.map(name, (name) => Option.some({ name, tells: {} }))
}

/** Where there can be no key the request passes through: a cache that is broken is no reason to have no pictures. */
const keyForWith =
  (options: Options): KeyOf =>
  (request) =>
    Effect.map(
      bestEffortOption("The cache has no key for a request, which passes through", () => keyOf(request, options)),
      Option.flatten
    )

/** A response, and the request that made it as it is kept. */
const entryOf = (response: ImageGenerationResponse, request: ImageGenerationRequest): KeptGenerations.Kept => ({
  response,
  request: response.request ?? recordedRequest(request)
})

/** A response for who asked: it names the request that made it where that is another. */
const responseFor = (
  asked: ImageGenerationRequest,
  { request, response: { request: _, ...response } }: KeptGenerations.Kept
): ImageGenerationResponse =>
  request === undefined || same(recordedRequest(asked), request) ? response : { ...response, request }

const generateWith = (images: Service, store: KeptGenerations.Generations, keyFor: KeyOf): Service["generate"] => {
  const flights = new SingleFlight<KeptGenerations.Kept, GenerateError>()
  /** Between the answer and the store there is no moment at which an interruption could lose what was paid for. */
  const generateAndKeep = (key: KeptGenerations.Key, request: ImageGenerationRequest, options: RequestOptions) =>
    Effect.uninterruptibleMask((restore) =>
      restore(images.generate(request, options)).pipe(
        Effect.map((response) => entryOf(response, request)),
        Effect.tap((generation) => store.set(key, generation))
      )
    )
  const findOrGenerate = (key: KeptGenerations.Key, request: ImageGenerationRequest, options: RequestOptions) =>
    Effect.flatMap(
      store.get(key),
      Option.match({
        onNone: () => generateAndKeep(key, request, options),
        onSome: (generation) => Effect.succeed({ ...generation, response: markCached(generation.response) })
      })
    )
  return (request, options = {}) =>
    Effect.gen(function* () {
      const key = yield* keyFor(request)
      if (Option.isNone(key)) return yield* images.generate(request, options)
      const flight = (hooks: RequestOptions) => findOrGenerate(key.value, request, { ...options, ...hooks })
      const { first, value } = yield* flights.joinWith(options, key.value.name, flight)
      const found = responseFor(request, value)
      const response = first ? found : markCached(found)
      yield* annotateSpan({ cached: response.cached === true })
      return response
    }).pipe(withSpan("Cache.generate"))
}

/**
 * Fewer than were asked for may have come, but then the last of them says what they cost: without that the connection broke off behind a picture. Who
 * takes no more after the last picture has them all.
 */
const isWhole = (completed: ReadonlyArray<Completed>, n: number, ended: boolean): boolean =>
  completed.length >= n || (ended && completed.at(-1)?.usage !== undefined)

/** Keeps a stream's pictures once all of them have come. */
const keepGeneration = (
  store: KeptGenerations.Generations,
  key: KeptGenerations.Key,
  request: ImageGenerationRequest,
  events: ReturnType<Service["generateStream"]>
): ReturnType<Service["generateStream"]> =>
  Stream.unwrapScoped(
    Effect.gen(function* () {
      const { n = 1 } = request
      const completed: Array<Completed> = []
      let exit: Exit.Exit<void, GenerateStreamError> | undefined
      yield* Effect.addFinalizer(() => {
        const failed = exit !== undefined && Exit.isFailure(exit)
        if (!Arr.isNonEmptyReadonlyArray(completed) || failed || !isWhole(completed, n, exit !== undefined)) {
          return Effect.void
        }
        return store.set(key, entryOf(responseOf(completed), request))
      })
      return onCompletion(events, {
        onCompleted: (event) => completed.push(event),
        onEnd: (how) => {
          exit = how
        }
      })
    })
  )

const streamWith =
  (images: Service, store: KeptGenerations.Generations, keyFor: KeyOf): Service["generateStream"] =>
  (request, options) =>
    Effect.gen(function* () {
      const events = images.generateStream(request, options)
      const key = yield* keyFor(request)
      if (Option.isNone(key)) return events
      const generation = yield* store.get(key.value)
      yield* annotateSpan({ cached: Option.isSome(generation) })
      return Option.match(generation, {
        onNone: () => keepGeneration(store, key.value, request, events),
        onSome: (found) => Stream.fromIterable(completedEvents(markCached(responseFor(request, found))))
      })
    }).pipe(Stream.unwrap, withStreamSpan("Cache.generateStream"))

/**
 * `Images` that makes a picture once. A request with a `seed` that was served before gets what was made then, `cached` and with a cost of 0;
 * another is made, and kept before it is given. Without a seed each generation is another picture, and passes through unless `key` says otherwise.
 * Discovery passes through.
 *
 * Who asks (`user`, `sessionId`, `trace`) and the options of a call make no difference, everything else in a request does. Equal requests that run
 * at the same time are one generation: one of them pays, the others are `cached`, and it is interrupted only when all of them are. A failure is
 * never kept.
 *
 * Of a stream, a hit gives its `Completed` events; otherwise the events pass through, and the pictures are kept once all of them have come. Streams
 * that run at the same time are a generation each.
 *
 * In the store an entry is `generations/<key>.json`, and a picture `pictures/<sha256>.<extension>`. What cannot be read, or has changed, is made
 * anew, and what cannot be written is given all the same, each with a warning in the log; so it is where the store takes more than 30 seconds, and
 * where there can be no key. Nothing is ever removed: what is no longer wanted may be deleted at any time.
 *
 * An entry also tells the request that made its pictures: under a key of your own all of it, else what a step of a `Fallback` below has changed. Where
 * it is not the request of whoever asks, it is in `response.request`.
 *
 * It goes best below a `Fallback`, so that each model has entries of its own, and above a `RateLimit`, which a hit need not pass.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { NodeContext } from "@effect/platform-node"
 * import { Console, Effect, Layer } from "effect"
 * import { Cache, Client, Images } from "effect-openrouter-images"
 *
 * const ImagesLive = Cache.layer().pipe(
 *   Layer.provide(Cache.layerFolder("pictures-made")),
 *   Layer.provide(Images.layer),
 *   Layer.provide(Client.layerConfig()),
 *   Layer.provide([FetchHttpClient.layer, NodeContext.layer])
 * )
 *
 * const program = Effect.gen(function* () {
 *   const request = { model: "bytedance-seed/seedream-4.5", prompt: "a red panda", seed: 7 }
 *   yield* Images.generate(request)
 *   const again = yield* Images.generate(request)
 *   yield* Console.log(again.cached, again.usage?.cost) // true 0
 * }).pipe(Effect.provide(ImagesLive))
 * ```
 */
export const layer = (options: Options = {}): Layer.Layer<Images, never, Images | KeyValueStore.KeyValueStore> =>
  Layer.effect(
    Images,
    Effect.gen(function* () {
      const images = yield* Images
      const store = KeptGenerations.make(yield* KeyValueStore.KeyValueStore)
      const keyFor = keyForWith(options)
      return {
        ...images,
        generate: generateWith(images, store, keyFor),
        generateStream: streamWith(images, store, keyFor)
      }
    })
  )

/**
 * A folder to keep the pictures in that one can look at: `generations/*.json`, `pictures/*.png`. It is made if it is not there. A file is written whole or
 * not at all, so any number of programs may share it. It is a store for `layer` alone, and takes no keys but its.
 *
 * Any other KeyValueStore will do as well.
 *
 * @since 0.1.0
 * @category stores
 * @example
 * ```ts
 * import { NodeContext } from "@effect/platform-node"
 * import { Layer } from "effect"
 * import { Cache } from "effect-openrouter-images"
 *
 * const CacheLive = Cache.layer().pipe(Layer.provide(Cache.layerFolder("pictures-made")), Layer.provide(NodeContext.layer))
 * ```
 */
export const layerFolder: (
  path: string
) => Layer.Layer<KeyValueStore.KeyValueStore, PlatformError, FileSystem.FileSystem | Path.Path> =
  FolderStore.layerFolder
