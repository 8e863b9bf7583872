/**
 * One of several calls whose pictures are in one response.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { GenerateStreamError } from "../Errors.js"
import * as Checked from "../internal/schema/checked.js"
import { fromWire, nullish, renameFields } from "../internal/schema/wire.js"
import { ImageGenerationRequest } from "./ImageGenerationRequest.js"
import { ImageGenerationUsage } from "./ImageGenerationUsage.js"

/**
 * One of the calls that `Split.layer` made in place of one.
 *
 * A call that died of a defect has neither `usage` nor `error`. Like every call without both, it may have been billed.
 *
 * @since 0.1.0
 * @category models
 */
export interface GenerationCall {
  /**
   * What this call asked for, with its own `n` and `seed`. It has the form that provenance records: without `user`,
   * `sessionId` and `trace`, and a reference that was sent within it has a data URL without content.
   */
  readonly request: ImageGenerationRequest
  /** The pictures that it brought, by their index in `data`. Those of a stream count in the order in which they came. */
  readonly pictures: ReadonlyArray<number>
  readonly usage?: ImageGenerationUsage
  /** OpenRouter's id of the generation. */
  readonly generationId?: string
  /** The provider that made the pictures. */
  readonly providerName?: string
  /** Set where a cache had the pictures. They cost nothing. */
  readonly cached?: true
  /** Why the call failed. The error's `billing` says what that cost. */
  readonly error?: GenerateStreamError
}

const Wire = Schema.Struct({
  request: ImageGenerationRequest,
  pictures: Schema.Array(Checked.integer("an index in data", 0)),
  usage: nullish(ImageGenerationUsage),
  generation_id: nullish(Schema.String),
  provider_name: nullish(Schema.String),
  cached: nullish(Schema.Literal(true)),
  error: nullish(GenerateStreamError)
})

const names = renameFields(Wire)

/**
 * The Schema of one of several calls.
 *
 * @since 0.1.0
 * @category schemas
 */
export const GenerationCall: Schema.Schema<GenerationCall, typeof Wire.Encoded> = fromWire<GenerationCall>(
  "GenerationCall"
)(Wire, names)
