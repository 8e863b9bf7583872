/** Where the pictures are: what `--store` says, as a layer. */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ImageStore } from "effect-openrouter-images-jobs"
import { FileError, systemMessage, UsageError } from "../../../failure/Failure.js"
import * as Package from "../Package.js"
import * as Bucket from "./Bucket.js"

export const variable = "OPENROUTER_IMAGES_STORE"
export const defaultFolder = "job-pictures"

export interface Store {
  readonly address: string
  /** Fails if there is no store yet: to a reader, a mistyped name would look like an empty store. */
  readonly check: Effect.Effect<void, FileError, FileSystem.FileSystem>
  readonly layer: Layer.Layer<ImageStore.ImageStore, FileError, FileSystem.FileSystem | Path.Path>
  /** How many pictures to read at once: a bucket takes its time for each, a disk does not. */
  readonly readers: number
}

const storeError = (folder: string) => (error: PlatformError) =>
  new FileError({
    problem: `The store ${folder} cannot be used: ${systemMessage(error)}.`,
    cost: "Nothing was billed.",
    advice: "Choose another folder with --store."
  })

const checkExists = (folder: string): Effect.Effect<void, FileError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    if (yield* Effect.orElseSucceed(fs.exists(folder), () => false)) return
    return yield* new FileError({
      problem: `There is no store ${folder}.`,
      cost: "Nothing was billed.",
      advice: `Name the store of the workers with --store or ${variable}.`
    })
  })

const folder = (path: string): Effect.Effect<Store, UsageError> =>
  Effect.map(Package.jobs, ({ ImageStore }) => ({
    address: path,
    check: checkExists(path),
    layer: Layer.mapError(ImageStore.layerFolder(path), storeError(path)),
    readers: 1
  }))

/** The store of the option, else of the environment, else a folder in the current one. */
export const of = (given: string | undefined): Effect.Effect<Store, UsageError | ConfigError> =>
  Effect.gen(function* () {
    const text = given ?? (yield* Config.string(variable).pipe(Config.withDefault("")))
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]
    if (scheme === undefined) return yield* folder(text === "" ? defaultFolder : text)
    if (scheme.toLowerCase() === "s3") return yield* Bucket.of(text)
    return yield* new UsageError({
      problem: `${scheme}:// is not supported, only folders and s3://.`,
      advice: `Give --store or ${variable} a folder, or s3://BUCKET/PREFIX.`
    })
  })
