/**
 * The whole catalogue at one moment, as a file can keep it.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Fault } from "../internal/schema/lists.js"
import { ImageEndpoint } from "./ImageEndpoint.js"
import { ImageModelListItem } from "./ImageModel.js"

const faults = { faults: Schema.optional(Schema.Array(Fault)) }

/**
 * A model with the endpoints that serve it. `faults` names the endpoints that could not be read.
 *
 * @since 0.1.0
 * @category schemas
 */
export const CatalogEntry = Schema.Struct({
  model: ImageModelListItem,
  endpoints: Schema.Array(ImageEndpoint),
  ...faults
})
/**
 * A model with the endpoints that serve it.
 *
 * @since 0.1.0
 * @category models
 */
export interface CatalogEntry extends Schema.Schema.Type<typeof CatalogEntry> {}

/**
 * The Schema of a catalogue at one moment. Encoded it is JSON, with models and endpoints in the API's own names.
 *
 * `takenAtMillis` says when it was taken, in milliseconds since 1970. `faults` names the models that could not be read;
 * they are not in `entries`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const CatalogSnapshot = Schema.Struct({
  takenAtMillis: Schema.Number,
  entries: Schema.Array(CatalogEntry),
  ...faults
})
/**
 * The whole catalogue at one moment.
 *
 * @since 0.1.0
 * @category models
 */
export interface CatalogSnapshot extends Schema.Schema.Type<typeof CatalogSnapshot> {}
