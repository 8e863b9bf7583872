/**
 * `Images` for the tests of an app: answers as the test says, without a network, a key or a clock, and keeps what it was asked for. It is
 * imported as `effect-openrouter-images/Testing`, so that it is in no bundle of the app.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { GeneratedImage } from "./GeneratedImage.js"
import { Images } from "./Images.js"
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
   * The fields that an error of this tag is made of; each has a default.
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
   * One call, told apart by `operation`, and its `outcome`.
   *
   * @since 0.1.0
   * @category models
   */
  Call,
  /**
   * What became of a call. `interrupted`: whoever waited for it was interrupted, or took no more of a stream before its end.
   *
   * @since 0.1.0
   * @category models
   */
  Outcome
} from "./internal/testing/recorder.js"

export type {
  /**
   * Fields that are to be otherwise; a field that is undefined is left out.
   *
   * @since 0.1.0
   * @category models
   */
  Overrides
} from "./internal/testing/samples.js"

export type {
  /**
   * What a call comes to: a value, an error of the operation, or an effect that ends in one of them (after a delay, or never).
   *
   * @since 0.1.0
   * @category models
   */
  Answer,
  /**
   * The answers of each operation. One that is not here answers as `layer` says.
   *
   * @since 0.1.0
   * @category models
   */
  Answers,
  /**
   * One answer for all calls, a list of answers for one call each, or a function from what is asked, and from how many calls of the operation
   * there were before, to an answer.
   *
   * @since 0.1.0
   * @category models
   */
  Script,
  /**
   * What a streamed call comes to: events, and after them perhaps an error; an error alone; or a Stream. One that ends without a `Completed` fails
   * with IncompleteStreamError, as the client's does.
   *
   * @since 0.1.0
   * @category models
   */
  StreamAnswer
} from "./internal/testing/scripted.js"

/**
 * What a test can ask its `Images`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  readonly calls: Effect.Effect<ReadonlyArray<Call>>
  readonly reset: Effect.Effect<void>
}

/**
 * The tag of the record of the calls that `layer` gives beside `Images`.
 *
 * @since 0.1.0
 * @category tags
 */
export class Testing extends Context.Tag("effect-openrouter-images/Testing")<Testing, Service>() {}

/**
 * `Images` that answers as it is told, and `Testing`, which knows the calls. It needs nothing, and the other layers of this library go over
 * it as over the real one.
 *
 * - Where nothing is told: `generate` gives as many pictures as `n` asks for, at $0.04 each; `generateStream` two previews and then the pictures;
 *   `listModels` one model, and `listModelEndpoints` one endpoint that takes everything, at the same price.
 * - A list that has come to its end makes the next call die, so that a test does not pass by accident.
 * - A list for `generateStream` has an answer for each call. Its events are a list themselves: `generateStream: [[preview, completed]]`.
 * - A request is checked as the client checks it: InvalidRequestError, and the call is not recorded.
 * - A call is one attempt: the answers are what the client would come to after its own retries. Of the RequestOptions `onAttempt` and
 *   `onAttemptEnd` run, and all options are recorded.
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
 * The calls so far, in the order in which they were sent, each with what has become of it by now.
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
 * Forgets the calls; lists begin anew, and functions count from 0. For tests that share a layer.
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
 * A PNG of 8x8 pixels, all of one colour.
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
 * What `generate` gives: one picture, `image`, and its `usage` at $0.04. Told other pictures (`data`) it costs as much for each.
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
 * What one picture used, and its cost, $0.04.
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
 * A preview; without an index the first.
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
 * A finished picture of a stream, with what one picture used. Of several only the last has `usage`, for all of them.
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
 * The error of a tag with the fields that the client would give it: status, message, billing and the rest follow from the tag and from the
 * fields that are told. `operation` is `generate`, of the two errors that only streams have `generateStream`, unless told.
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
