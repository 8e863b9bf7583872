/**
 * Which providers may serve a request.
 *
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { show } from "../Issue.js"
import * as Checked from "../internal/schema/checked.js"
import { JsonObjects } from "../internal/schema/json.js"
import { present } from "../internal/schema/present.js"
import { openStruct, withSentence } from "../internal/schema/primitives.js"
import { OpenEnum } from "./OpenEnum.js"
import type { ProviderOptions } from "./ProviderOptions.js"

/**
 * The criterion that providers are sorted by.
 *
 * @since 0.1.0
 * @category enumerations
 */
export const ProviderSort = OpenEnum("price", "throughput", "latency", "exacto")
export type ProviderSort = typeof ProviderSort.Type

/**
 * Whether models are sorted separately.
 *
 * @since 0.1.0
 * @category enumerations
 */
export const ProviderSortPartition = OpenEnum("model", "none")
export type ProviderSortPartition = typeof ProviderSortPartition.Type

/**
 * The criterion that providers are sorted by, with the partition.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProviderSortConfig {
  readonly by?: ProviderSort | null | undefined
  readonly partition?: ProviderSortPartition | null | undefined
}

/**
 * Which providers may serve a request, in which order, and which options they receive.
 *
 * @since 0.1.0
 * @category models
 */
export interface ImageGenerationProviderPreferences {
  /** Only these providers, by name or slug. */
  readonly only?: ReadonlyArray<string> | null | undefined
  /** These providers first, in this order. */
  readonly order?: ReadonlyArray<string> | null | undefined
  /** Never these providers. */
  readonly ignore?: ReadonlyArray<string> | null | undefined
  /** The criterion that providers are sorted by when there is no `order`. */
  readonly sort?: ProviderSort | ProviderSortConfig | null | undefined
  /** Whether another provider may step in. The API's default is true. */
  readonly allowFallbacks?: boolean | null | undefined
  /**
   * Parameters for one provider, under its slug. They are sent unchanged, and no key is renamed. An endpoint silently
   * drops a key that is not among its `allowedPassthroughParameters`.
   */
  readonly options?: ProviderOptions | undefined
}

const providers = Checked.nullable(
  Checked.describe(Schema.Array(Checked.text("a provider's name or slug")), "an array of providers")
)

/** `sort` has two forms. Only the form that the caller meant reports its faults. */
const SortName = withSentence(ProviderSort, (value) =>
  Predicate.isRecord(value) ? "" : `must be a string such as "price", or { by, partition }, got ${show(value)}`
)

/** The types of the providers' parameters only help in the editor. The check is that they are JSON. */
const Options = JsonObjects as Schema.Schema<ProviderOptions>

const same = {
  only: providers,
  order: providers,
  ignore: providers,
  sort: Checked.nullable(
    Schema.Union(
      SortName,
      withSentence(
        openStruct({ by: Checked.nullable(ProviderSort), partition: Checked.nullable(ProviderSortPartition) }),
        () => ""
      )
    )
  ),
  options: Checked.optional(Options)
}

const allowFallbacks = Checked.nullable(Checked.boolean)

const Wire = openStruct({ ...same, allow_fallbacks: allowFallbacks })
const Domain = Checked.describe(openStruct({ ...same, allowFallbacks }), "an object of provider preferences")

/**
 * The Schema of provider preferences. It checks only that the parameters under `options` are JSON.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ImageGenerationProviderPreferences: Schema.Schema<
  ImageGenerationProviderPreferences,
  typeof Wire.Encoded
> = Schema.transform(Wire, Domain, {
  decode: ({ allow_fallbacks, ...rest }) => present({ ...rest, allowFallbacks: allow_fallbacks }),
  encode: ({ allowFallbacks, ...rest }) => present({ ...rest, allow_fallbacks: allowFallbacks })
})
