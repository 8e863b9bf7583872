/**
 * What `generate` returns.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { GenerateError, Issue } from "../Errors.js"
import * as GeneratedImage from "../GeneratedImage.js"
import { Fault } from "../internal/schema/lists.js"
import { fromWire, nullish, renameFields } from "../internal/schema/wire.js"
import { GenerationCall } from "./GenerationCall.js"
import type { ImageGenerationRequest } from "./ImageGenerationRequest.js"
import { ImageGenerationUsage } from "./ImageGenerationUsage.js"

/**
 * Which model served a request, and what failed before.
 *
 * @since 0.1.0
 * @category models
 */
export interface FallbackOutcome {
  /** The model that made the pictures. */
  readonly model: string
  /**
   * The failures before, in order. It is empty in three cases: the first model served the request, the answer came as a
   * stream, which does not carry failures, or a cache had kept it.
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
  /**
   * Seconds since 1970. Always a real time: the server's, else the one in the generation's id, else when the answer
   * came.
   */
  readonly created: number
  /** At least one picture. */
  readonly data: ReadonlyArray<GeneratedImage.GeneratedImage>
  readonly usage?: ImageGenerationUsage
  /** OpenRouter's id of the generation, from the header `X-Generation-Id`. Absent where `calls` have several. */
  readonly generationId?: string
  /** The provider that made the pictures, from the header `X-Provider-Name`. Absent where `calls` have several. */
  readonly providerName?: string
  /**
   * The items of `data` that are no pictures, with their paths in the answer. Where several calls made the response, each
   * path begins with that of its call (`["calls", 2]`), and a call that failed is a fault too.
   */
  readonly faults?: ReadonlyArray<Issue>
  /**
   * Set by `Cache.layer`, and by `Batch.run` for a request that shared another's generation. The pictures already
   * existed and cost nothing.
   */
  readonly cached?: true
  /** Set by `Fallback.layer`: which model made the pictures, and why the others did not. */
  readonly fallback?: FallbackOutcome
  /**
   * The request that made the pictures, where it is not the one you asked for: a step of a fallback served it, or a
   * cache holds another request under the same key. It has the form that provenance records: without `user`,
   * `sessionId` and `trace`, and a reference that was sent within it has a data URL without content.
   */
  readonly request?: ImageGenerationRequest
  /**
   * Set by `Split.layer` where several calls made the pictures: each with its own request, generation, cost and error, in
   * the order of the request.
   */
  readonly calls?: ReadonlyArray<GenerationCall>
}

const Wire = Schema.Struct({
  created: Schema.Number,
  data: Schema.Array(GeneratedImage.FromWire),
  usage: nullish(ImageGenerationUsage),
  generation_id: nullish(Schema.String),
  provider_name: nullish(Schema.String),
  faults: nullish(Schema.Array(Fault)),
  calls: nullish(Schema.Array(GenerationCall))
})

const names = renameFields(Wire)

/**
 * The Schema of the pictures of one generation: base64 on the wire, bytes here.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ImageGenerationResponse: Schema.Schema<ImageGenerationResponse, typeof Wire.Encoded> =
  fromWire<ImageGenerationResponse>("ImageGenerationResponse")(Wire, names)
