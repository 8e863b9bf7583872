/**
 * Pictures to work from.
 *
 * @since 0.1.0
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as GeneratedImage from "./GeneratedImage.js"
import type * as Wire from "./Schema/InputReference.js"

/**
 * A reference picture of a request: `{ type: "image_url", imageUrl: { url } }`.
 *
 * @since 0.1.0
 * @category models
 */
export type InputReference = Wire.InputReference

/**
 * A picture at an address that the provider can reach (http or https), or a data URL. The request's check, not this
 * function, refuses any other.
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
 * A generated picture, sent within the request.
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
  fromUrl(GeneratedImage.toDataUrl(image))

/**
 * The bytes of a picture, sent within the request; without a media type the bytes tell it.
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
 * A file, read when the effect runs and sent within the request. The media type is what its bytes say, whatever its name.
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
export const fromFile = (path: string): Effect.Effect<InputReference, PlatformError, FileSystem.FileSystem> =>
  FileSystem.FileSystem.pipe(
    Effect.flatMap((fs) => fs.readFile(path)),
    Effect.map((bytes) => fromBytes(bytes)),
    Effect.withSpan("InputReference.fromFile")
  )
