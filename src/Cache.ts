/**
 * Keeps pictures that you paid for, and returns them when the same request comes again.
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
import { over } from "./internal/layer/over.js"
import { hashOf, seededKey } from "./internal/request/key.js"
import { recordedRequest } from "./internal/request/record.js"
import { same } from "./internal/request/same.js"
import { completedEvents, responseOf } from "./internal/response/completedEvents.js"
import { hasFailed } from "./internal/split/calls.js"
import { annotateSpan, withSpan, withStreamSpan } from "./internal/telemetry/span.js"
import type { ImageGenerationRequest } from "./Schema/ImageGenerationRequest.js"
import type { ImageGenerationResponse } from "./Schema/ImageGenerationResponse.js"
import type { Completed } from "./Schema/ImageStreamEvent.js"

/**
 * Options of a cache: what it keeps, and under which key.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * Your own key for a request. Requests with the same key get the same pictures, whatever else they contain. When it
   * returns `undefined`, the default applies: a request with a `seed` is kept under the hash of everything that shapes
   * its pictures; a request without one is not kept.
   */
  readonly key?: ((request: ImageGenerationRequest) => string | undefined) | undefined
}

type KeyOf = (request: ImageGenerationRequest) => Effect.Effect<Option.Option<KeptGenerations.Key>>

/**
 * Whether a key can be a file name everywhere, even where upper and lower case are the same. Any other key is replaced
 * by its hash.
 */
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
  // JSON keeps lone surrogates distinct.
  const name = isName(own) ? Effect.succeed(own) : hashOf(JSON.stringify(own))
  return Effect.map(name, (name) => Option.some({ name, tells: {} }))
}

/** A request that can have no key passes through: a broken cache is no reason to have no pictures. */
const keyForWith =
  (options: Options): KeyOf =>
  (request) =>
    Effect.map(
      bestEffortOption("The cache has no key for a request, which passes through", () => keyOf(request, options)),
      Option.flatten
    )

/** A response, and the request that made it in the form in which it is kept. */
const entryOf = (response: ImageGenerationResponse, request: ImageGenerationRequest): KeptGenerations.Kept => ({
  response,
  request: response.request ?? recordedRequest(request)
})

/** A response for the caller. It names the request that made it where that is another. */
const responseFor = (
  asked: ImageGenerationRequest,
  { request, response: { request: _, ...response } }: KeptGenerations.Kept
): ImageGenerationResponse =>
  request === undefined || same(recordedRequest(asked), request) ? response : { ...response, request }

/** A response to which a failed call should have contributed must not be kept as the whole. */
const hasAllCalls = ({ calls = [] }: Pick<ImageGenerationResponse, "calls">): boolean => !calls.some(hasFailed)

const generateWith = (images: Service, store: KeptGenerations.Generations, keyFor: KeyOf): Service["generate"] => {
  const flights = new SingleFlight<KeptGenerations.Kept, GenerateError>()
  /** No interruption between the answer and the store can lose what was paid for. */
  const generateAndKeep = (key: KeptGenerations.Key, request: ImageGenerationRequest, options: RequestOptions) =>
    Effect.uninterruptibleMask((restore) =>
      restore(images.generate(request, options)).pipe(
        Effect.map((response) => entryOf(response, request)),
        Effect.tap((generation) => (hasAllCalls(generation.response) ? store.set(key, generation) : Effect.void))
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
 * Fewer pictures than requested may have come, but then the last of them carries the usage. Without usage the
 * connection broke off after a picture. A consumer that stops after the last picture has them all.
 */
const isWhole = (completed: ReadonlyArray<Completed>, n: number, ended: boolean): boolean =>
  hasAllCalls(completed.at(-1) ?? {}) && (completed.length >= n || (ended && completed.at(-1)?.usage !== undefined))

/** Keeps the pictures of a stream once all of them have come. */
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
 * `Images` that makes a picture once. A request with a `seed` that was served before gets the same pictures, marked
 * `cached` and at a cost of 0. Any other is made, and kept before you get it. Without a seed each generation is a new
 * picture, and passes through unless `key` says otherwise. Discovery passes through.
 *
 * Who asks (`user`, `sessionId`, `trace`) and the options of a call make no difference; everything else in a request
 * does. Equal requests that run at the same time share one generation: one of them pays, the others are `cached`. The
 * generation is interrupted only when all of them are. A failure is never kept, nor is a response of `Split.layer` in
 * which a call failed.
 *
 * For a stream, a hit emits its `Completed` events. Otherwise the events pass through, and the pictures are kept once
 * all of them have come. Streams that run at the same time are separate generations.
 *
 * In the store an entry is `generations/<key>.json`, and a picture `pictures/<sha256>.<extension>`. When an entry
 * cannot be read or has changed, its pictures are made again. When it cannot be written, you get the pictures all the
 * same. A store that takes more than 30 seconds counts as failed, and a request that can have no key passes through.
 * Each of these logs a warning. The cache never removes anything: delete what you no longer want at any time.
 *
 * An entry also records the request that made its pictures: under a key of your own all of it, otherwise only what a
 * step of a `Fallback` below has changed. Where that is not the request of the caller, you find it in
 * `response.request`.
 *
 * Put it below a `Fallback`, so that each model has its own entries, and above a `RateLimit`, since a hit need not pass
 * the gate.
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
      return over(images, {
        generate: generateWith(images, store, keyFor),
        generateStream: streamWith(images, store, keyFor)
      })
    })
  )

/**
 * A store that keeps the pictures in a folder where you can look at them: `generations/*.json`, `pictures/*.png`. The
 * folder is created if it does not exist. Files are written whole or not at all, so any number of programs may share
 * the folder. The store is for `layer` alone, and takes no other keys.
 *
 * Any other KeyValueStore works as well.
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
