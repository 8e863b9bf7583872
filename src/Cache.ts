/**
 * Pictures that were paid for once, kept for whoever asks for the same again.
 *
 * @since 0.1.0
 */
import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import type * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { GenerateError, GenerateStreamError } from "./Errors.js"
import { Images, type RequestOptions, type Service } from "./Images.js"
import { atNoCost } from "./internal/atNoCost.js"
import { completedEvents } from "./internal/completedEvents.js"
import * as FolderStore from "./internal/folderStore.js"
import * as KeptGenerations from "./internal/keptGenerations.js"
import { present } from "./internal/present.js"
import { hashOf, seededKey } from "./internal/requestKey.js"
import { SingleFlight } from "./internal/singleFlight.js"
import { watched } from "./internal/watched.js"
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

type KeyOf = (request: ImageGenerationRequest) => Effect.Effect<Option.Option<string>>

/** A key that is a file's name everywhere, also where capitals make no difference, names its file; of any other its hash does. */
const isName = (key: string): boolean => /^[a-z0-9][a-z0-9._-]{0,99}$/.test(key)

const keyed =
  ({ key: keyOf }: Options): KeyOf =>
  (request) =>
    Effect.suspend(() => {
      const own = keyOf?.(request)
      if (own === undefined) return seededKey(request)
      // As JSON, which keeps half of a character apart from another half.
      return Effect.asSome(isName(own) ? Effect.succeed(own) : hashOf(JSON.stringify(own)))
    })

const generateWith = (images: Service, kept: KeptGenerations.Generations, keyOf: KeyOf): Service["generate"] => {
  const flights = new SingleFlight<ImageGenerationResponse, GenerateError>()
  /** Between the answer and the store there is no moment at which an interruption could lose what was paid for. */
  const made = (key: string, request: ImageGenerationRequest, options?: RequestOptions) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.tap(restore(images.generate(request, options)), (response) => kept.set(key, response))
    )
  const found = (key: string, request: ImageGenerationRequest, options?: RequestOptions) =>
    Effect.flatMap(
      kept.get(key),
      Option.match({
        onNone: () => made(key, request, options),
        onSome: (response) => Effect.succeed(atNoCost(response))
      })
    )
  return Effect.fn("Cache.generate")(function* (request: ImageGenerationRequest, options?: RequestOptions) {
    const key = yield* keyOf(request)
    if (Option.isNone(key)) return yield* images.generate(request, options)
    const { first, value } = yield* flights.join(key.value, found(key.value, request, options))
    const response = first ? value : atNoCost(value)
    yield* Effect.annotateCurrentSpan({ cached: response.cached === true })
    return response
  })
}

/**
 * Fewer than were asked for may have come, but then the last of them says what they cost: without that the connection broke off behind a picture. Who
 * takes no more after the last picture has them all.
 */
const isWhole = (completed: ReadonlyArray<Completed>, n: number, ended: boolean): boolean =>
  completed.length >= n || (ended && completed.at(-1)?.usage !== undefined)

/** Keeps a stream's pictures once all of them have come. */
const keeping = (
  kept: KeptGenerations.Generations,
  key: string,
  request: ImageGenerationRequest,
  events: ReturnType<Service["generateStream"]>
): ReturnType<Service["generateStream"]> =>
  Stream.unwrapScoped(
    Effect.gen(function* () {
      const { n = 1 } = request
      const completed: Array<Completed> = []
      let exit: Exit.Exit<void, GenerateStreamError> | undefined
      yield* Effect.addFinalizer(() => {
        const last = completed.at(-1)
        const failed = exit !== undefined && Exit.isFailure(exit)
        if (last === undefined || failed || !isWhole(completed, n, exit !== undefined)) return Effect.void
        const data = completed.map(({ image }) => image)
        return kept.set(key, {
          created: last.created,
          data,
          ...present({ usage: last.usage, generationId: last.generationId })
        })
      })
      return watched(events, {
        completed: (event) => completed.push(event),
        ended: (how) => {
          exit = how
        }
      })
    })
  )

const streamWith =
  (images: Service, kept: KeptGenerations.Generations, keyOf: KeyOf): Service["generateStream"] =>
  (request, options) =>
    Effect.gen(function* () {
      const events = images.generateStream(request, options)
      const key = yield* keyOf(request)
      if (Option.isNone(key)) return events
      const response = yield* kept.get(key.value)
      yield* Effect.annotateCurrentSpan({ cached: Option.isSome(response) })
      return Option.match(response, {
        onNone: () => keeping(kept, key.value, request, events),
        onSome: (response) => Stream.fromIterable(completedEvents(atNoCost(response)))
      })
    }).pipe(Stream.unwrap, Stream.withSpan("Cache.generateStream"))

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
 * anew, and what cannot be written is given all the same, each with a warning in the log. Nothing is ever removed: what is no longer wanted may be
 * deleted at any time.
 *
 * Put it below a `Fallback`, so that each model has entries of its own, and above a `RateLimit`, which a hit need not pass.
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
      const kept = KeptGenerations.make(yield* KeyValueStore.KeyValueStore)
      const keyOf = keyed(options)
      return {
        ...images,
        generate: generateWith(images, kept, keyOf),
        generateStream: streamWith(images, kept, keyOf)
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
