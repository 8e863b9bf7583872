/**
 * Checks whether an endpoint takes a request, before it is sent.
 *
 * @since 0.1.0
 */
import * as Arr from "effect/Array"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import { Catalog } from "./Catalog.js"
import { InvalidRequestError, type Issue, type ListModelEndpointsError, type Operation } from "./Errors.js"
import { Images } from "./Images.js"
import { show } from "./Issue.js"
import { error } from "./internal/endpoint/compatibility.js"
import { evaluate } from "./internal/endpoint/evaluate.js"
import { fit as nearest } from "./internal/endpoint/fit.js"
import { repair } from "./internal/endpoint/repair.js"
import { pathOf } from "./internal/errors/terms.js"
import { bestEffort, bestEffortOption } from "./internal/layer/bestEffort.js"
import { over } from "./internal/layer/over.js"
import { encodeRequest } from "./internal/request/generation.js"
import { withSpan } from "./internal/telemetry/span.js"
import type { ImageEndpoint } from "./Schema/ImageEndpoint.js"
import type { ImageGenerationRequest } from "./Schema/ImageGenerationRequest.js"

/**
 * The verdict: whether at least one endpoint takes the request, which ones do (preferred ones first), and what each of
 * the others objects to.
 *
 * @since 0.1.0
 * @category models
 */
export interface Report {
  /** Whether at least one endpoint takes the request. */
  readonly ok: boolean
  /** The endpoints that take it, preferred ones first. */
  readonly eligible: ReadonlyArray<ImageEndpoint>
  readonly issues: ReadonlyArray<Finding>
}

/**
 * One thing that is wrong: the parameter, its value, why, what is allowed, and the endpoints that object (none where
 * the request itself is at fault). A `warning` is something that an endpoint accepts and silently drops.
 *
 * @since 0.1.0
 * @category models
 */
export interface Finding {
  /** The field, in the request's names: `n`, `inputReferences[0].imageUrl.url`. */
  readonly parameter: string
  /** The same field from the outside in, like the `issues` of an InvalidRequestError. */
  readonly path: Issue["path"]
  readonly value: unknown
  readonly reason: string
  /** The values of an enumeration, keys or names; or the ends of a range. */
  readonly allowed?: ReadonlyArray<string> | { readonly min: number; readonly max: number }
  /** `error`: the request is refused. `warning`: it is accepted, and something in it has no effect. */
  readonly severity: "error" | "warning"
  /** The endpoints that object. None where the request itself is at fault. */
  readonly endpoints: ReadonlyArray<ImageEndpoint>
}

/**
 * The nearest request that an endpoint accepts, and its changes.
 *
 * @since 0.1.0
 * @category models
 */
export interface Fit {
  readonly request: ImageGenerationRequest
  readonly changes: ReadonlyArray<Change>
}

/**
 * A field that was changed. `from` is absent where the field was added, `to` where it was removed.
 *
 * @since 0.1.0
 * @category models
 */
export interface Change {
  readonly parameter: keyof ImageGenerationRequest
  /** Absent where the field was added. */
  readonly from?: unknown
  /** Absent where the field was removed. */
  readonly to?: unknown
}

const valueAt = (value: unknown, path: Issue["path"]): unknown =>
  path.reduce<unknown>((inner, key) => (Predicate.isObject(inner) ? Reflect.get(inner, key) : undefined), value)

const refuse = (issues: ReadonlyArray<Finding>): Report => ({ ok: false, eligible: [], issues })

/** Every endpoint refuses what the Schema refuses. */
const refuseMalformed = (request: ImageGenerationRequest, issues: ReadonlyArray<Issue>): Report =>
  refuse(issues.map(({ message, path }) => ({ ...error(path, valueAt(request, path), message), endpoints: [] })))

const authorOf = (model: string): string => model.slice(0, model.indexOf("/") + 1)

/** The models of the same author, else all of them. */
const relatives = (model: string, all: ReadonlyArray<{ readonly id: string }>): ReadonlyArray<string> => {
  const ids = all.map(({ id }) => id)
  const near = ids.filter((id) => id.startsWith(authorOf(model)))
  return near.length > 0 && authorOf(model) !== "" ? near : ids
}

const noModel = (model: string, allowed: ReadonlyArray<string>): Report =>
  refuse([
    { ...error(["model"], model, `must be a model that makes pictures, got ${show(model)}`, allowed), endpoints: [] }
  ])

/**
 * Judges a request endpoint by endpoint, with its provider preferences. It sends nothing but look-ups in the catalogue.
 *
 * It knows that:
 *
 * - `size` is a tier or pixels, and pixels must not contradict `resolution` and `aspectRatio`;
 * - the range of `input_references` is a count;
 * - a transparent background needs an encoding with alpha;
 * - an endpoint silently drops a key under `provider.options` that it does not list. That is a warning: the request is
 *   still accepted.
 *
 * @since 0.1.0
 * @category checks
 * @example
 * ```ts
 * import { Console, Effect } from "effect"
 * import { Preflight } from "effect-openrouter-images"
 *
 * const program = Effect.gen(function* () {
 *   const { eligible, issues, ok } = yield* Preflight.check({ model: "krea/krea-2", prompt: "a paper boat", resolution: "4K" })
 *   yield* Console.log(ok, eligible.map(({ providerName }) => providerName))
 *   for (const { allowed, parameter, reason } of issues) yield* Console.log(parameter, reason, allowed)
 * })
 * ```
 */
export const check = (request: ImageGenerationRequest): Effect.Effect<Report, ListModelEndpointsError, Catalog> =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const encoded = encodeRequest(request)
    if (Either.isLeft(encoded)) return refuseMalformed(request, encoded.left)
    return yield* catalog.endpoints(request.model).pipe(
      Effect.map((endpoints) => evaluate(request, endpoints)),
      Effect.catchTag("NotFoundResponseError", "InvalidRequestError", () =>
        Effect.map(catalog.models, (models) => noModel(request.model, relatives(request.model, models)))
      )
    )
  }).pipe(withSpan("Preflight.check", { attributes: { model: request.model } }))

const messageOf = ({ endpoints, reason }: Finding): string =>
  endpoints.length === 0 ? reason : `${reason} (${endpoints.map(({ providerName }) => providerName).join(", ")})`

const invalid = (operation: Operation, { issues }: Report): InvalidRequestError =>
  new InvalidRequestError({
    operation,
    issues: issues
      .filter(({ severity }) => severity === "error")
      .map((finding) => ({ path: finding.path, message: messageOf(finding) }))
  })

/**
 * The endpoints that take a request, preferred ones first. Fails with InvalidRequestError where none does.
 *
 * @since 0.1.0
 * @category checks
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Preflight } from "effect-openrouter-images"
 *
 * const names = Preflight.eligible({ model: "krea/krea-2", prompt: "a paper boat" }).pipe(
 *   Effect.map((endpoints) => endpoints.map(({ providerName }) => providerName))
 * )
 * ```
 */
export const eligible = (
  request: ImageGenerationRequest
): Effect.Effect<Arr.NonEmptyReadonlyArray<ImageEndpoint>, ListModelEndpointsError, Catalog> =>
  Effect.flatMap(check(request), (report) =>
    Arr.isNonEmptyReadonlyArray(report.eligible)
      ? Effect.succeed(report.eligible)
      : Effect.fail(invalid("generate", report))
  )

/**
 * The nearest request that some endpoint accepts, and its changes. A value changes to the nearest one accepted, or else
 * is removed. Provider preferences change before the model does; another model is the last resort. A request that is
 * accepted as it is comes back unchanged.
 *
 * Fails with InvalidRequestError where nothing can be done, such as for an empty prompt.
 *
 * @since 0.1.0
 * @category checks
 * @example
 * ```ts
 * import { Console, Effect } from "effect"
 * import { Images, Preflight } from "effect-openrouter-images"
 *
 * const program = Effect.gen(function* () {
 *   const { changes, request } = yield* Preflight.fit({ model: "krea/krea-2", prompt: "a paper boat", resolution: "4K" })
 *   for (const { from, parameter, to } of changes) yield* Console.log(parameter, from, "->", to) // resolution 4K -> 1K
 *   return yield* Images.generate(request)
 * })
 * ```
 */
export const fit = (request: ImageGenerationRequest): Effect.Effect<Fit, ListModelEndpointsError, Catalog> =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const report = yield* check(request)
    if (report.ok) return { request, changes: [] }
    if (Either.isLeft(encodeRequest(repair(request)))) return yield* invalid("generate", report)
    const own = yield* catalog
      .endpoints(request.model)
      .pipe(Effect.catchTag("NotFoundResponseError", "InvalidRequestError", () => Effect.succeed([])))
    const found = nearest(request, [{ model: request.model, endpoints: own }])
    if (found !== undefined) return found
    const other = nearest(request, yield* everyOffer(catalog))
    return other ?? (yield* invalid("generate", report))
  }).pipe(withSpan("Preflight.fit", { attributes: { model: request.model } }))

const everyOffer = (catalog: Context.Tag.Service<Catalog>) =>
  Effect.flatMap(catalog.models, (models) =>
    Effect.forEach(models, ({ id }) => Effect.map(catalog.endpoints(id), (endpoints) => ({ model: id, endpoints })), {
      concurrency: 8
    })
  )

const warn = ({ issues }: Report): Effect.Effect<void> =>
  Effect.forEach(
    issues.filter(({ severity }) => severity === "warning"),
    (finding) => Effect.logWarning(`${pathOf(finding.path)} ${messageOf(finding)}`),
    { discard: true }
  )

/**
 * `Images` that fails with InvalidRequestError, before anything is sent, when no endpoint takes the request. What an
 * endpoint would drop is logged as a warning. Where the catalogue cannot be fetched, the request goes out unjudged: the
 * API refuses it at no cost.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { Layer } from "effect"
 * import { Catalog, Client, Images, Preflight } from "effect-openrouter-images"
 *
 * const ImagesLive = Images.layer.pipe(Layer.provide(Client.layerConfig()), Layer.provide(FetchHttpClient.layer))
 * const CheckedLive = Preflight.layer.pipe(Layer.provide(Catalog.layer()), Layer.provide(ImagesLive))
 * ```
 */
export const layer: Layer.Layer<Images, never, Images | Catalog> = Layer.effect(
  Images,
  Effect.gen(function* () {
    const images = yield* Images
    const catalog = yield* Catalog
    const judgedOne = (
      request: ImageGenerationRequest,
      operation: Operation
    ): Effect.Effect<void, InvalidRequestError> =>
      Effect.flatMap(
        bestEffortOption("The request is not checked", () => Effect.provideService(check(request), Catalog, catalog)),
        Option.match({
          onNone: () => Effect.void,
          onSome: (report) =>
            report.ok
              ? bestEffort("A warning of the preflight is lost", () => warn(report))
              : Effect.fail(invalid(operation, report))
        })
      )
    /** The first of several parts is the largest, and they differ in nothing else that matters. */
    const judged = (request: ImageGenerationRequest, operation: Operation): Effect.Effect<void, InvalidRequestError> =>
      images.divide === undefined
        ? judgedOne(request, operation)
        : Effect.flatMap(images.divide(request), ([part]) => judgedOne(part, operation))
    return over(images, {
      generate: (request, options) => Effect.zipRight(judged(request, "generate"), images.generate(request, options)),
      generateStream: (request, options) =>
        Stream.unwrap(Effect.as(judged(request, "generateStream"), images.generateStream(request, options)))
    })
  })
)
