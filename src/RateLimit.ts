/**
 * A gate in front of the API, shared by all fibers. It limits attempts per second and calls at a time, and holds
 * everybody back while the server asks for a wait.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Errors from "./Errors.js"
import { Images, type Service as ImagesService, type RequestOptions } from "./Images.js"
import { positiveInteger, show } from "./Issue.js"
import { withListener } from "./internal/layer/attemptHooks.js"
import { over } from "./internal/layer/over.js"
import { Gate, type Pass } from "./internal/rateLimit/gate.js"

/**
 * Options of a gate. Without any, only what the server asks for counts.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * The most HTTP attempts per second, including retries, evenly spaced. May be a fraction: 0.5 is one every two
   * seconds.
   */
  readonly requestsPerSecond?: number | undefined
  /** The most calls at a time. A stream counts until it has ended or is closed. */
  readonly concurrency?: number | undefined
}

/**
 * The state of the gate.
 *
 * @since 0.1.0
 * @category models
 */
export interface Status {
  /** Calls that wait to be let in, and calls inside that wait to retry. */
  readonly waiting: number
  /** Calls that were let in and are not waiting at the gate. */
  readonly running: number
  /** How much longer the server has asked everybody to wait. Zero when nobody is held. */
  readonly heldFor: Duration.Duration
  /** How many attempts may be in flight at a time after a cooldown. `Infinity` when the gate is open. */
  readonly window: number
}

/**
 * The gate as a service.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  readonly status: Effect.Effect<Status>
}

/**
 * The tag of the gate that `layer` provides beside `Images`.
 *
 * @since 0.1.0
 * @category tags
 */
export class RateLimit extends Context.Tag("effect-openrouter-images/RateLimit")<RateLimit, Service>() {}

const issuesOf = ({ concurrency, requestsPerSecond }: Options): ReadonlyArray<Errors.Issue> => [
  ...(requestsPerSecond === undefined || (Number.isFinite(requestsPerSecond) && requestsPerSecond > 0)
    ? []
    : [
        {
          path: ["rateLimit", "requestsPerSecond"],
          message: `must be a positive number, got ${show(requestsPerSecond)}`
        }
      ]),
  ...(concurrency === undefined ? [] : positiveInteger(["rateLimit", "concurrency"], concurrency))
]

type Enter = (operation: Errors.Operation) => Effect.Effect<Pass, Errors.InvalidRequestError, Scope.Scope>

const limit = (images: ImagesService, enter: Enter): ImagesService => {
  const enterAndCall = <A, E extends Errors.OpenRouterError>(
    operation: Errors.Operation,
    options: RequestOptions | undefined,
    call: (options: RequestOptions) => Effect.Effect<A, E>
  ): Effect.Effect<A, E | Errors.InvalidRequestError> =>
    Effect.scoped(
      Effect.flatMap(enter(operation), (pass) =>
        call(withListener(pass, options)).pipe(
          Effect.tapError((error) => pass.onCallEnd(Exit.fail(error))),
          Effect.tap(() => pass.onCallEnd(Exit.void))
        )
      )
    )
  return over(images, {
    generate: (request, options) => enterAndCall("generate", options, (all) => images.generate(request, all)),
    generateStream: (request, options) =>
      Stream.unwrapScoped(
        Effect.map(enter("generateStream"), (pass) =>
          images.generateStream(request, withListener(pass, options)).pipe(
            // A stream's attempt succeeds with its first event, so a slow consumer does not keep others out.
            Stream.tap(() => pass.onCallEnd(Exit.void)),
            Stream.tapError((error) => pass.onCallEnd(Exit.fail(error)))
          )
        )
      ),
    listModels: (options) => enterAndCall("listModels", options, (all) => images.listModels(all)),
    listModelEndpoints: (model, options) =>
      enterAndCall("listModelEndpoints", options, (all) => images.listModelEndpoints(model, all))
  })
}

/**
 * `Images` behind a gate that all its fibers share, for all four operations. Calls wait in the order in which they
 * came. A call that is interrupted while it waits has sent nothing. A layer that is provided twice is two gates.
 *
 * - `requestsPerSecond` counts HTTP attempts, including the client's own retries.
 * - `concurrency` counts calls. A call that waits for its next attempt keeps its place.
 * - A 429, a 503 that names a wait, or a 402 that waits for calls in flight starts a cooldown (`Retry.cooldownOf`). It
 *   holds back every attempt, not only those of the call that met it, for as long as the server asks, at most 60
 *   seconds. A later answer can only lengthen it.
 * - After the cooldown one attempt goes first. Each success lets one more in at a time (1, 2, 4, 8 a round), until
 *   nobody is kept out. Attempts sent before the cooldown do not count.
 *
 * An invalid option makes each call fail with InvalidRequestError. A stream that never ends and is never closed keeps
 * its place. A call made from within a stream needs a second place.
 *
 * Put it below a `Cache`; above one, hits count as well. Above a `Fallback` all attempts of a call share one place;
 * below it each model waits for its own turn.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { Effect, Layer } from "effect"
 * import { Client, Images, RateLimit } from "effect-openrouter-images"
 *
 * const ImagesLive = RateLimit.layer({ requestsPerSecond: 2, concurrency: 8 }).pipe(
 *   Layer.provide(Images.layer),
 *   Layer.provide(Client.layerConfig()),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 *
 * const album = Effect.forEach(
 *   ["spring", "summer", "autumn", "winter"],
 *   (season) => Images.generate({ model: "krea/krea-2", prompt: `the same meadow in ${season}` }),
 *   { concurrency: "unbounded" }
 * ).pipe(Effect.provide(ImagesLive))
 * ```
 */
export const layer = (options: Options = {}): Layer.Layer<Images | RateLimit, never, Images> =>
  Layer.effectContext(
    Effect.map(Images, (images) => {
      const issues = issuesOf(options)
      const { concurrency = Number.POSITIVE_INFINITY, requestsPerSecond = Number.POSITIVE_INFINITY } = options
      const gate = new Gate({ concurrency, interval: 1000 / requestsPerSecond })
      const enter: Enter =
        issues.length === 0
          ? () => gate.enter
          : (operation) => Effect.fail(new Errors.InvalidRequestError({ operation, issues }))
      return Context.make(Images, limit(images, enter)).pipe(Context.add(RateLimit, { status: gate.status }))
    })
  )

/**
 * The state of the gate at this moment. The gauges `openrouter_images_waiting` and `openrouter_images_running`
 * (`Metric`) report the same for all gates together. The gate logs at level debug when it is held and when it is open
 * again.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { Console, Duration, Effect } from "effect"
 * import { RateLimit } from "effect-openrouter-images"
 *
 * const report = Effect.gen(function* () {
 *   const { heldFor, running, waiting } = yield* RateLimit.status
 *   yield* Console.log(`${running} running, ${waiting} waiting, held for ${Duration.format(heldFor)}`)
 * })
 * ```
 */
export const status: Effect.Effect<Status, never, RateLimit> = Effect.flatMap(RateLimit, ({ status }) => status)
