/**
 * The folder of a batch: the outcome of each request, and which requests are in flight. It is all that a run knows of
 * earlier ones, so that nothing is paid for twice.
 */

import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Errors } from "effect-openrouter-images"
import { FileError, systemMessage } from "../../failure/Failure.js"
import * as Save from "../../output/Save.js"
import { escapeJson } from "../../output/Text.js"
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
  message: Schema.optional(Schema.String),
  key: Schema.String
})
export type Entry = typeof Entry.Type

/** The result of a request that has its pictures. */
export const ok = "ok"

/** The result of a request that was interrupted. */
export const interrupted = "Interrupted"

export interface Results {
  readonly folder: string
  readonly file: string
  /** The last result of each request, by its key. */
  readonly previous: ReadonlyMap<string, Entry>
  /** The keys of requests that an earlier run sent and did not finish. */
  readonly pending: ReadonlySet<string>
  readonly append: (entry: Entry) => Effect.Effect<void, PlatformError>
  /** Leaves a mark that a request is sent, until its result is written. */
  readonly begin: (job: RequestLine) => Effect.Effect<void, PlatformError>
  readonly hasBegun: (job: RequestLine) => Effect.Effect<boolean>
  readonly end: (job: RequestLine) => Effect.Effect<void>
}

/** The name of a mark, before the key. */
const markPrefix = ".sent-"

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
    const names = yield* Effect.mapError(fs.readDirectory(folder), (error) =>
      resultsError(folder, systemMessage(error))
    )
    const mark = ({ key }: RequestLine): string => paths.join(folder, markPrefix + key)
    let gap = text === "" || text.endsWith("\n") ? "" : "\n"
    return {
      folder,
      file,
      previous,
      pending: new Set(names.flatMap((name) => (name.startsWith(markPrefix) ? [name.slice(markPrefix.length)] : []))),
      append: (entry) =>
        Effect.suspend(() => {
          const line = `${gap}${escapeJson(encode(entry))}\n`
          gap = ""
          return fs.writeFileString(file, line, { flag: "a" })
        }),
      begin: (job) => fs.writeFile(mark(job), new Uint8Array()),
      hasBegun: (job) => Effect.orElseSucceed(fs.exists(mark(job)), () => true),
      end: (job) => Effect.ignore(fs.remove(mark(job)))
    }
  })

/** Which requests are sent, and which are not sent again. */
export interface Plan {
  readonly todo: ReadonlyArray<RequestLine>
  readonly done: ReadonlyArray<RequestLine>
  /** Failed requests that were billed, or may have been. */
  readonly open: ReadonlyArray<RequestLine>
}

export const plan = (jobs: ReadonlyArray<RequestLine>, { previous, pending }: Results, retryUnknown: boolean): Plan => {
  const stateOf = ({ key }: RequestLine): keyof Plan => {
    const entry = Option.fromNullable(previous.get(key))
    if (Option.exists(entry, ({ result }) => result === ok)) return "done"
    const isOpen = pending.has(key) || Option.exists(entry, ({ billing }) => billing !== "notBilled")
    return isOpen && !retryUnknown ? "open" : "todo"
  }
  const of = (state: keyof Plan) => jobs.filter((job) => stateOf(job) === state)
  return { todo: of("todo"), done: of("done"), open: of("open") }
}
