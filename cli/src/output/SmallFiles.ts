/**
 * Many small files, one after the other. A trip to Node's thread pool, of which a file takes several, costs more than
 * the work on such a file. Whatever cannot be done here is left to the file system of the platform, which says why.
 */
import * as Fs from "node:fs"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

const attempt = Option.liftThrowable(<A>(act: () => A): A => act())

/** The file system of the platform, which reads files at once. */
export const layerReading: Layer.Layer<FileSystem.FileSystem, never, FileSystem.FileSystem> = Layer.effect(
  FileSystem.FileSystem,
  Effect.map(FileSystem.FileSystem, (fs) => ({
    ...fs,
    readFile: (path: string) =>
      Effect.suspend(() =>
        Option.match(
          attempt(() => Fs.readFileSync(path)),
          { onNone: () => fs.readFile(path), onSome: Effect.succeed }
        )
      )
  }))
)

/**
 * The name of the file that is being written: one for the whole process, for it writes one after the other, and a folder
 * of many files takes twice as long to find a place for a new name each time.
 */
const unfinishedName = `.${Math.floor(Math.random() * 2 ** 48).toString(36)}`

/**
 * Writes a file that is there whole or not at all, and never in place of another. Says whether it did. The link is what
 * an existing file prevents; a rename would replace it.
 */
export const writeNew = (path: string, bytes: Uint8Array): boolean => {
  const unfinished = path.replace(/[^/\\]*$/, unfinishedName)
  const written = attempt(() => {
    Fs.writeFileSync(unfinished, bytes, { flag: "wx" })
    Fs.linkSync(unfinished, path)
  })
  attempt(() => Fs.unlinkSync(unfinished))
  return Option.isSome(written)
}
