/**
 * What `generate` sends.
 *
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Checked from "../internal/schema/checked.js"
import { JsonObject, jsonFaults } from "../internal/schema/json.js"
import { present } from "../internal/schema/present.js"
import { openStruct, withFaults } from "../internal/schema/primitives.js"
import * as Sample from "../internal/schema/samples.js"
import { ImageGenerationProviderPreferences } from "./ImageGenerationProviderPreferences.js"
import { InputReference } from "./InputReference.js"
import type { Model } from "./Model.js"
import { OpenEnum } from "./OpenEnum.js"

/**
 * The tier of the picture's size.
 *
 * @since 0.1.0
 * @category enumerations
 */
export const Resolution = OpenEnum("512", "768", "1K", "1.5K", "2K", "4K")
export type Resolution = typeof Resolution.Type

/**
 * A tier, or pixels. The editor completes common ones; any other pair such as `1344x768` is accepted as well.
 *
 * @since 0.1.0
 * @category enumerations
 */
export const Size = OpenEnum(
  ...Resolution.known,
  ...(["1024x1024", "1024x1536", "1536x1024", "2048x2048", "4096x4096", "auto"] as const)
)
export type Size = typeof Size.Type

/**
 * Width to height; `auto` leaves it to the model.
 *
 * @since 0.1.0
 * @category enumerations
 */
export const AspectRatio = OpenEnum(
  ...(["1:1", "1:2", "1:4", "1:8", "2:1", "2:3", "2.35:1", "3:2", "3:4", "4:1", "4:3", "4:5", "5:2", "5:4"] as const),
  ...(["5:7", "7:5", "8:1", "9:16", "16:9", "9:19.5", "19.5:9", "9:20", "20:9", "9:21", "21:9", "auto"] as const)
)
export type AspectRatio = typeof AspectRatio.Type

/**
 * How much work the model puts into the picture.
 *
 * @since 0.1.0
 * @category enumerations
 */
export const Quality = OpenEnum("auto", "low", "medium", "high", "xhigh", "max")
export type Quality = typeof Quality.Type

/**
 * The encoding of the picture.
 *
 * @since 0.1.0
 * @category enumerations
 */
export const OutputFormat = OpenEnum("png", "jpeg", "webp", "svg")
export type OutputFormat = typeof OutputFormat.Type

/**
 * The picture's background. `transparent` needs the format png or webp.
 *
 * @since 0.1.0
 * @category enumerations
 */
export const Background = OpenEnum("auto", "transparent", "opaque")
export type Background = typeof Background.Type

/**
 * A request for pictures. Only `model` and `prompt` are required. A model's `supportedParameters` say which of the
 * other fields it accepts.
 *
 * @since 0.1.0
 * @category models
 */
export interface ImageGenerationRequest {
  /** The model's id, such as `bytedance-seed/seedream-4.5`. White space around it is removed. */
  readonly model: Model
  /** What the picture shows; at least 1 character. */
  readonly prompt: string
  /** How many pictures, 1 to 10 (the API's default is 1). Fewer may come back. */
  readonly n?: number | undefined
  /** The tier of the picture's size. */
  readonly resolution?: Resolution | undefined
  /** Width to height. */
  readonly aspectRatio?: AspectRatio | undefined
  /** A tier, or pixels such as `2048x2048`. The API refuses pixels that contradict `resolution` or `aspectRatio`. */
  readonly size?: Size | undefined
  /** How much work the model puts into the picture. */
  readonly quality?: Quality | undefined
  /** The encoding of the picture. */
  readonly outputFormat?: OutputFormat | undefined
  /** The picture's background. */
  readonly background?: Background | undefined
  /** Percent, 0 to 100, for encodings that lose detail. */
  readonly outputCompression?: number | undefined
  /** An integer. The same seed gives the same picture where the model supports it. */
  readonly seed?: number | undefined
  /** Up to 16 pictures to work from. See the module `InputReference`. */
  readonly inputReferences?: ReadonlyArray<InputReference> | undefined
  /** Which providers may serve the request, and which options they receive. */
  readonly provider?: ImageGenerationProviderPreferences | undefined
  /** Groups requests of one session; at most 256 characters. */
  readonly sessionId?: string | undefined
  /** Your own id for the end user. */
  readonly user?: string | undefined
  /** A JSON object for observability, sent unchanged. */
  readonly trace?: Readonly<Record<string, unknown>> | undefined
}

/**
 * The request as it stands on the wire.
 *
 * @since 0.1.0
 * @category models
 */
export interface ImageGenerationRequestEncoded extends Schema.Schema.Encoded<typeof Wire> {}

const mostReferences = 16

const References = Checked.describe(Schema.Array(InputReference), "an array of references").pipe(
  Schema.filter((all) => all.length <= mostReferences || tooMany(all.length))
)

const tooMany = (count: number): string => `must be at most ${mostReferences} references, got ${count}`

/**
 * Faults that a schema looks for only once everything within is valid: too many references, and values of unknown
 * fields that JSON cannot carry.
 */
export const outerFaults = (request: unknown) => {
  if (!Predicate.isRecord(request)) return []
  const { inputReferences } = request
  const count = Array.isArray(inputReferences) ? inputReferences.length : 0
  const unknown = Object.fromEntries(Object.entries(request).filter(([name]) => !(name in fields)))
  return [
    ...(count > mostReferences ? [{ path: ["inputReferences"], message: tooMany(count) }] : []),
    ...jsonFaults(unknown)
  ]
}

/** An id that was pasted may have white space around it, which is not sent. */
const modelId = Checked.constrain(
  'a model id such as "author/slug"',
  (value): value is string => Predicate.isString(value) && value.trim() !== "",
  Sample.map(Sample.text(), (text) => `${text.trim()}/slug`)
)

const same = {
  model: modelId,
  prompt: Checked.text("at least 1 character", 1),
  n: Checked.optional(Checked.integer("an integer from 1 to 10", 1, 10)),
  resolution: Checked.optional(Resolution),
  size: Checked.optional(Checked.describe(Size, 'a tier such as "2K" or pixels such as "2048x2048"')),
  quality: Checked.optional(Quality),
  background: Checked.optional(Background),
  seed: Checked.optional(Checked.integer("an integer")),
  user: Checked.optional(Checked.text("a string")),
  trace: Checked.optional(JsonObject)
}

const sessionId = Checked.optional(Checked.text("at most 256 characters", 0, 256))
const outputCompression = Checked.optional(Checked.integer("an integer from 0 to 100", 0, 100))

const Wire = openStruct({
  ...same,
  aspect_ratio: Checked.optional(AspectRatio),
  output_format: Checked.optional(OutputFormat),
  output_compression: outputCompression,
  input_references: Checked.optional(Schema.Array(Schema.encodedSchema(InputReference))),
  provider: Checked.optional(Schema.encodedSchema(ImageGenerationProviderPreferences)),
  session_id: sessionId
})

const fields = {
  ...same,
  aspectRatio: Checked.optional(AspectRatio),
  outputFormat: Checked.optional(OutputFormat),
  outputCompression,
  inputReferences: Checked.optional(References),
  provider: Checked.optional(ImageGenerationProviderPreferences),
  sessionId
}

const Domain = withFaults(Checked.describe(openStruct(fields), "a request with model and prompt"), jsonFaults)

/**
 * The Schema of a request: camelCase on the type side, the API's names on the wire. Fields that this version does not
 * know pass through in both directions.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ImageGenerationRequest: Schema.Schema<ImageGenerationRequest, ImageGenerationRequestEncoded> =
  Schema.transform(Wire, Domain, {
    decode: ({ aspect_ratio, output_format, output_compression, input_references, session_id, ...rest }) =>
      present({
        ...rest,
        aspectRatio: aspect_ratio,
        outputFormat: output_format,
        outputCompression: output_compression,
        inputReferences: input_references,
        sessionId: session_id
      }),
    encode: ({ aspectRatio, outputFormat, outputCompression, inputReferences, model, sessionId, ...rest }) =>
      present({
        ...rest,
        model: model.trim(),
        aspect_ratio: aspectRatio,
        output_format: outputFormat,
        output_compression: outputCompression,
        input_references: inputReferences,
        session_id: sessionId
      })
  })
