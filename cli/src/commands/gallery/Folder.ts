/** The pictures of a folder, with what is known about each. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Provenance } from "effect-openrouter-images"
import { systemMessage } from "../../failure/Failure.js"
import * as Print from "../../output/Print.js"
import * as Entry from "./Entry.js"

/** Reads a file, or says why it cannot be read. */
export type Reader<R> = (path: string) => Effect.Effect<Uint8Array, string, R>

const readAny: Reader<FileSystem.FileSystem> = (path) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.mapError(fs.readFile(path), systemMessage))

/** A file that cannot be read does not hide the others. */
const skip = (name: string) => (problem: string) =>
  Effect.as(Print.note([["skipped", `${name}: ${problem}`]]), Option.none<Entry.Entry>())

/** The pictures with these names, the newest first, as far as their bytes are pictures. */
export const readWith = <R>(
  read: Reader<R>,
  folder: string,
  names: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<Entry.Entry>, never, R | Path.Path> =>
  Effect.gen(function* () {
    const paths = yield* Path.Path
    const readText = (path: string) =>
      Effect.match(read(path), { onFailure: () => "", onSuccess: (bytes) => new TextDecoder().decode(bytes) })
    const results = Entry.resultsOf(yield* readText(paths.join(folder, "results.jsonl")))
    // A sidecar that cannot be read does not hide its picture
    const readSidecar = (file: string) =>
      Effect.match(read(`${file}.xmp`), { onFailure: Option.none, onSuccess: Provenance.read })
    const readOne = (name: string) =>
      Effect.gen(function* () {
        const file = paths.join(folder, name)
        const bytes = yield* read(file)
        const embedded = Provenance.read(bytes)
        const provenance = Option.isSome(embedded) ? embedded : yield* readSidecar(file)
        return Entry.entryOf(name, bytes, Option.getOrUndefined(provenance), results.get(name))
      }).pipe(Effect.catchAll(skip(name)))
    const all = yield* Effect.forEach(names, readOne)
    return Entry.sortNewestFirst(all.flatMap(Option.toArray))
  })

/** The same of any files that there are. */
export const read = (
  folder: string,
  names: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<Entry.Entry>, never, FileSystem.FileSystem | Path.Path> =>
  readWith(readAny, folder, names)
