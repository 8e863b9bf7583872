/** A KeyValueStore that keeps its values as files that you can look at. */
import { BadArgument, type PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { isUnfinished, writeWhole } from "../image/writeWhole.js"

/** The folders in it. Anything beside them belongs to someone else. */
const kinds = ["generations", "pictures"] as const

/**
 * A folder and a plain name: it cannot leave the folder, names no hidden file, and contains nothing that a file system
 * interprets.
 */
const isKey = (key: string): boolean => /^(generations|pictures)\/[a-z0-9][a-z0-9._-]*$/.test(key)

const badKeyError = (method: string, key: string) =>
  new BadArgument({
    module: "KeyValueStore",
    method,
    description: `a key must be "generations/" or "pictures/" and a plain name, got ${JSON.stringify(key.slice(0, 100))}`
  })

const whereThere = <A>(effect: Effect.Effect<A, PlatformError>): Effect.Effect<Option.Option<A>, PlatformError> =>
  Effect.catchIf(
    Effect.asSome(effect),
    (error) => error._tag === "SystemError" && error.reason === "NotFound",
    () => Effect.succeedNone
  )

const make = (
  folder: string
): Effect.Effect<KeyValueStore.KeyValueStore, PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const folders = kinds.map((kind) => paths.join(folder, kind))
    // Runs before each write too, so that you may empty the folder while a program runs.
    const prepare = Effect.forEach(folders, (each) => fs.makeDirectory(each, { recursive: true }), { discard: true })
    const at = <A>(method: string, key: string, use: (file: string) => Effect.Effect<A, PlatformError>) =>
      Effect.suspend(() => (isKey(key) ? use(paths.join(folder, key)) : Effect.fail(badKeyError(method, key))))
    yield* prepare
    return KeyValueStore.make({
      get: (key) => at("get", key, (file) => whereThere(fs.readFileString(file))),
      getUint8Array: (key) => at("getUint8Array", key, (file) => whereThere(fs.readFile(file))),
      set: (key, value) =>
        at("set", key, (file) => {
          const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value
          return Effect.zipRight(prepare, writeWhole(fs, file, bytes))
        }),
      remove: (key) => at("remove", key, (file) => fs.remove(file, { force: true })),
      clear: Effect.forEach(folders, (each) => fs.remove(each, { recursive: true, force: true }), { discard: true }),
      size: Effect.map(
        Effect.forEach(folders, (each) => whereThere(fs.readDirectory(each))),
        (all) =>
          all.flatMap(Option.getOrElse((): ReadonlyArray<string> => [])).filter((name) => !isUnfinished(name)).length
      )
    })
  })

export const layerFolder = (
  folder: string
): Layer.Layer<KeyValueStore.KeyValueStore, PlatformError, FileSystem.FileSystem | Path.Path> =>
  Layer.effect(KeyValueStore.KeyValueStore, make(folder))
