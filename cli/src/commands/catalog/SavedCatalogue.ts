/** The catalogue in a file, to be compared with later. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { Catalog } from "effect-openrouter-images"
import { FileError, systemMessage } from "../../failure/Failure.js"

/** In lines, so that version control shows what changed. */
const SavedCatalogue = Schema.parseJson(
  Schema.Struct({
    /** Whether it is the emulator's. */
    emulated: Schema.Boolean,
    ...Catalog.Snapshot.fields
  }),
  { space: 2 }
)
type SavedCatalogue = typeof SavedCatalogue.Type

const decode = Schema.decodeEither(SavedCatalogue)
const encode = Schema.encodeSync(SavedCatalogue)

const errorOf = (problem: string, advice: string): FileError =>
  new FileError({ problem, advice, cost: "Nothing was billed." })

/** What is wrong with the first part that is wrong. */
const faultOf = (error: ParseResult.ParseError): string => {
  const [first] = ParseResult.ArrayFormatter.formatErrorSync(error)
  return first === undefined || first.path.length === 0
    ? "it is no JSON of one"
    : `${first.path.join(".")} ${first.message}`
}

/** Reads what `save` wrote. */
export const read = (file: string): Effect.Effect<SavedCatalogue, FileError, FileSystem.FileSystem> =>
  FileSystem.FileSystem.pipe(
    Effect.flatMap((fs) => fs.readFileString(file)),
    Effect.mapError((error) =>
      errorOf(`${file} cannot be read: ${systemMessage(error)}.`, "Name a file that --save made.")
    ),
    Effect.flatMap((text) =>
      Effect.mapError(decode(text), (error) =>
        errorOf(`${file} is no saved catalogue: ${faultOf(error)}.`, "Name a file that --save made.")
      )
    )
  )

/** Writes a file, whole or not at all, in place of an earlier one. */
export const save = (file: string, catalogue: SavedCatalogue): Effect.Effect<void, FileError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const unfinished = `${file}.tmp`
    yield* fs.writeFileString(unfinished, `${encode(catalogue)}\n`)
    yield* Effect.onError(fs.rename(unfinished, file), () => Effect.ignore(fs.remove(unfinished)))
  }).pipe(
    Effect.mapError((error) =>
      errorOf(`${file} cannot be written: ${systemMessage(error)}.`, "Choose another file with --save.")
    )
  )
