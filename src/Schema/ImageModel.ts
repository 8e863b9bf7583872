/**
 * The models that make pictures.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { fromWire, renaming } from "../internal/wire.js"
import { OpenEnum } from "./OpenEnum.js"
import { SupportedParameters } from "./SupportedParameters.js"

/**
 * What a model takes in.
 *
 * @since 0.1.0
 * @category enumerations
 */
export const InputModality = OpenEnum("text", "image", "file", "audio", "video")
export type InputModality = typeof InputModality.Type

/**
 * What a model gives.
 *
 * @since 0.1.0
 * @category enumerations
 */
export const OutputModality = OpenEnum(
  ...(["text", "image", "embeddings", "audio", "video", "rerank", "speech", "transcription"] as const)
)
export type OutputModality = typeof OutputModality.Type

/**
 * What a model takes in and gives.
 *
 * @since 0.1.0
 * @category models
 */
export interface ImageModelArchitecture {
  readonly inputModalities: ReadonlyArray<InputModality>
  readonly outputModalities: ReadonlyArray<OutputModality>
}

/**
 * A model of the catalogue.
 *
 * @since 0.1.0
 * @category models
 */
export interface ImageModelListItem {
  /** `author/slug`: what a request's `model` and `listModelEndpoints` take. */
  readonly id: string
  readonly name: string
  readonly description: string
  /** Seconds since 1970. */
  readonly created: number
  readonly architecture: ImageModelArchitecture
  /** What at least one of its endpoints supports. */
  readonly supportedParameters: SupportedParameters
  readonly supportsStreaming: boolean
  /** The address of its endpoints, relative to the host. */
  readonly endpoints: string
}

const Architecture = Schema.Struct({
  input_modalities: Schema.Array(InputModality),
  output_modalities: Schema.Array(OutputModality)
})

const Wire = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  description: Schema.String,
  created: Schema.Number,
  architecture: Architecture,
  supported_parameters: SupportedParameters,
  supports_streaming: Schema.Boolean,
  endpoints: Schema.String
})

const modalities = renaming(Architecture)
const names = renaming(Wire)

/**
 * A model of the catalogue as its Schema.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ImageModelListItem: Schema.Schema<ImageModelListItem, typeof Wire.Encoded> = fromWire<ImageModelListItem>(
  "ImageModelListItem"
)(Wire, {
  decode: (wire) => ({ ...names.decode(wire), architecture: modalities.decode(wire.architecture) }),
  encode: (model) => names.encode({ ...model, architecture: modalities.encode(model.architecture) })
})

/**
 * The answer of `listModels`.
 *
 * @since 0.1.0
 * @category models
 */
export interface ImageModelsListResponse {
  readonly data: ReadonlyArray<ImageModelListItem>
}

/**
 * What `listModels` gives, as its Schema.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ImageModelsListResponse = Schema.Struct({ data: Schema.Array(ImageModelListItem) })
