/**
 * Makes a reference picture smaller. The library has no encoder of its own: you provide one, such as sharp.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/**
 * How large a picture may be. A limit that is absent does not count.
 *
 * @since 0.1.0
 * @category models
 */
export interface Limits {
  /** The most bytes of the encoded picture. */
  readonly maxBytes?: number | undefined
  /** The most pixels of its longer side. */
  readonly maxSide?: number | undefined
}

/**
 * A picture that could not be made smaller. `InputReference.fromFile` turns it into an InvalidRequestError, which has
 * the message.
 *
 * @since 0.1.0
 * @category errors
 */
export class ImageResizeError extends Schema.TaggedError<ImageResizeError>("effect-openrouter-images/ImageResizeError")(
  "ImageResizeError",
  { message: Schema.String }
) {}

/**
 * The operations of an `ImageResizer`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /**
   * The picture within the limits, upright: an EXIF orientation is carried out, since the new file has none. It is
   * called only with a picture that exceeds a limit. Another encoding is allowed.
   */
  readonly resize: (bytes: Uint8Array, limits: Limits) => Effect.Effect<Uint8Array, ImageResizeError>
}

/**
 * The tag of the resizer. It is optional: `InputReference.fromFile` uses it where it is provided, and needs it only for
 * a picture that exceeds a limit.
 *
 * @since 0.1.0
 * @category tags
 * @example
 * ```ts
 * import { Effect, Layer } from "effect"
 * import { ImageResizer } from "effect-openrouter-images"
 * import sharp from "sharp"
 *
 * // Limits the side alone. The guide "What you asked for" has a layer for both limits.
 * const ResizerLive = Layer.succeed(ImageResizer.ImageResizer, {
 *   resize: (bytes, { maxSide: side }) =>
 *     Effect.tryPromise({
 *       try: () => sharp(bytes).autoOrient().resize({ width: side, height: side, fit: "inside" }).toBuffer(),
 *       catch: (error) => new ImageResizer.ImageResizeError({ message: String(error) })
 *     })
 * })
 * ```
 */
export class ImageResizer extends Context.Tag("effect-openrouter-images/ImageResizer")<ImageResizer, Service>() {}
