/** A KeyValueStore whose values are files that one can look at. */
import { BadArgument, type PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"

/** The folders within it. Whatever else lies beside them is somebody else's. */
const kinds = ["generations", "pictures"] as const

/** A folder and a plain name: no way out, no hidden file, nothing that a file system reads in its own way. */
const isKey = (key: string): boolean => /^(generations|pictures)\/[a-z0-9][a-z0-9._-]*$/.test(key)

const unfinished = ".tmp"

const refused = (method: string, key: string) =>
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

/** To a temporary file beside it that is then renamed: whoever reads it sees all of it or nothing. */
const write = (fs: FileSystem.FileSystem, target: string, bytes: Uint8Array): Effect.Effect<void, PlatformError> =>
  Effect.gen(function* () {
    const temporary = `${target}.${(yield* Random.nextIntBetween(0, 2 ** 31)).toString(36)}${unfinished}`
    yield* fs.writeFile(temporary, bytes, { flag: "wx" }).pipe(
      Effect.zipRight(fs.rename(temporary, target)),
      Effect.onError(() => Effect.ignore(fs.remove(temporary, { force: true })))
    )
  })

const make = (
  folder: string
): Effect.Effect<KeyValueStore.KeyValueStore, PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const folders = kinds.map((kind) => paths.join(folder, kind))
    // Also before each write, so that the folder may be emptied while a program runs.
    const prepare = Effect.forEach(folders, (each) => fs.makeDirectory(each, { recursive: true }), { discard: true })
    const at = <A>(method: string, key: string, use: (file: string) => Effect.Effect<A, PlatformError>) =>
      Effect.suspend(() => (isKey(key) ? use(paths.join(folder, key)) : Effect.fail(refused(method, key))))
    yield* prepare
    return KeyValueStore.make({
      get: (key) => at("get", key, (file) => whereThere(fs.readFileString(file))),
      getUint8Array: (key) => at("getUint8Array", key, (file) => whereThere(fs.readFile(file))),
      set: (key, value) =>
        at("set", key, (file) => {
          const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value
          return Effect.zipRight(prepare, write(fs, file, bytes))
        }),
      remove: (key) => at("remove", key, (file) => fs.remove(file, { force: true })),
      clear: Effect.forEach(folders, (each) => fs.remove(each, { recursive: true, force: true }), { discard: true }),
      size: Effect.map(
        Effect.forEach(folders, (each) => whereThere(fs.readDirectory(each))),
        (all) =>
          all.flatMap(Option.getOrElse((): ReadonlyArray<string> => [])).filter((name) => !name.endsWith(unfinished))
            .length
      )
    })
  })

export const layerFolder = (
  folder: string
): Layer.Layer<KeyValueStore.KeyValueStore, PlatformError, FileSystem.FileSystem | Path.Path> =>
  Layer.effect(KeyValueStore.KeyValueStore, make(folder))
