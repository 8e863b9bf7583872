/**
 * The models that make pictures.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { Issue } from "../Errors.js"
import { itemReader, listOf, orAbsent } from "../internal/schema/lists.js"
import { present } from "../internal/schema/present.js"
import { fromWire, renameFields } from "../internal/schema/wire.js"
import { OpenEnum } from "./OpenEnum.js"
import { SupportedParameters } from "./SupportedParameters.js"

/**
 * A kind of input that a model accepts.
 *
 * @since 0.1.0
 * @category enumerations
 */
export const InputModality = OpenEnum("text", "image", "file", "audio", "video")
export type InputModality = typeof InputModality.Type

/**
 * A kind of output that a model gives.
 *
 * @since 0.1.0
 * @category enumerations
 */
export const OutputModality = OpenEnum(
  ...(["text", "image", "embeddings", "audio", "video", "rerank", "speech", "transcription"] as const)
)
export type OutputModality = typeof OutputModality.Type

/**
 * The kinds of input and output of a model.
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
  /** `author/slug`. Use it as the `model` of a request and for `listModelEndpoints`. */
  readonly id: string
  readonly name: string
  readonly description: string
  /** Seconds since 1970. */
  readonly created: number
  readonly architecture: ImageModelArchitecture
  /** The parameters that at least one of its endpoints supports. */
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

const modalities = renameFields(Architecture)
const names = renameFields(Wire)

/**
 * The Schema of a model of the catalogue.
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
  /** The models that could not be read, with their paths in the answer. They are not in `data`. */
  readonly faults?: ReadonlyArray<Issue>
}

const ListWire = Schema.Struct({ data: listOf(ImageModelListItem) })

const readModels = itemReader(ImageModelListItem)
const encodeModel = Schema.encodeSync(ImageModelListItem)

/**
 * The Schema of what `listModels` returns. A model that cannot be read is left out and named in `faults`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ImageModelsListResponse: Schema.Schema<ImageModelsListResponse, typeof ListWire.Encoded> =
  fromWire<ImageModelsListResponse>("ImageModelsListResponse")(ListWire, {
    decode: (wire) => {
      const { faults, items } = readModels(["data"], wire.data)
      return { data: items.map(({ item }) => item), ...present({ faults: orAbsent(faults) }) }
    },
    encode: ({ data }) => ({ data: data.map((model) => encodeModel(model)) })
  })
