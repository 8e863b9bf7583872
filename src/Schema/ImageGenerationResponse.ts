/**
 * What `generate` gives back.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { GenerateError, Issue } from "../Errors.js"
import * as GeneratedImage from "../GeneratedImage.js"
import { Fault } from "../internal/schema/lists.js"
import { fromWire, nullish, renameFields } from "../internal/schema/wire.js"
import type { ImageGenerationRequest } from "./ImageGenerationRequest.js"
import { ImageGenerationUsage } from "./ImageGenerationUsage.js"

/**
 * How a request came to be served by a model other than, or besides, the first.
 *
 * @since 0.1.0
 * @category models
 */
export interface FallbackOutcome {
  /** The model that made the pictures. */
  readonly model: string
  /**
   * What went wrong before, in order. Empty when the first model served it, for what came as a stream, which does not tell, and for what a cache
   * had kept.
   */
  readonly failures: ReadonlyArray<{ readonly model: string; readonly error: GenerateError }>
}

/**
 * The pictures of one generation. Fewer than `n` may have come back.
 *
 * @since 0.1.0
 * @category models
 */
export interface ImageGenerationResponse {
  /** Seconds since 1970, always a real time: the server's, else the one in the generation's id, else when the answer came. */
  readonly created: number
  /** At least one picture. */
  readonly data: ReadonlyArray<GeneratedImage.GeneratedImage>
  readonly usage?: ImageGenerationUsage
  /** OpenRouter's id of the generation, from the header `X-Generation-Id`. */
  readonly generationId?: string
  /** The provider that made the pictures, from the header `X-Provider-Name`. */
  readonly providerName?: string
  /** The items of `data` that were no pictures, by their place in the answer. */
  readonly faults?: ReadonlyArray<Issue>
  /** Set by `Cache.layer`, and by `Batch.run` for a request that shared another's generation: the pictures were there already, and cost nothing. */
  readonly cached?: true
  /** Set by `Fallback.layer`: which model made the pictures, and why the others did not. */
  readonly fallback?: FallbackOutcome
  /**
   * The request that made the pictures, where it is not the one you asked for: a step of a fallback served it, or a cache has another request
   * under the same key. It is as provenance tells it: without `user`, `sessionId` and `trace`, and a reference that was sent within it has a data URL
   * without content.
   */
  readonly request?: ImageGenerationRequest
}

const Wire = Schema.Struct({
  created: Schema.Number,
  data: Schema.Array(GeneratedImage.FromWire),
  usage: nullish(ImageGenerationUsage),
  generation_id: nullish(Schema.String),
  provider_name: nullish(Schema.String),
  faults: nullish(Schema.Array(Fault))
})

const names = renameFields(Wire)

/**
 * The pictures of one generation as their Schema: base64 on the wire, bytes here.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ImageGenerationResponse: Schema.Schema<ImageGenerationResponse, typeof Wire.Encoded> =
  fromWire<ImageGenerationResponse>("ImageGenerationResponse")(Wire, names)
