/**
 * Other models or providers, tried in order when the first does not serve a request.
 *
 * @since 0.1.0
 */
import * as Arr from "effect/Array"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as ExecutionPlan from "effect/ExecutionPlan"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import type { GenerateError, GenerateStreamError, OpenRouterError } from "./Errors.js"
import { Images, type RequestOptions, type Service } from "./Images.js"
import { type Failure, nextRequest, withStep } from "./internal/fallback/alternatives.js"
import { isCurable } from "./internal/fallback/curable.js"
import { bestEffort, bestEffortOption } from "./internal/layer/bestEffort.js"
import { over } from "./internal/layer/over.js"
import { recordedRequest } from "./internal/request/record.js"
import { makeUnchecked } from "./internal/schema/makeUnchecked.js"
import { annotateSpan, withSpan, withStreamSpan } from "./internal/telemetry/span.js"
import type { ImageGenerationRequest } from "./Schema/ImageGenerationRequest.js"
import type { ImageGenerationResponse } from "./Schema/ImageGenerationResponse.js"
import { Completed, type ImageStreamEvent } from "./Schema/ImageStreamEvent.js"
import type { Model } from "./Schema/Model.js"

/**
 * What to try when nothing before it succeeded: a model's id, or overrides of the request.
 *
 * @since 0.1.0
 * @category models
 */
export type Step = Model | Overrides

/**
 * Changes to the request: another `model`, other `provider` preferences, fewer pictures. A field that is undefined is
 * removed from the request.
 *
 * @since 0.1.0
 * @category models
 */
export interface Overrides extends Partial<ImageGenerationRequest> {}

/**
 * Options of a fallback. All are optional.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * After the steps, also try the models that the server named (`availability.fallbackModels`): at most three, each
   * once. Default: false.
   */
  readonly followAvailability?: boolean | undefined
}

/**
 * Failures that certainly cost nothing and that another model or provider may cure:
 *
 * - 404, 429, and 500, 502, 503, 529 or another 5xx that OpenRouter itself reported as not billed, also within a
 *   success or a stream;
 * - a 400 or 422 about a parameter or the model. In doubt it does not count: the text may be about the prompt;
 * - BudgetExceededError, because a cheaper model may fit, unless the ledger failed;
 * - InvalidRequestError, because a preflight may have found what only this model does not accept. Finding a fault that
 *   every model has costs nothing.
 *
 * Never a refusal by moderation, whatever its status: what one model refuses is not offered to the next. Never 401,
 * 402, 403 or 413, a connection failure or a timeout: those are the same for every model. Never anything that was
 * billed or may have been.
 *
 * @since 0.1.0
 * @category predicates
 */
export const whenCurable: Predicate.Predicate<OpenRouterError> = isCurable

/** Span attributes of a failure. They leave out its message, which may hold the prompt. */
const attributesOf = ({ error, request }: Failure<OpenRouterError>) => ({
  model: request.model,
  error: error._tag,
  ...("httpStatus" in error ? { status: error.status } : {})
})

/** Reports that a failure was not the end. */
const tellOf = (failure: Failure<OpenRouterError>, next: ImageGenerationRequest): Effect.Effect<void> =>
  bestEffort("The fallback is not told of", () =>
    Effect.gen(function* () {
      const { error, request } = failure
      const now = yield* Clock.currentTimeNanos
      yield* Effect.logDebug(`fallback: ${request.model} failed with ${error._tag}, next is ${next.model}`)
      const span = yield* Effect.option(Effect.currentSpan)
      if (span._tag === "Some") span.value.event("fallback", now, attributesOf(failure))
    })
  )

const logServed = (request: ImageGenerationRequest, failures: ReadonlyArray<unknown>): Effect.Effect<void> =>
  annotateSpan({ model: request.model, failures: failures.length })

const markServed = (
  response: ImageGenerationResponse,
  request: ImageGenerationRequest,
  failures: ReadonlyArray<Failure<GenerateError>>
): ImageGenerationResponse => ({
  ...madeBy(request, failures.length > 0)(response),
  fallback: {
    // A Fallback below this one knows the model better.
    model: response.fallback?.model ?? request.model,
    failures: [
      ...failures.map(({ error, request }) => ({ model: request.model, error })),
      ...(response.fallback?.failures ?? [])
    ]
  }
})

/**
 * The response, with the request that made it where that differs from the caller's. A layer below knows that request
 * better.
 */
const madeBy =
  (request: ImageGenerationRequest, other: boolean) =>
  (response: ImageGenerationResponse): ImageGenerationResponse =>
    other ? { ...response, request: response.request ?? recordedRequest(request) } : response

/** The same for an event. */
const completedBy =
  (request: ImageGenerationRequest) =>
  (event: ImageStreamEvent): ImageStreamEvent =>
    event._tag === "Completed"
      ? makeUnchecked(Completed, {
          ...event,
          model: event.model ?? request.model,
          request: event.request ?? recordedRequest(request)
        })
      : event

/** Finds what comes after a failure, and reports that the failure was not the end. */
type Onward = <E extends GenerateStreamError>(
  failures: readonly [...ReadonlyArray<Failure<E>>, Failure<E>],
  last: Failure<E>
) => Effect.Effect<ImageGenerationRequest, E>

/** A step that cannot be taken is skipped. */
const stepsFrom = (
  request: ImageGenerationRequest,
  steps: ReadonlyArray<Step>
): Effect.Effect<ReadonlyArray<ImageGenerationRequest>> =>
  Effect.map(
    Effect.forEach(steps, (step) =>
      bestEffortOption("A step of the fallback is passed over", () => Effect.sync(() => withStep(request, step)))
    ),
    Arr.getSomes
  )

const onwardFrom =
  (request: ImageGenerationRequest, steps: ReadonlyArray<Step>, options: Options): Onward =>
  (failures, last) => {
    const following = Effect.gen(function* () {
      if (!whenCurable(last.error)) return undefined
      const given = [request, ...(yield* stepsFrom(request, steps))] as const
      return nextRequest(given, failures, options.followAvailability ?? false)
    })
    return Effect.flatMap(
      bestEffortOption("The fallback cannot go on", () => following),
      (next) => {
        const one = Option.getOrUndefined(next)
        return one === undefined ? Effect.fail(last.error) : Effect.as(tellOf(last, one), one)
      }
    )
  }

const generateWith =
  (images: Service, onward: Onward, options?: RequestOptions) =>
  (
    request: ImageGenerationRequest,
    failures: ReadonlyArray<Failure<GenerateError>> = []
  ): Effect.Effect<ImageGenerationResponse, GenerateError> =>
    images.generate(request, options).pipe(
      Effect.tap(() => logServed(request, failures)),
      Effect.map((response) => markServed(response, request, failures)),
      Effect.catchAll((error) => {
        const last = { request, error }
        const all = [...failures, last] as const
        return Effect.flatMap(onward(all, last), (next) => generateWith(images, onward, options)(next, all))
      })
    )

const streamWith =
  (images: Service, onward: Onward, options?: RequestOptions) =>
  (
    request: ImageGenerationRequest,
    failures: ReadonlyArray<Failure<GenerateStreamError>> = []
  ): ReturnType<Service["generateStream"]> =>
    Stream.suspend(() => {
      let begun = false
      return images.generateStream(request, options).pipe(
        Stream.mapChunksEffect((chunk) => {
          const events = failures.length === 0 ? chunk : Chunk.map(chunk, completedBy(request))
          if (begun || Chunk.isEmpty(chunk)) return Effect.succeed(events)
          begun = true
          return Effect.as(logServed(request, failures), events)
        }),
        Stream.catchAll((error) => {
          const last = { request, error }
          const all = [...failures, last] as const
          return begun
            ? Stream.fail(error)
            : Stream.unwrap(Effect.map(onward(all, last), (next) => streamWith(images, onward, options)(next, all)))
        })
      )
    })

/** A layer over `Images` that generates in another way. */
const generating = (
  generations: (images: Service) => Pick<Service, "generate" | "generateStream">
): Layer.Layer<Images, never, Images> =>
  Layer.effect(
    Images,
    Effect.map(Images, (images) => over(images, generations(images)))
  )

/**
 * `Images` that first makes a request as it is. When that fails (`whenCurable`), it applies the overrides of each step
 * in turn, until one succeeds. A request that equals an earlier one is skipped.
 *
 * `response.fallback` says which model served the request and what failed before. `response.request` is the request of
 * the step that succeeded. If all steps fail, you get the last failure. Each earlier failure is a span event and a log
 * line at level debug.
 *
 * A stream falls back only before its first event. Discovery passes through.
 *
 * Each request is first retried as the client's policy says. Use `Retry.none` to move on at once.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { Console, Effect, Layer } from "effect"
 * import { Client, Fallback, Images, Retry } from "effect-openrouter-images"
 *
 * const ImagesLive = Fallback.layer([{ provider: { only: ["azure"] } }, "bytedance-seed/seedream-4.5"], {
 *   followAvailability: true
 * }).pipe(
 *   Layer.provide(Images.layer),
 *   Layer.provide(Client.layerConfig()),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 *
 * const program = Effect.gen(function* () {
 *   const request = { model: "openai/gpt-image-1", prompt: "a lighthouse at dusk" }
 *   const { fallback } = yield* Images.generate(request, { retry: Retry.none })
 *   for (const { error, model } of fallback?.failures ?? []) yield* Console.log(`${model}: ${error.message}`)
 *   yield* Console.log(`made by ${fallback?.model}`)
 * }).pipe(Effect.provide(ImagesLive))
 * ```
 */
export const layer = (steps: ReadonlyArray<Step>, options: Options = {}): Layer.Layer<Images, never, Images> =>
  generating((images) => ({
    generate: (request, call) =>
      generateWith(images, onwardFrom(request, steps, options), call)(request).pipe(withSpan("Fallback.generate")),
    generateStream: (request, call) =>
      streamWith(
        images,
        onwardFrom(request, steps, options),
        call
      )(request).pipe(withStreamSpan("Fallback.generateStream"))
  }))

/**
 * `Images` with the overrides of a step; without one, unchanged. Failures after the first event of a stream are added
 * to `late`.
 */
const stepLayer = (step: Step | undefined, late: WeakSet<GenerateStreamError>): Layer.Layer<Images, never, Images> =>
  generating((images) => ({
    generate: (request, options) =>
      Effect.suspend(() => {
        const other = step === undefined ? request : withStep(request, step)
        return Effect.map(images.generate(other, options), madeBy(other, step !== undefined))
      }),
    generateStream: (request, options) =>
      Stream.suspend(() => {
        let begun = false
        const other = step === undefined ? request : withStep(request, step)
        return images.generateStream(other, options).pipe(
          Stream.mapChunks((chunk) => {
            begun = begun || Chunk.isNonEmpty(chunk)
            return step === undefined ? chunk : Chunk.map(chunk, completedBy(other))
          }),
          Stream.tapError((error) => Effect.sync(() => (begun ? late.add(error) : late.delete(error))))
        )
      })
  }))

/**
 * The same order as an ExecutionPlan, for `Effect.withExecutionPlan` and `Stream.withExecutionPlan`: first the request
 * as it is, then each step, as long as failures are curable (`whenCurable`). Use it to give one call a fallback and
 * others none, or to merge plans.
 *
 * A stream falls back only before its first event, whatever `preventFallbackOnPartialStream` says. The plan does not
 * know the request, so it repeats a step that changes nothing. It sets `response.request` but not `response.fallback`,
 * and does not follow `availability`.
 *
 * @since 0.1.0
 * @category plans
 * @example
 * ```ts
 * import { Effect, Stream } from "effect"
 * import { Fallback, Images } from "effect-openrouter-images"
 *
 * const plan = Fallback.plan(["openai/gpt-image-1-mini", { model: "krea/krea-2", quality: undefined }])
 * const request = { model: "openai/gpt-image-1", prompt: "a lighthouse at dusk", quality: "high" } as const
 *
 * const picture = Images.generate(request).pipe(Effect.withExecutionPlan(plan))
 * const events = Images.generateStream(request).pipe(Stream.withExecutionPlan(plan))
 * ```
 */
export const plan = (
  steps: ReadonlyArray<Step>
): ExecutionPlan.ExecutionPlan<{ provides: Images; input: OpenRouterError; error: never; requirements: Images }> => {
  const late = new WeakSet<GenerateStreamError>()
  // The plan asks this twice: about the failure before a step, to decide whether to run the step, and about the step's
  // own failure, to decide whether to run it again. A step never runs again, except that a stream which had events
  // counts as begun anew.
  const onward = (error: OpenRouterError): boolean => whenCurable(error) && !late.has(error)
  const planned = (step?: Step) => ({ provide: stepLayer(step, late), while: onward })
  return ExecutionPlan.make(planned(), ...steps.map((step) => planned(step)))
}
