/**
 * Pictures for the model to work from.
 *
 * @since 0.1.0
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Errors from "./Errors.js"
import * as GeneratedImage from "./GeneratedImage.js"
import type { Limits } from "./ImageResizer.js"
import { positiveInteger, show } from "./Issue.js"
import { defaultMaxRequestBytes, longestText, sizeOf } from "./internal/request/body.js"
import { checkSize, fitReference } from "./internal/request/fitReference.js"
import type * as Wire from "./Schema/InputReference.js"

/**
 * A reference picture of a request: `{ type: "image_url", imageUrl: { url } }`.
 *
 * @since 0.1.0
 * @category models
 */
export type InputReference = Wire.InputReference

/**
 * A picture at an address that the provider can reach (http or https), or a data URL. This function does not check the
 * URL; the check of the request refuses any other.
 *
 * @since 0.1.0
 * @category constructors
 * @example
 * ```ts
 * import { InputReference } from "effect-openrouter-images"
 *
 * const sketch = InputReference.fromUrl("https://example.com/sketch.png")
 * ```
 */
export const fromUrl = (url: string | URL): InputReference => ({ type: "image_url", imageUrl: { url: String(url) } })

/**
 * Words that stand in for the data URL, which cannot exist at this size. They are no URL, so the check of the request
 * refuses them and shows them.
 */
const tooLong = (byteLength: number): string => `a picture of ${sizeOf(byteLength)}; ${dataUrlLimit}`

/** The most bytes whose base64 fits into the longest string, with room for the media type. */
const mostBytes = Math.floor((longestText - 1024) / 4) * 3

const dataUrlLimit = "a data URL takes 383 MiB at most"

/**
 * A generated picture, sent within the request. It may have at most 383 MiB: the base64 of a larger one exceeds the
 * longest JavaScript string. A request with a larger one fails with an InvalidRequestError that names the size.
 *
 * @since 0.1.0
 * @category constructors
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Images, InputReference } from "effect-openrouter-images"
 *
 * const model = "google/gemini-2.5-flash-image"
 *
 * const twice = Effect.gen(function* () {
 *   const draft = yield* Images.generate({ model, prompt: "a red panda" })
 *   const inputReferences = draft.data.map(InputReference.fromImage)
 *   return yield* Images.generate({ model, prompt: "the same panda, in space", inputReferences })
 * })
 * ```
 */
export const fromImage = (image: GeneratedImage.GeneratedImage): InputReference =>
  fromUrl(image.bytes.length > mostBytes ? tooLong(image.bytes.length) : GeneratedImage.toDataUrl(image))

/**
 * The bytes of a picture, sent within the request. Without a media type, the bytes decide it. At most 383 MiB, as for
 * `fromImage`.
 *
 * @since 0.1.0
 * @category constructors
 * @example
 * ```ts
 * import { InputReference } from "effect-openrouter-images"
 *
 * const svg = "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'><circle cx='4' cy='4' r='3'/></svg>"
 * const circle = InputReference.fromBytes(new TextEncoder().encode(svg)) // data:image/svg+xml;base64,...
 * ```
 */
export const fromBytes = (bytes: Uint8Array, mediaType?: string): InputReference =>
  fromImage(GeneratedImage.make(bytes, mediaType))

/**
 * Options for a reference from a file. A picture with more than `maxBytes`, or with a side of more than `maxSide`
 * pixels, goes through the `ImageResizer` in the context. Without limits, it is sent as it is.
 *
 * @since 0.1.0
 * @category models
 */
export interface FileOptions extends Limits {
  /** The same option as the client's (see `ClientOptions`). Default: 256 MiB. */
  readonly maxRequestBytes?: number | undefined
}

/** Why a file cannot be sent, if it cannot. Base64 takes four characters for three bytes. */
const fileIssues = (path: string, byteLength: number, maxRequestBytes: number): ReadonlyArray<Errors.Issue> => {
  const encoded = Math.ceil(byteLength / 3) * 4
  if (encoded <= maxRequestBytes && byteLength <= mostBytes) return []
  const size = `${show(path)} has ${sizeOf(byteLength)}, ${sizeOf(encoded)} as base64`
  const limit =
    encoded > maxRequestBytes ? `a request may have ${sizeOf(maxRequestBytes)} of JSON (maxRequestBytes)` : dataUrlLimit
  return [{ path: ["inputReferences"], message: `${size}; ${limit}` }]
}

const invalid = (issues: ReadonlyArray<Errors.Issue>): Effect.Effect<void, Errors.InvalidRequestError> =>
  issues.length === 0 ? Effect.void : Effect.fail(new Errors.InvalidRequestError({ operation: "generate", issues }))

/**
 * A file, read when the effect runs and sent within the request. Its bytes decide the media type, whatever its name.
 *
 * A file that is larger than a request may be (192 MiB with the default `maxRequestBytes`) fails with
 * InvalidRequestError before it is read. So does one that exceeds `maxBytes` or `maxSide` where no `ImageResizer` is
 * provided, or where that cannot make it small enough. A file that cannot be read fails with PlatformError.
 *
 * @since 0.1.0
 * @category constructors
 * @example
 * ```ts
 * import { NodeContext } from "@effect/platform-node"
 * import { Effect } from "effect"
 * import { Images, InputReference } from "effect-openrouter-images"
 *
 * const program = Effect.gen(function* () {
 *   const panda = yield* InputReference.fromFile("panda.png")
 *   return yield* Images.generate({
 *     model: "google/gemini-2.5-flash-image",
 *     prompt: "the same panda, in the snow",
 *     inputReferences: [panda]
 *   })
 * }).pipe(Effect.provide(NodeContext.layer))
 * ```
 */
export const fromFile = (
  path: string,
  { maxBytes, maxRequestBytes = defaultMaxRequestBytes, maxSide }: FileOptions = {}
): Effect.Effect<InputReference, PlatformError | Errors.InvalidRequestError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const limits = { maxBytes, maxSide }
    const numbers = Object.entries({ maxRequestBytes, maxBytes, maxSide })
    yield* invalid(numbers.flatMap(([name, value]) => (value === undefined ? [] : positiveInteger([name], value))))
    // If the size cannot be found, reading will report the problem
    const { size } = yield* Effect.orElseSucceed(fs.stat(path), () => ({ size: 0 }))
    yield* invalid(fileIssues(path, Number(size), maxRequestBytes))
    yield* checkSize(path, Number(size), limits)
    const bytes = yield* fitReference(path, yield* fs.readFile(path), limits)
    // What is not a plain file may hold more than its size says
    yield* invalid(fileIssues(path, bytes.length, maxRequestBytes))
    return fromBytes(bytes)
  }).pipe(Effect.withSpan("InputReference.fromFile"))
