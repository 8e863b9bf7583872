/**
 * Where the pictures of a job are kept. Each has the SHA-256 of its bytes as its name, so the same picture is kept
 * once.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
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
 * What is in a store.
 *
 * @since 0.2.0
 * @category models
 */
export interface StoredFile {
  readonly reference: string
  readonly byteLength: number
  /** When it was put, for the first time or again, in milliseconds since 1970. */
  readonly putAt: number
  /** Whether it is what a worker left that died while it wrote. */
  readonly isTemporary: boolean
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** Keeps a picture. Once it has given back a reference, the picture survives a crash of the machine. */
  readonly put: (image: GeneratedImage.GeneratedImage) => Effect.Effect<StoredImage, ImageStoreError>
  readonly get: (stored: StoredImage) => Effect.Effect<GeneratedImage.GeneratedImage, ImageStoreError>
  /** All that it keeps, in no order. */
  readonly list: Stream.Stream<StoredFile, ImageStoreError>
  /**
   * Removes a file that was put before this time, in milliseconds since 1970; says whether it did. One that was put
   * again since may belong to a picture that is about to be recorded.
   */
  readonly remove: (reference: string, putBefore: number) => Effect.Effect<boolean, ImageStoreError>
}

/**
 * @since 0.1.0
 * @category tags
 */
export class ImageStore extends Context.Tag("effect-openrouter-images-jobs/ImageStore")<ImageStore, Service>() {}

/** Where a picture is small, Web Crypto's thread costs several times the hash itself. */
const sha256Of = (bytes: Uint8Array): Effect.Effect<string> =>
  Effect.sync(() => createHash("sha256").update(bytes).digest("hex"))

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
  Effect.map(sha256Of(image.bytes), (sha256) => {
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
 * The picture of the bytes that a store has given back. It fails where they do not have the SHA-256 that they were put
 * under. For stores of your own.
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
  return Effect.flatMap(sha256Of(bytes), (sha256) =>
    sha256 === stored.sha256
      ? Effect.succeed(GeneratedImage.make(bytes, stored.mediaType))
      : Effect.fail(
          new ImageStoreError({
            method: "get",
            description:
              `${stored.reference} is damaged: ` +
              `its ${bytes.byteLength} bytes are not those that were put (${stored.byteLength} bytes)`
          })
        )
  )
}

const toStoreError = (method: ImageStoreError["method"]) =>
  Effect.mapError((error: PlatformError) => new ImageStoreError({ method, description: error.message }))

/** Writes a file to the disk and then renames it, so that a power cut leaves the whole picture or none. */
const writeThrough = (
  fs: FileSystem.FileSystem,
  folder: string,
  target: string,
  bytes: Uint8Array
): Effect.Effect<void, PlatformError> =>
  Effect.gen(function* () {
    // Hidden, and shorter than any picture's name.
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

const timeOf = (info: FileSystem.File.Info): number => Option.match(info.mtime, { onNone: () => 0, onSome: Number })

/** The files of a folder's folders. */
const listFolder = (
  fs: FileSystem.FileSystem,
  paths: Path.Path,
  folder: string
): Stream.Stream<StoredFile, PlatformError> => {
  const fileAt = (reference: string) =>
    fs.stat(paths.join(folder, reference)).pipe(
      Effect.map((info) =>
        info.type === "File"
          ? [
              {
                reference,
                byteLength: Number(info.size),
                putAt: timeOf(info),
                isTemporary: paths.basename(reference).startsWith(".")
              }
            ]
          : []
      ),
      // It was there a moment ago.
      Effect.catchTag("SystemError", (error) => (error.reason === "NotFound" ? Effect.succeed([]) : Effect.fail(error)))
    )
  const parts = Effect.map(fs.readDirectory(folder), (names) => names.filter((name) => /^[0-9a-f]{2}$/.test(name)))
  return Stream.fromIterableEffect(parts).pipe(
    Stream.flatMap((part) =>
      Stream.fromIterableEffect(
        Effect.map(fs.readDirectory(paths.join(folder, part)), (names) => names.map((name) => `${part}/${name}`))
      )
    ),
    Stream.mapEffect(fileAt, { concurrency: 16 }),
    Stream.flattenIterables
  )
}

/**
 * Pictures as files of a folder, `ab/abcd….png`. The folder is created where it is missing. Workers on many machines
 * need one that all of them see.
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
            if (yield* fs.exists(target)) {
              const now = new Date(yield* Clock.currentTimeMillis)
              yield* fs.utimes(target, now, now)
              return stored
            }
            const parent = paths.dirname(target)
            yield* fs.makeDirectory(parent, { recursive: true })
            yield* writeThrough(fs, parent, target, image.bytes)
            return stored
          }).pipe(toStoreError("put")),
        get: (stored) =>
          fs.readFile(paths.join(folder, stored.reference)).pipe(
            toStoreError("get"),
            Effect.flatMap((bytes) => verify(stored, bytes))
          ),
        list: Stream.mapError(
          listFolder(fs, paths, folder),
          ({ message }) => new ImageStoreError({ method: "list", description: message })
        ),
        remove: (reference, putBefore) =>
          Effect.gen(function* () {
            const path = paths.join(folder, reference)
            if (!(yield* fs.exists(path)) || timeOf(yield* fs.stat(path)) >= putBefore) return false
            yield* fs.remove(path)
            return true
          }).pipe(toStoreError("remove"))
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
  const images = new Map<string, { readonly image: GeneratedImage.GeneratedImage; readonly putAt: number }>()
  return {
    put: (image) =>
      Effect.zipWith(describe(image), Clock.currentTimeMillis, (stored, putAt) => {
        images.set(stored.reference, { image, putAt })
        return stored
      }),
    get: ({ reference }) => {
      const kept = images.get(reference)
      return kept === undefined
        ? Effect.fail(new ImageStoreError({ method: "get", description: `there is no ${reference}` }))
        : Effect.succeed(kept.image)
    },
    list: Stream.suspend(() =>
      Stream.fromIterable(
        Array.from(images, ([reference, { image, putAt }]) => ({
          reference,
          byteLength: image.bytes.byteLength,
          putAt,
          isTemporary: false
        }))
      )
    ),
    remove: (reference, putBefore) =>
      Effect.sync(() => (images.get(reference)?.putAt ?? putBefore) < putBefore && images.delete(reference))
  }
})
