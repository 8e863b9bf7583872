/**
 * The events of a streamed generation.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as GeneratedImage from "../GeneratedImage.js"
import { exact } from "../internal/schema/primitives.js"
import { GenerationCall } from "./GenerationCall.js"
import { ImageGenerationRequest } from "./ImageGenerationRequest.js"
import { ImageGenerationUsage } from "./ImageGenerationUsage.js"
import { OpenEnum } from "./OpenEnum.js"

/**
 * A preview of the unfinished picture. Previews cost nothing.
 *
 * @since 0.1.0
 * @category models
 */
export class PartialImage extends Schema.TaggedClass<PartialImage>()("PartialImage", {
  /** The index of the preview, from 0. */
  partialImageIndex: Schema.Number,
  image: GeneratedImage.FromWire
}) {}

/**
 * What the text of a chunk is part of.
 *
 * @since 0.1.0
 * @category enumerations
 */
export const TextChunkPhase = OpenEnum("content", "reasoning", "draft")
export type TextChunkPhase = typeof TextChunkPhase.Type

/**
 * A piece of text: of the SVG markup itself (`content`), of its draft, or of the model's reasoning.
 *
 * @since 0.1.0
 * @category models
 */
export class TextChunk extends Schema.TaggedClass<TextChunk>()("TextChunk", {
  text: Schema.String,
  phase: TextChunkPhase
}) {}

/**
 * A finished picture. Each of several pictures has its own event, and `usage` comes with the last.
 *
 * @since 0.1.0
 * @category models
 */
export class Completed extends Schema.TaggedClass<Completed>()("Completed", {
  image: GeneratedImage.FromWire,
  /**
   * Seconds since 1970. Always a real time: the server's, else the one in the generation's id, else when the answer
   * began.
   */
  created: Schema.Number,
  usage: exact(ImageGenerationUsage),
  /** OpenRouter's id of the generation, from the header `X-Generation-Id`. */
  generationId: exact(Schema.String),
  /** The provider that made it, from the header `X-Provider-Name`. */
  providerName: exact(Schema.String),
  /** The model that made it, where `Fallback.layer` used another than the requested one. */
  model: exact(Schema.String),
  /** The request that made it, where it is not the one you asked for. See `ImageGenerationResponse`. */
  request: exact(ImageGenerationRequest),
  /** Comes with the last picture where `Split.layer` made several calls. See `ImageGenerationResponse`. */
  calls: exact(Schema.Array(GenerationCall))
}) {}

/**
 * An undocumented event, or one with an undocumented shape.
 *
 * @since 0.1.0
 * @category models
 */
export class UnknownEvent extends Schema.TaggedClass<UnknownEvent>()("UnknownEvent", {
  type: Schema.String,
  /** The event's JSON, or its text where that is not JSON. */
  payload: Schema.Unknown
}) {}

/**
 * Any event of a streamed generation.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ImageStreamEvent = Schema.Union(PartialImage, TextChunk, Completed, UnknownEvent)
export type ImageStreamEvent = PartialImage | TextChunk | Completed | UnknownEvent
