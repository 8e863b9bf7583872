/**
 * A gate before the API, shared by all fibers: so many attempts a second, so many calls at a time, and nobody while the server asks to wait.
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
import { show } from "./internal/errors/show.js"
import { withListener } from "./internal/layer/attemptHooks.js"
import { Gate, type Pass } from "./internal/rateLimit/gate.js"
import { positiveIntegerIssues } from "./internal/request/positiveInteger.js"

/**
 * What is limited; without any option only the server's own word counts.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The most HTTP attempts a second, retries included; they are spaced evenly. May be a fraction: 0.5 is one every two seconds. */
  readonly requestsPerSecond?: number | undefined
  /** The most calls at a time; a stream is one until it has ended or is closed. */
  readonly concurrency?: number | undefined
}

/**
 * What happens at the gate.
 *
 * @since 0.1.0
 * @category models
 */
export interface Status {
  /** Calls that wait to be let in, and calls within that wait to try again. */
  readonly waiting: number
  /** Calls that were let in and do not wait here. */
  readonly running: number
  /** How long the server has asked everybody to wait from now on; zero when nobody is held. */
  readonly heldFor: Duration.Duration
  /** After a hold, how many attempts at a time may be sent; `Infinity` when the gate is open. */
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
 * The tag of the gate that `layer` gives beside `Images`.
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
  ...(concurrency === undefined ? [] : positiveIntegerIssues(["rateLimit", "concurrency"], concurrency))
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
        Effect.tapBoth(call(withListener(pass, options)), {
          onSuccess: () => pass.onCallEnd(Exit.void),
          onFailure: (error) => pass.onCallEnd(Exit.fail(error))
        })
      )
    )
  return {
    generate: (request, options) => enterAndCall("generate", options, (all) => images.generate(request, all)),
    generateStream: (request, options) =>
      Stream.unwrapScoped(
        Effect.map(enter("generateStream"), (pass) =>
          images.generateStream(request, withListener(pass, options)).pipe(
            // With its first event the attempt has succeeded: a slow consumer does not keep the others out.
            Stream.tap(() => pass.onCallEnd(Exit.void)),
            Stream.tapError((error) => pass.onCallEnd(Exit.fail(error)))
          )
        )
      ),
    listModels: (options) => enterAndCall("listModels", options, (all) => images.listModels(all)),
    listModelEndpoints: (model, options) =>
      enterAndCall("listModelEndpoints", options, (all) => images.listModelEndpoints(model, all))
  }
}

/**
 * `Images` behind a gate that all of its fibers share, for all four operations. Calls wait in the order in which they came; one that is
 * interrupted there has sent nothing. A layer that is provided twice is two gates.
 *
 * - `requestsPerSecond` counts HTTP attempts, also those that the client tries again by itself.
 * - `concurrency` counts calls: one that waits for its next attempt keeps its place.
 * - After a 429, a 503 that names a wait, or a 402 that waits for calls under way, every attempt is held back (`Retry.cooldownOf`), not only that of
 *   the call which met it: as long as the server asks for, for 60 seconds at most. A later answer can only make it longer.
 * - After that one attempt goes first, and each success lets one more in at a time (1, 2, 4, 8 a round), until nobody is kept out. What was
 *   sent before the hold does not count.
 *
 * An option that is not valid makes each call fail with InvalidRequestError. A stream that is never ended nor closed keeps its place, and a call
 * made from within one needs a second.
 *
 * Above a `Cache` it counts the hits as well, so put it below. Above a `Fallback` all attempts of a call have one place together, below it each
 * model has its own turn.
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
 * What happens at the gate at this moment. `Metric`'s gauges `openrouter_images_waiting` and `openrouter_images_running` tell the same of all
 * gates together; that it is held, and open again, is in the log at level debug.
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
