/**
 * The folder of a batch: the outcome of each request, and the marks of those in flight. It is all that a run knows of
 * earlier ones, so that nothing is paid for twice.
 */

import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { Errors } from "effect-openrouter-images"
import { FileError, systemMessage } from "../../failure/Failure.js"
import * as Save from "../../output/Save.js"
import { escapeJson } from "../../output/Text.js"
import * as Marks from "./Marks.js"
import type { RequestLine } from "./Requests.js"

/** A line of `results.jsonl`: what came of a request. */
export const Entry = Schema.Struct({
  index: Schema.Number,
  line: Schema.Number,
  /** `ok`, or the error's tag. */
  result: Schema.String,
  /** The pictures, below the folder. */
  files: Schema.Array(Schema.String),
  /** In US dollars, where it is known. */
  cost: Schema.optional(Schema.Number),
  billing: Errors.Billing,
  generation: Schema.optional(Schema.String),
  /** Whether billing and cost are those of OpenRouter's record, which was asked for afterwards. */
  settled: Schema.optional(Schema.Boolean),
  message: Schema.optional(Schema.String),
  key: Schema.String
})
export type Entry = typeof Entry.Type

/** The result of a request that has its pictures. */
export const ok = "ok"

/** The result of a request that was interrupted. */
const interrupted = "Interrupted"

/** A request that was in flight when its run ended may have been billed. */
export const interruptedEntry = ({ index, key, line }: RequestLine, mark: Marks.Mark): Entry => ({
  ...{ index, line, result: interrupted, files: [] },
  ...{ billing: "unknown", ...mark, key }
})

export interface Results {
  readonly folder: string
  readonly file: string
  /** The last result of each request, by its key. */
  readonly previous: ReadonlyMap<string, Entry>
  readonly append: (...entries: ReadonlyArray<Entry>) => Effect.Effect<void, PlatformError>
  readonly marks: Marks.Marks
}

const encode = Schema.encodeSync(Schema.parseJson(Entry))
const decode = Schema.decodeEither(Schema.parseJson(Entry))

const resultsError = (file: string, problem: string): FileError =>
  new FileError({
    problem: `${file} cannot be read: ${problem}.`,
    cost: "Nothing was billed.",
    advice:
      "Repair it, or choose another folder with --out. Requests that it does not list are sent, and paid for, again."
  })

/** A line that cannot be read may belong to a request that was paid for: only the user can tell. */
const parse = (file: string, text: string): Either.Either<ReadonlyMap<string, Entry>, FileError> => {
  const entries = new Map<string, Entry>()
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue
    const entry = decode(line)
    if (Either.isLeft(entry)) return Either.left(resultsError(file, `line ${i + 1} is not a result`))
    entries.set(entry.right.key, entry.right)
  }
  return Either.right(entries)
}

const readContent = (file: string): Effect.Effect<string, FileError, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.catchAll(fs.readFileString(file), (error) =>
      error._tag === "SystemError" && error.reason === "NotFound"
        ? Effect.succeed("")
        : Effect.fail(resultsError(file, systemMessage(error)))
    )
  )

/** Creates the folder, or reads what earlier runs left in it. */
export const open = (folder: string): Effect.Effect<Results, FileError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const file = paths.join(folder, "results.jsonl")
    yield* Save.prepare(folder)
    const text = yield* readContent(file)
    const previous = yield* parse(file, text)
    const marks = yield* Effect.mapError(Marks.open(folder), (error) => resultsError(folder, systemMessage(error)))
    let gap = text === "" || text.endsWith("\n") ? "" : "\n"
    return {
      folder,
      file,
      previous,
      append: (...entries) =>
        Effect.suspend(() => {
          const text = entries.map((entry) => `${escapeJson(encode(entry))}\n`).join("")
          const start = gap
          gap = ""
          return fs.writeFileString(file, start + text, { flag: "a" })
        }),
      marks
    }
  })
