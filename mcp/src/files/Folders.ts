/**
 * The folders that an agent may read. It names files, and what it names may be hostile: a path that leads out of them,
 * itself or by a link, is no path.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import { GeneratedImage } from "effect-openrouter-images"
import { FileError } from "../../../cli/src/failure/Failure.js"
import * as Save from "../../../cli/src/output/Save.js"
import { formatBytes, sanitize } from "../../../cli/src/output/Text.js"

/** The longest path that most systems have. */
const longestPath = 4096

/** The most that a reference may have: more than any model takes. */
export const mostBytes = 20 * 1024 * 1024

/** The most that the references of a call may have together: many calls may be under way. */
const mostTogether = 40 * 1024 * 1024

/** The most that any file may have: more than any model makes. */
const mostOfAny = 100 * 1024 * 1024

const refusal = (problem: string, advice: string): FileError =>
  new FileError({ problem, cost: "Nothing was billed.", advice })

/** A path as it is said again: whole only where it is short. */
const show = (path: string): string => JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : sanitize(path))

/** The words do not tell whether there is such a file. */
const outside = (path: string, folders: ReadonlyArray<string>): FileError =>
  refusal(
    `${show(path)} is no file in the folders that this server may read: ${folders.join(", ")}.`,
    "Name a file in one of them, such as a name that `gallery` lists. Only the person can allow more, with --allow."
  )

type Files = FileSystem.FileSystem | Path.Path

const isWithin = (paths: Path.Path, folder: string, path: string): boolean => {
  const way = paths.relative(folder, path)
  return way !== "" && way !== ".." && !way.startsWith(`..${paths.sep}`) && !paths.isAbsolute(way)
}

/** Makes the folder for the pictures, before anything is paid for. */
export const prepare = (folder: string): Effect.Effect<void, FileError, FileSystem.FileSystem> =>
  Effect.mapError(Save.prepare(folder), ({ problem }) =>
    refusal(problem, "Nothing was sent. Only the person can choose another folder, with --output.")
  )

/** Where a file really is, if that is in one of the folders. */
const locate = (path: string, folders: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const real = yield* fs.realPath(path)
    return folders.some((folder) => isWithin(paths, folder, real)) ? real : yield* Effect.fail("outside")
  })

/** The places that a path may mean: itself, or a name in each folder. */
const candidates = (paths: Path.Path, path: string, folders: ReadonlyArray<string>): ReadonlyArray<string> =>
  paths.isAbsolute(path) ? [path] : folders.map((folder) => paths.join(folder, path))

/**
 * The real path of a plain file in one of the folders, which are real paths themselves: a link that is put in the place
 * of a folder leads nowhere.
 */
export const find = (path: string, folders: ReadonlyArray<string>): Effect.Effect<string, FileError, Files> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    if (path.length > longestPath || /\p{Cc}/u.test(path)) return yield* Effect.fail("outside")
    const real = yield* Effect.firstSuccessOf(candidates(paths, path, folders).map((one) => locate(one, folders)))
    return (yield* fs.stat(real)).type === "File" ? real : yield* Effect.fail("outside")
  }).pipe(Effect.mapError(() => outside(path, folders)))

/**
 * The bytes of a plain file in one of the folders. The file is opened first and then looked for again, so that a link
 * which is put in its place meanwhile leads nowhere.
 */
export const readFile = (
  path: string,
  folders: ReadonlyArray<string>,
  most = mostOfAny
): Effect.Effect<Uint8Array, FileError, Files> =>
  Effect.scoped(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const real = yield* find(path, folders)
      const gone = () => outside(path, folders)
      const file = yield* Effect.mapError(fs.open(real, { flag: "r" }), gone)
      const opened = yield* Effect.mapError(file.stat, gone)
      const again = yield* Effect.mapError(fs.stat(yield* find(real, folders)), gone)
      if (opened.dev !== again.dev || !Equal.equals(opened.ino, again.ino)) return yield* gone()
      const size = Number(opened.size)
      if (size > most)
        return yield* refusal(
          `${show(path)} has ${formatBytes(size)}; it may have ${formatBytes(most)}.`,
          `Name smaller files: pictures may have ${formatBytes(mostTogether)} together.`
        )
      const bytes = new Uint8Array(size)
      const length = Number(yield* Effect.mapError(file.read(bytes), gone))
      return length === size ? bytes : yield* gone()
    })
  )

const readPicture = (path: string, folders: ReadonlyArray<string>, most: number) =>
  Effect.filterOrFail(
    readFile(path, folders, Math.min(most, mostBytes)),
    (bytes) => GeneratedImage.make(bytes).mediaType.startsWith("image/"),
    () => refusal(`${show(path)} holds no picture.`, "Name a picture.")
  )

/** The bytes of several, of which none is read that is too large beside those before it. */
export const readPictures = (
  all: ReadonlyArray<string>,
  folders: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<Uint8Array>, FileError, Files> =>
  Effect.reduce(all, [] as ReadonlyArray<Uint8Array>, (read, path) => {
    const left = mostTogether - read.reduce((sum, { length }) => sum + length, 0)
    return Effect.map(readPicture(path, folders, left), (bytes) => [...read, bytes])
  })
