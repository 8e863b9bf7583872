/**
 * What a streamed generation gives, event by event.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as GeneratedImage from "../GeneratedImage.js"
import { exact } from "../internal/schema/checked.js"
import { ImageGenerationRequest } from "./ImageGenerationRequest.js"
import { ImageGenerationUsage } from "./ImageGenerationUsage.js"
import { OpenEnum } from "./OpenEnum.js"

/**
 * A preview: the picture as far as it has come. Previews cost nothing.
 *
 * @since 0.1.0
 * @category models
 */
export class PartialImage extends Schema.TaggedClass<PartialImage>()("PartialImage", {
  /** Counts the previews from 0. */
  partialImageIndex: Schema.Number,
  image: GeneratedImage.FromWire
}) {}

/**
 * What a text chunk belongs to.
 *
 * @since 0.1.0
 * @category enumerations
 */
export const TextChunkPhase = OpenEnum("content", "reasoning", "draft")
export type TextChunkPhase = typeof TextChunkPhase.Type

/**
 * A piece of text: of the SVG markup itself (`content`), of a draft of it, or of the model's reasoning.
 *
 * @since 0.1.0
 * @category models
 */
export class TextChunk extends Schema.TaggedClass<TextChunk>()("TextChunk", {
  text: Schema.String,
  phase: TextChunkPhase
}) {}

/**
 * A finished picture. With several pictures each has its own event, and `usage` comes with the last.
 *
 * @since 0.1.0
 * @category models
 */
export class Completed extends Schema.TaggedClass<Completed>()("Completed", {
  image: GeneratedImage.FromWire,
  /** Seconds since 1970, always a real time: the server's, else the one in the generation's id, else when the answer began. */
  created: Schema.Number,
  usage: exact(ImageGenerationUsage),
  /** OpenRouter's id of the generation, from the header `X-Generation-Id`. */
  generationId: exact(Schema.String),
  /** The provider that made it, from the header `X-Provider-Name`. */
  providerName: exact(Schema.String),
  /** The model that made it, where `Fallback.layer` took another than the one that was asked for. */
  model: exact(Schema.String),
  /** The request that made it, where it is not the one you asked for; see `ImageGenerationResponse`. */
  request: exact(ImageGenerationRequest)
}) {}

/**
 * An event that no document lists, or one whose shape is not the documented one.
 *
 * @since 0.1.0
 * @category models
 */
export class UnknownEvent extends Schema.TaggedClass<UnknownEvent>()("UnknownEvent", {
  type: Schema.String,
  /** The event's JSON, or its text where it is none. */
  payload: Schema.Unknown
}) {}

/**
 * Any event of a streamed generation.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ImageStreamEvent = Schema.Union(PartialImage, TextChunk, Completed, UnknownEvent)
export type ImageStreamEvent = typeof ImageStreamEvent.Type
