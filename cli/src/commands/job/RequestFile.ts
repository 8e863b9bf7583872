/** The file of a submission, read as a stream: its length needs no more memory than a hash for each line. */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as NodeStream from "@effect/platform-node/NodeStream"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import type { ImagesSchema } from "effect-openrouter-images"
import { FileError, systemMessage, UsageError } from "../../failure/Failure.js"
import { pluralize } from "../../output/Text.js"
import * as EqualLines from "../batch/EqualLines.js"
import { requestOf } from "../batch/Requests.js"

type Request = ImagesSchema.ImageGenerationRequest

interface Options {
  readonly file: string
  /** The model for lines that name none. */
  readonly model: string
  /** Whether equal lines are read once. */
  readonly unique: boolean
}

/** A file that is being read. */
export interface RequestFile {
  /** The requests as they are read. Empty lines are skipped. */
  readonly requests: Stream.Stream<Request, FileError | UsageError>
  /** How many were read by now. */
  readonly count: Effect.Effect<number>
  /** The lines by now that repeat an earlier one. */
  readonly repeated: Effect.Effect<ReadonlyArray<EqualLines.Line>>
  /** The line of a request that was read. */
  readonly lineOf: (request: Request) => number | undefined
}

export const stdin = "-"

export const nameOf = (file: string): string => (file === stdin ? "the input" : file)

const readError = (file: string) => (error: PlatformError) =>
  new FileError({
    problem: `${nameOf(file)} cannot be read: ${systemMessage(error)}.`,
    cost: "Nothing was billed.",
    advice: "Name a file with one request per line, or - for stdin."
  })

const lineError = (file: string, line: number, problem: string, before: number): UsageError => {
  const kept = `the lines before it (${pluralize(before, "request")}) stay in the job, and are not added twice`
  return new UsageError({
    problem: `Line ${line} of ${nameOf(file)} is not a request: ${problem.endsWith("?") ? problem : `${problem}.`}`,
    advice: `Correct it, and submit the file again; ${before === 0 ? "none of its requests is in the job" : kept}.`
  })
}

/** Its lines with text, each with its number from 1. */
const linesOf = (file: string): Stream.Stream<readonly [number, string], FileError, FileSystem.FileSystem> =>
  Stream.unwrap(Effect.map(FileSystem.FileSystem, (fs) => (file === stdin ? NodeStream.stdin : fs.stream(file)))).pipe(
    Stream.mapError(readError(file)),
    Stream.decodeText(),
    Stream.splitLines,
    Stream.zipWithIndex,
    Stream.map(([text, index]) => [index + 1, text.replace(/^\ufeff/, "").trim()] as const),
    Stream.filter(([, text]) => text !== "")
  )

/** Opens a file, to be read once. */
export const open = ({ file, model, unique }: Options): Effect.Effect<RequestFile, never, FileSystem.FileSystem> =>
  Effect.map(Effect.context<FileSystem.FileSystem>(), (context) => {
    const find = EqualLines.makeFinder()
    const repeated: Array<EqualLines.Line> = []
    const lines = new WeakMap<Request, number>()
    let count = 0
    /** The request of a line, or none where it repeats another and is read once. */
    const take = (line: number, text: string) =>
      Either.match(requestOf(text, model), {
        onLeft: (problem) => Effect.fail(lineError(file, line, problem, count)),
        onRight: (request) => {
          const { repeats } = find(request, line)
          if (repeats !== undefined) repeated.push({ line, repeats })
          if (repeats !== undefined && unique) return Effect.succeed([])
          lines.set(request, line)
          count += 1
          return Effect.succeed([request])
        }
      })
    return {
      requests: linesOf(file).pipe(
        Stream.mapEffect(([line, text]) => Effect.suspend(() => take(line, text))),
        Stream.mapConcat((requests) => requests),
        Stream.provideContext(context)
      ),
      count: Effect.sync(() => count),
      repeated: Effect.sync(() => repeated),
      lineOf: (request) => lines.get(request)
    }
  })
