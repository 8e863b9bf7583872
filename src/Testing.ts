/**
 * `Images` for the tests of an app. It answers as the test says, without a network, a key or a clock, and records its
 * calls. A cassette is the other way: an HttpClient that replays what the real API once answered. Import it as
 * `effect-openrouter-images/Testing`, so that no bundle of the app contains it.
 *
 * @since 0.1.0
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as HttpClient from "@effect/platform/HttpClient"
import type * as Path from "@effect/platform/Path"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { GeneratedImage } from "./GeneratedImage.js"
import { Images } from "./Images.js"
import * as Cassette from "./internal/testing/cassette/cassette.js"
import type { Options as CassetteOptions } from "./internal/testing/cassette/options.js"
import * as TestErrors from "./internal/testing/errors.js"
import { type Call, Recorder } from "./internal/testing/recorder.js"
import * as Samples from "./internal/testing/samples.js"
import { type Answers, make } from "./internal/testing/scripted.js"
import type { ImageEndpoint } from "./Schema/ImageEndpoint.js"
import type { ImageGenerationRequest } from "./Schema/ImageGenerationRequest.js"
import type { ImageGenerationResponse } from "./Schema/ImageGenerationResponse.js"
import type { ImageGenerationUsage } from "./Schema/ImageGenerationUsage.js"
import type { ImageModelListItem } from "./Schema/ImageModel.js"
import type { Completed, PartialImage } from "./Schema/ImageStreamEvent.js"

export type {
  /**
   * The folder of a cassette, what is recorded, and when recorded answers come.
   *
   * @since 0.1.0
   * @category models
   */
  Options as CassetteOptions
} from "./internal/testing/cassette/options.js"

export type {
  /**
   * The fields of an error with this tag. Each has a default.
   *
   * @since 0.1.0
   * @category models
   */
  ErrorFields,
  /**
   * The error with this tag.
   *
   * @since 0.1.0
   * @category models
   */
  ErrorOf,
  /**
   * The tag of an error.
   *
   * @since 0.1.0
   * @category models
   */
  Tag
} from "./internal/testing/errors.js"

export type {
  /**
   * One call, identified by its `operation`, and its `outcome`.
   *
   * @since 0.1.0
   * @category models
   */
  Call,
  /**
   * The outcome of a call. `interrupted`: the fiber that waited for it was interrupted, or the consumer stopped before
   * the end of a stream.
   *
   * @since 0.1.0
   * @category models
   */
  Outcome
} from "./internal/testing/recorder.js"

export type {
  /**
   * Fields to replace. A field that is undefined is left out.
   *
   * @since 0.1.0
   * @category models
   */
  Overrides
} from "./internal/testing/samples.js"

export type {
  /**
   * What a call answers: a value, an error of the operation, or an effect that ends in one of them (after a delay, or
   * never).
   *
   * @since 0.1.0
   * @category models
   */
  Answer,
  /**
   * The answers of each operation. An operation without answers uses the defaults of `layer`.
   *
   * @since 0.1.0
   * @category models
   */
  Answers,
  /**
   * One answer for all calls, a list with an answer for each call, or a function. The function receives what the call
   * asks for and the number of earlier calls of the operation.
   *
   * @since 0.1.0
   * @category models
   */
  Script,
  /**
   * What a streamed call answers: events, perhaps followed by an error; an error alone; or a Stream. As with the
   * client, one that ends without a `Completed` fails with IncompleteStreamError.
   *
   * @since 0.1.0
   * @category models
   */
  StreamAnswer
} from "./internal/testing/scripted.js"

/**
 * What a test can read from its `Images`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  readonly calls: Effect.Effect<ReadonlyArray<Call>>
  readonly reset: Effect.Effect<void>
}

/**
 * The tag of the record of calls that `layer` provides beside `Images`.
 *
 * @since 0.1.0
 * @category tags
 */
export class Testing extends Context.Tag("effect-openrouter-images/Testing")<Testing, Service>() {}

/**
 * `Images` that answers as you say, and `Testing`, which knows the calls. It needs nothing, and takes the other layers
 * of this library over it as the real one does.
 *
 * - Defaults: `generate` returns as many pictures as `n` asks for, at $0.04 each. `generateStream` emits two previews
 *   and then the pictures. `listModels` returns one model, and `listModelEndpoints` one endpoint that takes everything,
 *   at the same price.
 * - When a list is used up, the next call dies, so that a test does not pass by accident.
 * - A list for `generateStream` has an answer for each call. The events of an answer are a list themselves:
 *   `generateStream: [[preview, completed]]`.
 * - A request is checked as the client checks it. An invalid one fails with InvalidRequestError, and the call is not
 *   recorded.
 * - A call is one attempt: an answer stands for the outcome after the client's own retries. Of the RequestOptions,
 *   `onAttempt` and `onAttemptEnd` run; all options are recorded.
 *
 * A layer that is built twice has two scripts and two records.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { Duration, Effect } from "effect"
 * import { Images } from "effect-openrouter-images"
 * import * as Testing from "effect-openrouter-images/Testing"
 *
 * const ImagesTest = Testing.layer({
 *   generate: [
 *     Testing.error("TooManyRequestsResponseError", { retryAfter: Duration.seconds(2) }),
 *     Effect.delay(Effect.succeed(Testing.response()), "10 seconds")
 *   ],
 *   generateStream: () => [Testing.partialImage(), Testing.error("ImageStreamError")],
 *   listModelEndpoints: (_model, index) => (index === 0 ? Testing.error("NotFoundResponseError") : Effect.never)
 * })
 *
 * const test = Effect.gen(function* () {
 *   const error = yield* Effect.flip(Images.generate({ model: "krea/krea-2", prompt: "a paper boat" }))
 *   const calls = yield* Testing.calls
 *   return error._tag === "TooManyRequestsResponseError" && calls[0]?.outcome === "failed"
 * }).pipe(Effect.provide(ImagesTest))
 * ```
 */
export const layer = (answers: Answers = {}): Layer.Layer<Images | Testing> =>
  Layer.effectContext(
    Effect.sync(() => {
      const recorder = new Recorder()
      const service: Service = {
        calls: Effect.sync(() => recorder.calls),
        reset: Effect.sync(() => recorder.reset())
      }
      return Context.make(Images, make(answers, recorder)).pipe(Context.add(Testing, service))
    })
  )

/**
 * An `HttpClient` that records real answers in a folder, once, and replays them without a network, a key or a bill. It
 * wraps the HttpClient below it: `FetchHttpClient`, that of the emulator, or any other.
 *
 * - By default it replays, and nothing is ever sent. Set the variable `OPENROUTER_RECORD` to `missing` to send and
 *   record the requests that have no recording, or to `all` to record every request anew. CI does not set it, so CI
 *   pays for nothing.
 * - A request is found by its method, its path and its JSON, in whatever order the fields stand. The host, the headers
 *   and the key may differ. Equal requests get their recordings in order. A layer that is built twice begins twice.
 * - A request without a recording fails with an HttpClientError, and so as a ConnectionError. It names the folder, the
 *   nearest recording and each field that differs. Discovery is then retried, as after any ConnectionError.
 * - Each recording is a file of JSON. Its pictures are files beside it, and come back byte for byte. Delete a recording
 *   to make it anew.
 * - Failures are recorded too: refused connections, answers that break off. Where the caller stopped reading or gave
 *   up, the replay ends in silence, as it did.
 * - Keys, cookies, most headers and the ids of accounts are not written. An answer that repeats the key is recorded
 *   without it. Prompts are written as they are.
 *
 * An option that is not valid, or another value of the variable, fails the layer with a ConfigError. A recording that
 * cannot be written leaves its answer untouched, and the log has a warning.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { NodeContext } from "@effect/platform-node"
 * import { Layer } from "effect"
 * import { Client, Images } from "effect-openrouter-images"
 * import * as Testing from "effect-openrouter-images/Testing"
 *
 * const ImagesTest = Images.layer.pipe(
 *   Layer.provide(Client.layer()),
 *   Layer.provide(Testing.layerCassette({ folder: "test/cassettes/boat" })),
 *   Layer.provide(FetchHttpClient.layer),
 *   Layer.provide(NodeContext.layer)
 * )
 * ```
 */
export const layerCassette: (
  options: CassetteOptions
) => Layer.Layer<HttpClient.HttpClient, ConfigError, HttpClient.HttpClient | FileSystem.FileSystem | Path.Path> =
  Cassette.layerCassette

/**
 * The calls so far, in the order in which they were sent, each with its outcome by now.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import * as Testing from "effect-openrouter-images/Testing"
 *
 * const allSucceeded = Effect.map(Testing.calls, (calls) => calls.every(({ outcome }) => outcome === "succeeded"))
 * ```
 */
export const calls: Effect.Effect<ReadonlyArray<Call>, never, Testing> = Effect.flatMap(Testing, ({ calls }) => calls)

/**
 * The requests of `generate` and `generateStream` so far.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import * as Testing from "effect-openrouter-images/Testing"
 *
 * const prompts = Effect.map(Testing.requests, (requests) => requests.map(({ prompt }) => prompt))
 * ```
 */
export const requests: Effect.Effect<ReadonlyArray<ImageGenerationRequest>, never, Testing> = Effect.map(calls, (all) =>
  all.flatMap((call) => ("request" in call ? [call.request] : []))
)

/**
 * Forgets the calls. Lists start over, and functions count from 0. Use it in tests that share a layer.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import * as Testing from "effect-openrouter-images/Testing"
 *
 * const afresh = <A, E, R>(test: Effect.Effect<A, E, R>) => Effect.zipRight(Testing.reset, test)
 * ```
 */
export const reset: Effect.Effect<void, never, Testing> = Effect.flatMap(Testing, ({ reset }) => reset)

/**
 * A PNG of 8x8 pixels in one colour.
 *
 * @since 0.1.0
 * @category samples
 */
export const image: GeneratedImage = Samples.image

/**
 * An SVG of 8x8 pixels.
 *
 * @since 0.1.0
 * @category samples
 */
export const svg: GeneratedImage = Samples.svg

/**
 * What `generate` returns: one picture, `image`, and its `usage` at $0.04. With other pictures (`data`), each costs as
 * much.
 *
 * @since 0.1.0
 * @category samples
 * @example
 * ```ts
 * import * as Testing from "effect-openrouter-images/Testing"
 *
 * const two = Testing.response({ data: [Testing.image, Testing.svg] })
 * const dear = Testing.response({ usage: Testing.usage({ cost: 1.5 }) })
 * const ofUnknownCost = Testing.response({ usage: undefined })
 * ```
 */
export const response: (overrides?: Samples.Overrides<ImageGenerationResponse>) => ImageGenerationResponse =
  Samples.response

/**
 * The usage of one picture, and its cost, $0.04.
 *
 * @since 0.1.0
 * @category samples
 * @example
 * ```ts
 * import * as Testing from "effect-openrouter-images/Testing"
 *
 * const free = Testing.usage({ cost: 0 })
 * ```
 */
export const usage: (overrides?: Samples.Overrides<ImageGenerationUsage>) => ImageGenerationUsage = Samples.usage

/**
 * A preview: the first, unless you pass an index.
 *
 * @since 0.1.0
 * @category samples
 * @example
 * ```ts
 * import * as Testing from "effect-openrouter-images/Testing"
 *
 * const previews = [Testing.partialImage(0), Testing.partialImage(1, Testing.svg)]
 * ```
 */
export const partialImage: (index?: number, picture?: GeneratedImage) => PartialImage = Samples.partialImage

/**
 * A finished picture of a stream, with the usage of one picture. Of several pictures only the last has `usage`, for all
 * of them.
 *
 * @since 0.1.0
 * @category samples
 * @example
 * ```ts
 * import * as Testing from "effect-openrouter-images/Testing"
 *
 * const two = [Testing.completed({ usage: undefined }), Testing.completed({ image: Testing.svg })]
 * ```
 */
export const completed: (overrides?: Samples.Overrides<Samples.CompletedFields>) => Completed = Samples.completed

/**
 * A model that takes everything, `testing/model`.
 *
 * @since 0.1.0
 * @category samples
 * @example
 * ```ts
 * import * as Testing from "effect-openrouter-images/Testing"
 *
 * const catalogue = Testing.layer({ listModels: { data: [Testing.model({ id: "acme/brush" })] } })
 * ```
 */
export const model: (overrides?: Samples.Overrides<ImageModelListItem>) => ImageModelListItem = Samples.model

/**
 * An endpoint that takes everything, at $0.04 a picture.
 *
 * @since 0.1.0
 * @category samples
 * @example
 * ```ts
 * import * as Testing from "effect-openrouter-images/Testing"
 *
 * const bare = Testing.endpoint({ supportedParameters: {} }) // takes nothing but a prompt
 * ```
 */
export const endpoint: (overrides?: Samples.Overrides<ImageEndpoint>) => ImageEndpoint = Samples.endpoint

/**
 * The error of a tag, with the fields that the client would give it. Status, message, billing and the rest follow from
 * the tag and from the fields that you pass. `operation` defaults to `generate`, or to `generateStream` for the two
 * errors that only streams have.
 *
 * @since 0.1.0
 * @category samples
 * @example
 * ```ts
 * import { Duration } from "effect"
 * import * as Testing from "effect-openrouter-images/Testing"
 *
 * const busy = Testing.error("TooManyRequestsResponseError", { retryAfter: Duration.seconds(2) })
 * const lost = Testing.error("ConnectionError", { phase: "response" })
 * console.log(busy.status, busy.billing, lost.billing) // 429 notBilled unknown
 * ```
 */
export const error: <T extends TestErrors.Tag>(tag: T, fields?: TestErrors.ErrorFields<T>) => TestErrors.ErrorOf<T> =
  TestErrors.error
