/**
 * The models that make pictures, their endpoints and prices, fetched once and kept for a while; and what changes in them.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { InvalidRequestError, type ListModelEndpointsError, type ListModelsError } from "./Errors.js"
import type { ModelId } from "./Images.js"
import { Images } from "./Images.js"
import * as Fresh from "./internal/catalog/refresh.js"
import { concurrency } from "./internal/catalog/snapshot.js"
import type { Parameter } from "./internal/endpoint/compatibility.js"
import { issuesOf, matches, search } from "./internal/endpoint/search.js"
import type { ImageEndpoint } from "./Schema/ImageEndpoint.js"
import type { ImageGenerationRequest } from "./Schema/ImageGenerationRequest.js"
import type { ImageModelListItem, InputModality } from "./Schema/ImageModel.js"
import type { Model } from "./Schema/Model.js"

export type {
  /**
   * Something that changed between two looks at the catalogue.
   *
   * - `NewModel`, `GoneModel`: a model came or went
   * - `NewEndpoint`, `GoneEndpoint`: so did an endpoint of a model that stayed
   * - `Dearer`, `Cheaper`: a line of an endpoint's price list, with `beforeUsd` and `afterUsd`
   * - `PriceUnknown`, `PriceKnown`: a price that is not known any more, or that was not known before
   * - `CapabilityChanged`: a parameter of an endpoint, with its descriptor before and after
   *
   * @since 0.1.0
   * @category models
   */
  Change
} from "./internal/catalog/change.js"

export {
  /**
   * Options of `changes`. All are optional.
   *
   * @since 0.1.0
   * @category models
   */
  type ChangesOptions,
  /**
   * The changes of the catalogue, for as long as the schedule lasts. The stream looks at once, and then by the schedule.
   * It asks OpenRouter each time, as `snapshot` does. It fails with the error of a look when `retry` has ended.
   *
   * @since 0.1.0
   * @category comparing
   * @example
   * ```ts
   * import { Console, Schedule, Stream } from "effect"
   * import { Catalog } from "effect-openrouter-images"
   *
   * const watch = Catalog.changes({ retry: Schedule.spaced("5 minutes") }).pipe(
   *   Stream.runForEach((change) => Console.log(change._tag, change.model))
   * )
   * ```
   */
  changes
} from "./internal/catalog/changes.js"

export {
  /**
   * What changed between two catalogues, in the order of the second. What is gone comes last.
   *
   * Prices are compared line by line. A line that only one side has is compared with what the other side charges
   * instead: for a variant, the price without one; nothing, where nothing of its kind is charged for. An unknown price
   * is neither dearer nor cheaper. What is missing in an answer with `faults` is not reported as gone: it may only be
   * unreadable.
   *
   * @since 0.1.0
   * @category comparing
   * @example
   * ```ts
   * import { Catalog } from "effect-openrouter-images"
   *
   * const dearer = (before: Catalog.Snapshot, after: Catalog.Snapshot) =>
   *   Catalog.diff(before, after).filter(({ _tag }) => _tag === "Dearer")
   * ```
   */
  diff
} from "./internal/catalog/diff.js"

export {
  /**
   * The whole catalogue as it is now. It asks OpenRouter each time: once for the models, and once for the endpoints of
   * each, eight at a time.
   *
   * @since 0.1.0
   * @category comparing
   * @example
   * ```ts
   * import { Effect } from "effect"
   * import { Catalog } from "effect-openrouter-images"
   *
   * const count = Effect.map(Catalog.snapshot, ({ entries }) => entries.length)
   * ```
   */
  snapshot
} from "./internal/catalog/snapshot.js"

export {
  /**
   * The Schema of a catalogue at one moment. Encoded it is JSON, which a file can keep.
   *
   * @since 0.1.0
   * @category models
   */
  CatalogSnapshot as Snapshot
} from "./Schema/CatalogSnapshot.js"

/**
 * An endpoint that `find` found, with its model and the price of the request.
 *
 * @since 0.1.0
 * @category models
 */
export interface Offer extends ImageEndpoint {
  /** The model's id. */
  readonly model: string
  /** The least that a request with these parameters costs, in US dollars. */
  readonly minUsd: number
  /** The most that it costs. `Infinity` where no upper bound is known. */
  readonly maxUsd: number
}

/**
 * Search criteria. All are optional.
 *
 * @since 0.1.0
 * @category models
 */
export interface Criteria {
  /** Parameters that the endpoint must accept: by name, or with the values that you want. */
  readonly parameters?: ReadonlyArray<Parameter> | Partial<Omit<ImageGenerationRequest, "model">> | undefined
  /** What the model must accept as input. */
  readonly inputModalities?: ReadonlyArray<InputModality> | undefined
  /** Whether the endpoint streams. */
  readonly streaming?: boolean | undefined
  /**
   * The most that the request may cost, in US dollars, zero or more. Endpoints whose price has no known upper bound are
   * left out. Any other number fails with InvalidRequestError.
   */
  readonly maxCostUsd?: number | undefined
  /** A provider's name, slug or tag. */
  readonly provider?: string | undefined
}

/**
 * The catalogue as a service.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  readonly models: Effect.Effect<ReadonlyArray<ImageModelListItem>, ListModelsError>
  readonly endpoints: (model: ModelId | Model) => Effect.Effect<ReadonlyArray<ImageEndpoint>, ListModelEndpointsError>
  readonly find: (criteria?: Criteria) => Effect.Effect<ReadonlyArray<Offer>, ListModelEndpointsError>
}

/**
 * The tag of the catalogue.
 *
 * @since 0.1.0
 * @category tags
 */
export class Catalog extends Context.Tag("effect-openrouter-images/Catalog")<Catalog, Service>() {}

/** Options of a catalogue. */
interface Options {
  /** How old an answer may be. Default: 10 minutes. */
  readonly timeToLive?: Duration.DurationInput | undefined
}

const idOf = (model: ModelId | Model): string => (typeof model === "string" ? model : `${model.author}/${model.slug}`)

/** Invalid criteria would silently find nothing. */
const check = (criteria: Criteria): Effect.Effect<void, InvalidRequestError> => {
  const issues = issuesOf(criteria)
  return issues.length === 0
    ? Effect.void
    : Effect.fail(new InvalidRequestError({ operation: "listModelEndpoints", issues }))
}

/**
 * `Catalog` over `Images`. An answer is kept for `timeToLive` (default: 10 minutes). In the last quarter of that time,
 * callers still get it at once while a new one is fetched in the background. Any number of callers share one request. A
 * failure is never kept.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { Layer } from "effect"
 * import { Catalog, Client, Images } from "effect-openrouter-images"
 *
 * const ImagesLive = Images.layer.pipe(Layer.provide(Client.layerConfig()), Layer.provide(FetchHttpClient.layer))
 * const CatalogLive = Catalog.layer({ timeToLive: "1 hour" }).pipe(Layer.provideMerge(ImagesLive))
 * ```
 */
export const layer = (options: Options = {}): Layer.Layer<Catalog, never, Images> =>
  Layer.scoped(
    Catalog,
    Effect.gen(function* () {
      const images = yield* Images
      const timeToLive = Duration.decode(options.timeToLive ?? "10 minutes")
      const models = yield* Fresh.make(() => Effect.map(images.listModels(), ({ data }) => data), timeToLive)
      const endpoints = yield* Fresh.make(
        (model) => Effect.map(images.listModelEndpoints(model), (answer) => answer.endpoints),
        timeToLive
      )
      /** A model may disappear between two answers. */
      const offersOf = (model: ImageModelListItem, criteria: Criteria) =>
        endpoints(model.id).pipe(
          Effect.map((all) => search(model, all, criteria)),
          Effect.catchTag("NotFoundResponseError", () => Effect.succeed([]))
        )
      return {
        models: models("models"),
        endpoints: (model) => endpoints(idOf(model)),
        find: (criteria = {}) =>
          Effect.zipRight(check(criteria), models("models")).pipe(
            Effect.map((all) => all.filter((model) => matches(model, criteria))),
            Effect.flatMap((found) => Effect.forEach(found, (model) => offersOf(model, criteria), { concurrency })),
            Effect.map((all) => all.flat().sort((a, b) => a.maxUsd - b.maxUsd || a.minUsd - b.minUsd))
          )
      }
    })
  )

/**
 * The models that make pictures.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { Console, Effect } from "effect"
 * import { Catalog } from "effect-openrouter-images"
 *
 * const list = Effect.gen(function* () {
 *   for (const { id, supportsStreaming } of yield* Catalog.models) yield* Console.log(id, supportsStreaming)
 * })
 * ```
 */
export const models: Effect.Effect<ReadonlyArray<ImageModelListItem>, ListModelsError, Catalog> = Effect.flatMap(
  Catalog,
  (catalog) => catalog.models
)

/**
 * The endpoints of a model. Name the model as `"author/slug"`, or by author and slug.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { Console, Effect } from "effect"
 * import { Catalog } from "effect-openrouter-images"
 *
 * const providers = Effect.gen(function* () {
 *   for (const { providerName } of yield* Catalog.endpoints("krea/krea-2")) yield* Console.log(providerName)
 * })
 * ```
 */
export const endpoints = (
  model: ModelId | Model
): Effect.Effect<ReadonlyArray<ImageEndpoint>, ListModelEndpointsError, Catalog> =>
  Effect.flatMap(Catalog, (catalog) => catalog.endpoints(model))

/**
 * The endpoints of all models that meet the criteria, cheapest first (by the most that the request may cost). The first
 * call fetches the endpoints of every model, eight at a time.
 *
 * @since 0.1.0
 * @category accessors
 * @example
 * ```ts
 * import { Console, Effect } from "effect"
 * import { Catalog } from "effect-openrouter-images"
 *
 * const cheap = Effect.gen(function* () {
 *   const offers = yield* Catalog.find({ parameters: { aspectRatio: "16:9", seed: 7 }, maxCostUsd: 0.05 })
 *   for (const { maxUsd, model, providerName } of offers) yield* Console.log(model, providerName, maxUsd)
 * })
 * ```
 */
export const find = (criteria?: Criteria): Effect.Effect<ReadonlyArray<Offer>, ListModelEndpointsError, Catalog> =>
  Effect.flatMap(Catalog, (catalog) => catalog.find(criteria))
