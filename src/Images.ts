/**
 * The operations of OpenRouter's Images API.
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { layerConfig, OpenRouterClient, type RequestOptions } from "./Client.js"
import type * as Errors from "./Errors.js"
import { generateErrors, listModelEndpointsErrors, listModelsErrors } from "./internal/attempt/responseError.js"
import * as Streaming from "./internal/catalog/streaming.js"
import { tellingAttempts } from "./internal/layer/over.js"
import * as Generation from "./internal/request/generation.js"
import { withLargestReference } from "./internal/request/largestReference.js"
import { endpointsPath } from "./internal/request/modelPath.js"
import { orInvalidRequest } from "./internal/request/orInvalidRequest.js"
import { wireOf } from "./internal/request/wire.js"
import { readGeneration } from "./internal/response/generation.js"
import { decoder } from "./internal/schema/issues.js"
import { annotateSpan, withSpan, withStreamSpan } from "./internal/telemetry/span.js"
import * as Retry from "./Retry.js"
import { ImageModelEndpointsResponse } from "./Schema/ImageEndpoint.js"
import type { ImageGenerationRequest } from "./Schema/ImageGenerationRequest.js"
import type { ImageGenerationResponse } from "./Schema/ImageGenerationResponse.js"
import { ImageModelsListResponse } from "./Schema/ImageModel.js"
import type { ImageStreamEvent } from "./Schema/ImageStreamEvent.js"
import type { Model } from "./Schema/Model.js"

export type {
  /**
   * Options of one call. They win over the client's options.
   *
   * @since 0.1.0
   * @category models
   */
  RequestOptions
} from "./Client.js"

/**
 * A model, by author and slug.
 *
 * @since 0.1.0
 * @category models
 */
export interface ModelId {
  readonly author: string
  readonly slug: string
}

/**
 * The operations as a service. A layer over `Images` takes this and gives it back.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  readonly generate: (
    request: ImageGenerationRequest,
    options?: RequestOptions
  ) => Effect.Effect<ImageGenerationResponse, Errors.GenerateError>
  readonly generateStream: (
    request: ImageGenerationRequest,
    options?: RequestOptions
  ) => Stream.Stream<ImageStreamEvent, Errors.GenerateStreamError>
  readonly listModels: (options?: RequestOptions) => Effect.Effect<ImageModelsListResponse, Errors.ListModelsError>
  readonly listModelEndpoints: (
    model: ModelId | Model,
    options?: RequestOptions
  ) => Effect.Effect<ImageModelEndpointsResponse, Errors.ListModelEndpointsError>
  /**
   * The requests that are sent in place of one, where a layer below divides it (`Split.layer`). A layer that judges or
   * prices a request before it is sent asks this. Absent where each request is sent as it is.
   */
  readonly divide?: (
    request: ImageGenerationRequest
  ) => Effect.Effect<readonly [ImageGenerationRequest, ...ReadonlyArray<ImageGenerationRequest>]>
}

/**
 * The tag of the operations. Layers over it (`Budget`, `Cache`, ...) provide the same tag.
 *
 * @since 0.1.0
 * @category tags
 */
export class Images extends Context.Tag("effect-openrouter-images/Images")<Images, Service>() {}

const discovery = {
  method: "GET",
  accept: "application/json",
  timeout: Duration.seconds(30),
  retry: Retry.eager
} as const

const generation = {
  method: "POST",
  path: "/images",
  errors: generateErrors,
  decode: readGeneration,
  timeout: Duration.minutes(5),
  retry: Retry.safe
} as const

const decodeModels = decoder(ImageModelsListResponse)
const decodeEndpoints = decoder(ImageModelEndpointsResponse)

const models = {
  ...discovery,
  operation: "listModels",
  path: "/images/models",
  errors: listModelsErrors,
  decode: ({ json }: { readonly json: unknown }) => decodeModels(json)
} as const

const acceptEvents = "text/event-stream, application/json"

/** Asked before a generation, which must not wait long for it. */
const quickly = { retry: Retry.none, timeout: "5 seconds" } as const

/**
 * Makes the operations over the client in the context.
 *
 * @since 0.1.0
 * @category constructors
 * @example
 * ```ts
 * import { Effect, Layer } from "effect"
 * import { Images } from "effect-openrouter-images"
 *
 * // The operations, with each request in the log.
 * const ImagesLive = Layer.effect(
 *   Images.Images,
 *   Effect.map(Images.make, (images) => ({
 *     ...images,
 *     generate: (request, options) =>
 *       Effect.zipRight(Effect.logInfo(`asks ${request.model}`), images.generate(request, options))
 *   }))
 * )
 * ```
 */
export const make: Effect.Effect<Service, never, OpenRouterClient> = Effect.map(OpenRouterClient, (client): Service => {
  const streams = Streaming.make((route) =>
    Effect.map(client.execute(models, { ...route, ...quickly }), ({ data }) => data)
  )
  return tellingAttempts({
    generate: (request, options = {}) =>
      Effect.gen(function* () {
        const body = yield* orInvalidRequest("generate", Generation.encodeRequest(request))
        const wire = yield* orInvalidRequest("generate", wireOf(options))
        yield* annotateSpan({ model: request.model })
        const stream = wire === "events" || (wire === "auto" && (yield* streams(request.model.trim(), options)))
        const call = {
          ...generation,
          operation: "generate",
          pictures: request.n ?? 1,
          asksForEvents: stream,
          accept: stream ? acceptEvents : "application/json",
          // The wire decides, even where the request has the field.
          body: { ...body, stream: stream || undefined }
        } as const
        return yield* client.execute(call, options)
      }).pipe(Effect.mapError(withLargestReference(request)), withSpan("Images.generate")),

    generateStream: (request, options) =>
      orInvalidRequest("generateStream", Generation.encodeRequest(request)).pipe(
        Effect.tap(() => annotateSpan({ model: request.model })),
        Effect.map((body) =>
          client.stream(
            {
              ...generation,
              operation: "generateStream",
              pictures: request.n ?? 1,
              accept: acceptEvents,
              body: { ...body, stream: true }
            },
            options
          )
        ),
        Stream.unwrap,
        Stream.mapError(withLargestReference(request)),
        withStreamSpan("Images.generateStream")
      ),

    listModels: (options) => client.execute(models, options).pipe(withSpan("Images.listModels")),

    listModelEndpoints: (model, options) =>
      Effect.flatMap(orInvalidRequest("listModelEndpoints", endpointsPath(model)), (path) =>
        client.execute(
          {
            ...discovery,
            operation: "listModelEndpoints",
            path,
            errors: listModelEndpointsErrors,
            decode: ({ json }) => decodeEndpoints(json)
          },
          options
        )
      ).pipe(withSpan("Images.listModelEndpoints"))
  })
})

/**
 * `Images` over an `OpenRouterClient`.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { Layer } from "effect"
 * import { Client, Images } from "effect-openrouter-images"
 *
 * const ImagesLive = Images.layer.pipe(Layer.provide(Client.layerConfig()), Layer.provide(FetchHttpClient.layer))
 * ```
 */
export const layer: Layer.Layer<Images, never, OpenRouterClient> = Layer.effect(Images, make)

/**
 * `Images` and its client for a program that has no wish of its own: `layer` over `Client.layerConfig()`, which reads
 * `OPENROUTER_API_KEY` and the other variables, over `fetch`. For another HttpClient or other options, write the three
 * layers out.
 *
 * It fails with a ConfigError that names each variable that is missing or invalid. That of a missing key says how to get
 * one.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { NodeContext, NodeRuntime } from "@effect/platform-node"
 * import { Console, Effect } from "effect"
 * import { GeneratedImage, Images } from "effect-openrouter-images"
 *
 * const program = Effect.gen(function* () {
 *   const { data } = yield* Images.generate({ model: "krea/krea-2-medium", prompt: "a paper boat" })
 *   for (const image of data) yield* Console.log(yield* GeneratedImage.save(image, "boat"))
 * })
 *
 * program.pipe(Effect.provide([Images.layerFromEnv, NodeContext.layer]), NodeRuntime.runMain)
 * ```
 */
// Marked as pure, so that a bundle of this module has Config and the client in it only where a program uses this layer.
export const layerFromEnv: Layer.Layer<Images | OpenRouterClient, ConfigError> = /* @__PURE__ */ Layer.suspend(() =>
  layer.pipe(Layer.provideMerge(layerConfig()), Layer.provide(FetchHttpClient.layer))
)

/**
 * Makes pictures. The request is checked first: an invalid one fails with InvalidRequestError, and nothing is sent.
 *
 * A generation costs money, so by default only failures that cost nothing are retried (`Retry.safe`), and an attempt
 * may take 5 minutes. Note that `fetch` in Node gives up by itself after 5 minutes without a byte.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { NodeContext } from "@effect/platform-node"
 * import { Console, Effect } from "effect"
 * import { GeneratedImage, Images } from "effect-openrouter-images"
 *
 * const program = Effect.gen(function* () {
 *   const response = yield* Images.generate({
 *     model: "bytedance-seed/seedream-4.5",
 *     prompt: "a red panda astronaut floating in space, studio lighting",
 *     aspectRatio: "16:9"
 *   })
 *   for (const [i, image] of response.data.entries()) {
 *     yield* Console.log(yield* GeneratedImage.save(image, `panda-${i}`))
 *   }
 * }).pipe(
 *   Effect.catchTags({
 *     PaymentRequiredResponseError: () => Console.error("add credits"),
 *     RequestTimeoutError: (error) => Console.error(`too slow, billing ${error.billing}`)
 *   }),
 *   Effect.provide(NodeContext.layer)
 * )
 * ```
 */
export const generate = (
  request: ImageGenerationRequest,
  options?: RequestOptions
): Effect.Effect<ImageGenerationResponse, Errors.GenerateError, Images> =>
  Effect.flatMap(Images, (images) => images.generate(request, options))

/**
 * Makes pictures and shows them on the way: previews (`PartialImage`), pieces of SVG (`TextChunk`), and finally each
 * finished picture (`Completed`). A stream that ends without one fails with IncompleteStreamError, so a stream that
 * succeeds has given a picture.
 *
 * It is retried like `generate`, but only until its first event. The timeout is the longest silence. Back-pressure
 * reaches the socket: read slowly and it slows down; stop and it closes. A provider that cannot stream still gives its
 * `Completed` events.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { NodeContext } from "@effect/platform-node"
 * import { Console, Effect, Stream } from "effect"
 * import { GeneratedImage, Images } from "effect-openrouter-images"
 *
 * const program = Images.generateStream({ model: "openai/gpt-image-1", prompt: "a lighthouse at dusk" }).pipe(
 *   Stream.runForEach((event) =>
 *     Effect.gen(function* () {
 *       if (event._tag === "PartialImage") yield* GeneratedImage.save(event.image, `preview-${event.partialImageIndex}`)
 *       if (event._tag === "Completed") yield* GeneratedImage.save(event.image, "lighthouse")
 *     })
 *   ),
 *   Effect.catchTag("IncompleteStreamError", (error) => Console.error(error.message)),
 *   Effect.provide(NodeContext.layer)
 * )
 * ```
 */
export const generateStream = (
  request: ImageGenerationRequest,
  options?: RequestOptions
): Stream.Stream<ImageStreamEvent, Errors.GenerateStreamError, Images> =>
  Stream.unwrap(Effect.map(Images, (images) => images.generateStream(request, options)))

/**
 * Lists the models that make pictures, with what each can do. It costs nothing and needs no key. Transient failures are
 * retried for up to 15 minutes (`Retry.eager`), and an attempt may take 30 seconds.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { Console, Effect } from "effect"
 * import { Images } from "effect-openrouter-images"
 *
 * const program = Effect.gen(function* () {
 *   for (const { id, name } of (yield* Images.listModels()).data) yield* Console.log(id, name)
 * })
 * ```
 */
export const listModels = (
  options?: RequestOptions
): Effect.Effect<ImageModelsListResponse, Errors.ListModelsError, Images> =>
  Effect.flatMap(Images, (images) => images.listModels(options))

/**
 * Lists the endpoints of a model with their prices. Name the model as `"author/slug"`, or by author and slug. Costs,
 * retries and timeout are those of `listModels`. A name that contains a slash, or an `"author/slug"` without exactly
 * one, fails with InvalidRequestError.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { Console, Effect } from "effect"
 * import { Images } from "effect-openrouter-images"
 *
 * const prices = Effect.gen(function* () {
 *   const { endpoints } = yield* Images.listModelEndpoints("bytedance-seed/seedream-4.5")
 *   for (const { providerName, pricing } of endpoints) {
 *     for (const line of pricing) yield* Console.log(`${providerName}: $${line.costUsd} per ${line.unit}`)
 *   }
 * })
 * ```
 */
export const listModelEndpoints = (
  model: ModelId | Model,
  options?: RequestOptions
): Effect.Effect<ImageModelEndpointsResponse, Errors.ListModelEndpointsError, Images> =>
  Effect.flatMap(Images, (images) => images.listModelEndpoints(model, options))
