/** The pictures of a folder, with what is known about each. */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Provenance } from "effect-openrouter-images"
import { systemMessage } from "../../failure/Failure.js"
import * as Print from "../../output/Print.js"
import * as Entry from "./Entry.js"

/** A file that cannot be read does not hide the others. */
const skip = (name: string) => (error: PlatformError) =>
  Effect.as(Print.note([["skipped", `${name}: ${systemMessage(error)}`]]), Option.none<Entry.Entry>())

/** The pictures with these names, the newest first, as far as their bytes are pictures. */
export const read = (
  folder: string,
  names: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<Entry.Entry>, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const written = yield* Effect.orElseSucceed(fs.readFileString(paths.join(folder, "results.jsonl")), () => "")
    const results = Entry.resultsOf(written)
    const readOne = (name: string) =>
      Effect.gen(function* () {
        const file = paths.join(folder, name)
        const bytes = yield* fs.readFile(file)
        // A sidecar that cannot be read does not hide its picture
        const provenance = yield* Effect.orElseSucceed(Provenance.readFile(file), Option.none)
        return Entry.entryOf(name, bytes, Option.getOrUndefined(provenance), results.get(name))
      }).pipe(Effect.catchAll(skip(name)))
    const all = yield* Effect.forEach(names, readOne)
    return Entry.sortNewestFirst(all.flatMap(Option.toArray))
  })
