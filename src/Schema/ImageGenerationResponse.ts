/**
 * What `generate` gives back.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { GenerateError } from "../Errors.js"
import * as GeneratedImage from "../GeneratedImage.js"
import { present } from "../internal/present.js"
import { fromWire, nullish, orAbsent } from "../internal/wire.js"
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
  /** What went wrong before, in order; empty when the first model served it, and for what came as a stream, which does not tell. */
  readonly failures: ReadonlyArray<{ readonly model: string; readonly error: GenerateError }>
}

/**
 * The pictures of one generation. Fewer than `n` may have come back.
 *
 * @since 0.1.0
 * @category models
 */
export interface ImageGenerationResponse {
  /** Seconds since 1970. */
  readonly created: number
  readonly data: ReadonlyArray<GeneratedImage.GeneratedImage>
  readonly usage?: ImageGenerationUsage
  /** OpenRouter's id of the generation, from the header `X-Generation-Id`. */
  readonly generationId?: string
  /** Set by `Cache.layer`, and by `Batch.run` for a request that shared another's generation: the pictures were there already, and cost nothing. */
  readonly cached?: true
  /** Set by `Fallback.layer`: which model made the pictures, and why the others did not. */
  readonly fallback?: FallbackOutcome
}

/** A response around any shape of picture: the pictures of a body are decoded before its text is. */
export const responseWith = <A, I>(identifier: string, picture: Schema.Schema<A, I>) =>
  fromWire<Omit<ImageGenerationResponse, "data"> & { readonly data: ReadonlyArray<A> }>(identifier)(
    Schema.Struct({
      created: Schema.Number,
      data: Schema.Array(picture),
      usage: nullish(ImageGenerationUsage),
      generation_id: nullish(Schema.String)
    }),
    {
      decode: ({ created, data, usage, generation_id }) =>
        present({ created, data, usage: orAbsent(usage), generationId: orAbsent(generation_id) }),
      encode: ({ created, data, usage, generationId }) => present({ created, data, usage, generation_id: generationId })
    }
  )

/**
 * The pictures of one generation as their Schema: base64 on the wire, bytes here.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ImageGenerationResponse = responseWith("ImageGenerationResponse", GeneratedImage.FromWire)
