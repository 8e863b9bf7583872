/**
 * A picture that a generation returned.
 *
 * @since 0.1.0
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Inspectable from "effect/Inspectable"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import { encodeBase64 } from "./internal/decoding/base64.js"
import * as Internal from "./internal/image/deviation.js"
import { readDimensions } from "./internal/image/dimensions.js"
import { fitPath, isPictureExtension } from "./internal/image/fileName.js"
import { fromWire } from "./internal/image/fromWire.js"
import { sha256 as sha256Of } from "./internal/image/sha256.js"
import { extensionOf, sniffMediaType } from "./internal/image/sniff.js"
import { writeWhole } from "./internal/image/writeWhole.js"
import { bestEffortOption } from "./internal/layer/bestEffort.js"
import { writeSidecar } from "./internal/provenance/sidecar.js"
import { withSpan } from "./internal/telemetry/span.js"
import type { ImageGenerationRequest } from "./Schema/ImageGenerationRequest.js"

/**
 * The size of a picture in pixels.
 *
 * @since 0.1.0
 * @category models
 */
export interface Dimensions {
  readonly width: number
  readonly height: number
}

/**
 * A picture: its bytes as the provider encoded them, and their media type.
 *
 * @since 0.1.0
 * @category models
 */
export class GeneratedImage extends Inspectable.Class {
  constructor(
    /** The encoded picture: the content of a file. */
    readonly bytes: Uint8Array,
    /** The type that the bytes show, else the one that the server declared, else `application/octet-stream`. */
    readonly mediaType: string
  ) {
    super()
  }

  /** The bytes as base64 (RFC 4648, padded), encoded on each access. */
  get b64Json(): string {
    return encodeBase64(this.bytes)
  }

  /** The file extension of the media type, without the dot: `png`, `jpg`, `webp`, `svg`, ... */
  get extension(): string {
    return extensionOf(this.mediaType)
  }

  /**
   * The size in pixels from the header of the PNG, JPEG, WebP, SVG, GIF or AVIF. `undefined` where the header has none.
   */
  get dimensions(): Dimensions | undefined {
    return readDimensions(this.bytes)
  }

  /** What logs and inspectors show: never the bytes. */
  toJSON(): unknown {
    return {
      _id: "GeneratedImage",
      mediaType: this.mediaType,
      byteLength: this.bytes.byteLength,
      dimensions: this.dimensions
    }
  }
}

/** A declared type may lack its first half. */
const mediaTypeOf = (mediaType: string | undefined): string | undefined => {
  const type = mediaType?.trim()
  return type && /^[\w.+-]+$/.test(type) ? `image/${type.toLowerCase()}` : type || undefined
}

/**
 * Makes a picture from bytes that you have. A known signature decides its media type; `mediaType` serves for bytes
 * without one.
 *
 * @since 0.1.0
 * @category constructors
 * @example
 * ```ts
 * import { GeneratedImage } from "effect-openrouter-images"
 *
 * const image = GeneratedImage.make(new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg' width='8' height='4'/>"))
 * console.log(image.mediaType, image.extension, image.dimensions) // image/svg+xml svg { width: 8, height: 4 }
 * ```
 */
export const make = (bytes: Uint8Array, mediaType?: string): GeneratedImage =>
  new GeneratedImage(bytes, sniffMediaType(bytes) ?? mediaTypeOf(mediaType) ?? "application/octet-stream")

/**
 * Whether a value is a picture.
 *
 * @since 0.1.0
 * @category guards
 * @example
 * ```ts
 * import { GeneratedImage } from "effect-openrouter-images"
 *
 * const pictures = (values: ReadonlyArray<unknown>) => values.filter(GeneratedImage.isGeneratedImage)
 * ```
 */
export const isGeneratedImage = (value: unknown): value is GeneratedImage => value instanceof GeneratedImage

/**
 * Metadata for a picture's file or for a sidecar beside it. A `Provenance` is one.
 *
 * @since 0.1.0
 * @category models
 */
export interface PictureMetadata {
  /** The picture with this in its file, or the same picture where it cannot carry it. */
  readonly into: (image: GeneratedImage, options?: { readonly breakSignature?: boolean | undefined }) => GeneratedImage
  /**
   * This as XMP, for a sidecar. `there` is the XMP that the sidecar already holds. `undefined` where nothing can be
   * added to it.
   */
  readonly xmp: (there?: string) => string | undefined
}

/**
 * Options for saving a picture.
 *
 * @since 0.1.0
 * @category models
 */
export interface SaveOptions {
  /**
   * Where the picture comes from. It is written into the file as `Provenance.write` does, or into a sidecar where the
   * picture cannot carry it. Without it the file has exactly the bytes that came.
   */
  readonly provenance?: PictureMetadata | undefined
  /** Whether to write also into a picture with signed Content Credentials. See `Provenance.WriteOptions`. */
  readonly breakSignature?: boolean | undefined
}

/**
 * Calls the value's own method, so that a program without provenance bundles none of its code. A failure here never
 * loses a picture.
 */
const withProvenance = (image: GeneratedImage, options: SaveOptions): Effect.Effect<GeneratedImage> =>
  Effect.map(
    bestEffortOption("The picture is saved without its provenance", () =>
      Effect.sync(() => options.provenance?.into(image, options) ?? image)
    ),
    Option.getOrElse(() => image)
  )

/**
 * Writes the picture to `path` and returns the path that it wrote. A path without a picture's extension (`png`, `jpg`,
 * `webp`, ..., in upper or lower case) gets the picture's: `krea-2.v1` becomes `krea-2.v1.png`.
 *
 * No folder takes a name of more than 255 bytes in UTF-8. A longer one is shortened: it keeps its beginning and its
 * extension, with part of the whole name's hash between them, so that pictures of different names stay different files.
 *
 * The bytes go to a hidden temporary file beside `path`, which is then renamed. A reader of `path` sees the whole
 * picture or none. The folder must exist.
 *
 * A picture that is signed, as those of some providers are, or that cannot carry the provenance for another reason,
 * stays as it is. Once it is saved, the provenance goes into a sidecar beside it, XMP in `panda.png.xmp`, which
 * `Provenance.readFile` finds. If the sidecar cannot be written, that is a warning in the log, and the picture is saved
 * all the same. A sidecar of a picture that was at `path` before is replaced, or removed where the new picture needs
 * none. What other tools have written there stays.
 *
 * @since 0.1.0
 * @category files
 * @example
 * ```ts
 * import { NodeContext } from "@effect/platform-node"
 * import { Effect } from "effect"
 * import { GeneratedImage } from "effect-openrouter-images"
 *
 * const saved = (image: GeneratedImage.GeneratedImage) =>
 *   GeneratedImage.save(image, "panda").pipe(Effect.provide(NodeContext.layer)) // "panda.png"
 * ```
 */
export const save = (
  image: GeneratedImage,
  path: string,
  options: SaveOptions = {}
): Effect.Effect<string, PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const extension = paths.extname(path).slice(1)
    const isNamed = isPictureExtension(extension) || extension === image.extension
    const target = yield* fitPath(isNamed ? path : `${path}.${image.extension}`)
    const written = yield* withProvenance(image, options)
    yield* writeWhole(fs, target, written.bytes)
    yield* writeSidecar(fs, target, written === image ? options.provenance : undefined)
    return target
  }).pipe(withSpan("GeneratedImage.save"))

/**
 * The picture as a `data:` URL, for an `<img>` or an input reference.
 *
 * @since 0.1.0
 * @category conversions
 * @example
 * ```ts
 * import { GeneratedImage } from "effect-openrouter-images"
 *
 * const tag = (image: GeneratedImage.GeneratedImage) => `<img src="${GeneratedImage.toDataUrl(image)}" alt="">`
 * ```
 */
export const toDataUrl = (image: GeneratedImage): string => `data:${image.mediaType};base64,${image.b64Json}`

/**
 * The SHA-256 of the bytes in lowercase hex, from the Web Cryptography API. Browsers have that API in secure contexts
 * only; without it the effect dies.
 *
 * @since 0.1.0
 * @category conversions
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { GeneratedImage } from "effect-openrouter-images"
 *
 * const fileName = (image: GeneratedImage.GeneratedImage) =>
 *   Effect.map(GeneratedImage.sha256(image), (hash) => `${hash}.${image.extension}`)
 * ```
 */
export const sha256 = (image: GeneratedImage): Effect.Effect<string> => sha256Of(image.bytes)

/**
 * The fields of a request that a picture can be compared with.
 *
 * @since 0.1.0
 * @category models
 */
export interface AskedPicture
  extends Pick<ImageGenerationRequest, "size" | "resolution" | "aspectRatio" | "outputFormat" | "background"> {}

/**
 * What was asked for and what came instead, in the words of a request: `1024x1024`, `2K`, `16:9`, `webp`, `transparent`.
 * Of a tier and of an aspect ratio, `delivered` is the size in pixels.
 *
 * @since 0.1.0
 * @category models
 */
export interface Difference {
  readonly asked: string
  readonly delivered: string
}

/**
 * Where a picture is not what was asked for, by the field of the request. A field without a difference is absent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Deviation {
  /** Other pixels than the ones asked for, or another tier. */
  readonly size?: Difference
  /** Another tier. */
  readonly resolution?: Difference
  readonly aspectRatio?: Difference
  /** Another encoding, by the picture's bytes. */
  readonly outputFormat?: Difference
  /** `transparent` was asked for, and the picture has neither an alpha channel nor a transparent colour. */
  readonly background?: Difference
}

/**
 * Where a picture is not what `request` asks for. `undefined` where it is, and where nothing can be told: a model may
 * ignore an option, and no answer says so.
 *
 * Only a sure difference counts:
 *
 * - Pixels such as `1024x1024` are compared exactly.
 * - A tier such as `2K` is missed where the longest side is more than a tenth below it, or the shortest side more than
 *   a tenth above it. Providers read tiers in different ways.
 * - An aspect ratio may differ by 3 percent, and by what rounding both sides to multiples of 32 pixels may change.
 * - An SVG has proportions, but no pixels and no tier.
 * - An alpha channel counts as transparent, even if every pixel is opaque. Of an SVG, a GIF or an AVIF nothing is said.
 * - The value `auto`, a value that this version does not know, and a picture of unknown size are no difference.
 *
 * @since 0.1.0
 * @category deviation
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { GeneratedImage, Images } from "effect-openrouter-images"
 *
 * const request = { model: "openai/gpt-image-1", prompt: "a red panda", size: "1024x1024" }
 *
 * const checked = Effect.gen(function* () {
 *   const { data } = yield* Images.generate(request)
 *   return data.filter((image) => GeneratedImage.deviation(image, request) === undefined)
 * })
 * ```
 */
export const deviation: (image: GeneratedImage, request: AskedPicture) => Deviation | undefined = Internal.deviation

/**
 * A deviation in a line: `asked 2K webp, got 1024x1024 png`.
 *
 * @since 0.1.0
 * @category deviation
 * @example
 * ```ts
 * import { GeneratedImage } from "effect-openrouter-images"
 *
 * const wide = { size: { asked: "1024x1024", delivered: "1024x768" } }
 * console.log(GeneratedImage.formatDeviation(wide)) // asked 1024x1024, got 1024x768
 * ```
 */
export const formatDeviation: (deviation: Deviation) => string = Internal.formatDeviation

/**
 * The picture's wire shape.
 *
 * @since 0.1.0
 * @category schemas
 */
export interface GeneratedImageEncoded {
  readonly b64_json: string
  readonly media_type?: string | null | undefined
}

/**
 * Converts between the wire's base64 and a picture. Responses and errors use it to take pictures across process
 * boundaries.
 *
 * @since 0.1.0
 * @category schemas
 */
export const FromWire: Schema.Schema<GeneratedImage, GeneratedImageEncoded> = fromWire(isGeneratedImage, make)
