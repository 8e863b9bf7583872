/**
 * Where the pictures of a job are kept: each under the SHA-256 of its bytes, so that the same picture is kept once.
 *
 * @since 0.1.0
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import * as GeneratedImage from "effect-openrouter-images/GeneratedImage"
import { ImageStoreError } from "./Errors.js"

/**
 * A picture that is kept.
 *
 * @since 0.1.0
 * @category models
 */
export const StoredImage = Schema.Struct({
  /** What the store finds it by: for a folder the path within it, `3f/3fa9….png`. */
  reference: Schema.String,
  /** The SHA-256 of its bytes, in lowercase hex. */
  sha256: Schema.String,
  mediaType: Schema.String,
  byteLength: Schema.Number,
  /** In pixels, where the header of the picture tells it. */
  dimensions: Schema.optionalWith(Schema.Struct({ width: Schema.Number, height: Schema.Number }), { exact: true })
})
export type StoredImage = typeof StoredImage.Type

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** Keeps a picture; when it gives back a reference, the picture survives a crash of the machine. */
  readonly put: (image: GeneratedImage.GeneratedImage) => Effect.Effect<StoredImage, ImageStoreError>
  readonly get: (stored: StoredImage) => Effect.Effect<GeneratedImage.GeneratedImage, ImageStoreError>
}

/**
 * @since 0.1.0
 * @category tags
 */
export class ImageStore extends Context.Tag("effect-openrouter-images-jobs/ImageStore")<ImageStore, Service>() {}

/**
 * What a picture is stored as, by its content. For stores of your own.
 *
 * @since 0.1.0
 * @category stores
 * @example
 * ```ts
 * import type { GeneratedImage } from "effect-openrouter-images"
 * import { Effect } from "effect"
 * import { ImageStore } from "effect-openrouter-images-jobs"
 *
 * const nameOf = (image: GeneratedImage.GeneratedImage) =>
 *   Effect.map(ImageStore.describe(image), ({ reference }) => reference) // "3f/3fa9….png"
 * ```
 */
export const describe = (image: GeneratedImage.GeneratedImage): Effect.Effect<StoredImage> =>
  Effect.map(GeneratedImage.sha256(image), (sha256) => {
    const { dimensions } = image
    return {
      reference: `${sha256.slice(0, 2)}/${sha256}.${image.extension}`,
      sha256,
      mediaType: image.mediaType,
      byteLength: image.bytes.byteLength,
      ...(dimensions === undefined ? {} : { dimensions })
    }
  })

/**
 * The picture from the bytes that a store has given back. They are compared with the SHA-256 that they were put under: it fails where they are not the same.
 * For stores of your own.
 *
 * @since 0.1.0
 * @category stores
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { ImageStore } from "effect-openrouter-images-jobs"
 *
 * const get = (read: (reference: string) => Effect.Effect<Uint8Array>) => (stored: ImageStore.StoredImage) =>
 *   Effect.flatMap(read(stored.reference), (bytes) => ImageStore.verify(stored, bytes))
 * ```
 */
export const verify = (
  stored: StoredImage,
  bytes: Uint8Array
): Effect.Effect<GeneratedImage.GeneratedImage, ImageStoreError> => {
  const image = GeneratedImage.make(bytes, stored.mediaType)
  return Effect.flatMap(GeneratedImage.sha256(image), (sha256) =>
    sha256 === stored.sha256
      ? Effect.succeed(image)
      : Effect.fail(
          new ImageStoreError({
            method: "get",
            description: `${stored.reference} is damaged: its ${bytes.byteLength} bytes are not those that were put (${stored.byteLength} bytes)`
          })
        )
  )
}

const failing = (method: ImageStoreError["method"]) =>
  Effect.mapError((error: PlatformError) => new ImageStoreError({ method, description: error.message }))

/** To the disk itself, then under its name: a power cut leaves the whole picture or none. */
const writeThrough = (
  fs: FileSystem.FileSystem,
  folder: string,
  target: string,
  bytes: Uint8Array
): Effect.Effect<void, PlatformError> =>
  Effect.gen(function* () {
    // Hidden, and shorter than any name that it stands for.
    const temporary = `${folder}/.${(yield* Random.nextIntBetween(0, 2 ** 31)).toString(36)}`
    yield* Effect.scoped(
      Effect.gen(function* () {
        const file = yield* fs.open(temporary, { flag: "wx" })
        yield* file.writeAll(bytes)
        yield* file.sync
      })
    ).pipe(
      Effect.zipRight(fs.rename(temporary, target)),
      Effect.onError(() => Effect.ignore(fs.remove(temporary, { force: true })))
    )
  })

/**
 * Pictures as files of a folder, which is made where it is missing: `ab/abcd….png`. On many machines it has to be one that all of them see.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { NodeContext } from "@effect/platform-node"
 * import { Layer } from "effect"
 * import { ImageStore } from "effect-openrouter-images-jobs"
 *
 * const StoreLive = ImageStore.layerFolder("pictures").pipe(Layer.provide(NodeContext.layer))
 * ```
 */
export const layerFolder = (
  folder: string
): Layer.Layer<ImageStore, PlatformError, FileSystem.FileSystem | Path.Path> =>
  Layer.effect(
    ImageStore,
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const paths = yield* Path.Path
      yield* fs.makeDirectory(folder, { recursive: true })
      return {
        put: (image) =>
          Effect.gen(function* () {
            const stored = yield* describe(image)
            const target = paths.join(folder, stored.reference)
            if (yield* fs.exists(target)) return stored
            const shelf = paths.dirname(target)
            yield* fs.makeDirectory(shelf, { recursive: true })
            yield* writeThrough(fs, shelf, target, image.bytes)
            return stored
          }).pipe(failing("put")),
        get: (stored) =>
          fs.readFile(paths.join(folder, stored.reference)).pipe(
            failing("get"),
            Effect.flatMap((bytes) => verify(stored, bytes))
          )
      }
    })
  )

/**
 * Pictures in memory, for tests.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory: Layer.Layer<ImageStore> = Layer.sync(ImageStore, () => {
  const kept = new Map<string, GeneratedImage.GeneratedImage>()
  return {
    put: (image) =>
      Effect.tap(describe(image), (stored) => {
        kept.set(stored.reference, image)
      }),
    get: ({ reference }) => {
      const image = kept.get(reference)
      return image === undefined
        ? Effect.fail(new ImageStoreError({ method: "get", description: `there is no ${reference}` }))
        : Effect.succeed(image)
    }
  }
})
