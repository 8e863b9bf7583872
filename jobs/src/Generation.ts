/**
 * What came of an item.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { ItemError } from "./Errors.js"
import { StoredImage } from "./ImageStore.js"

/**
 * The pictures of one generation, which are in the ImageStore.
 *
 * @since 0.1.0
 * @category models
 */
export const Generation = Schema.Struct({
  pictures: Schema.Array(StoredImage),
  /** In US dollars, what a provider charges for your own key included. Absent where the answer did not say. */
  costUsd: Schema.optionalWith(Schema.Number, { exact: true }),
  /** OpenRouter's id of the generation. */
  generationId: Schema.optionalWith(Schema.String, { exact: true }),
  /** Seconds since 1970. */
  created: Schema.Number
})
export type Generation = typeof Generation.Type

/**
 * The pictures are made.
 *
 * @since 0.1.0
 * @category models
 */
export const Made = Schema.TaggedStruct("Made", { generation: Generation })
export type Made = typeof Made.Type

/**
 * It failed. `pictures` are those that had arrived whole all the same. They are in the ImageStore, not in the error.
 *
 * @since 0.1.0
 * @category models
 */
export const Failed: Schema.TaggedStruct<
  "Failed",
  { readonly error: typeof ItemError; readonly pictures: Schema.Array$<typeof StoredImage> }
> = Schema.TaggedStruct("Failed", { error: ItemError, pictures: Schema.Array(StoredImage) })
export type Failed = typeof Failed.Type

/**
 * How an attempt or an item ended.
 *
 * @since 0.1.0
 * @category models
 */
export const Outcome: Schema.Union<[typeof Made, typeof Failed]> = Schema.Union(Made, Failed)
export type Outcome = typeof Outcome.Type
