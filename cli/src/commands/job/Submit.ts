/** `openrouter-images job submit`: a file of requests becomes a job, or adds to one. */
import * as Args from "@effect/cli/Args"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as NodeStream from "@effect/platform-node/NodeStream"
import * as Chunk from "effect/Chunk"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { type ImagesSchema, Quote } from "effect-openrouter-images"
import type { Jobs } from "effect-openrouter-images-jobs"
import { FileError, systemMessage, UsageError } from "../../failure/Failure.js"
import * as Flag from "../../options/Flag.js"
import * as RequestOptions from "../../options/RequestOptions.js"
import * as Print from "../../output/Print.js"
import { pluralize, sanitize } from "../../output/Text.js"
import { withSpinner } from "../../terminal/Spinner.js"
import { requestOf } from "../batch/Requests.js"
import * as Command from "../Command.js"
import * as Database from "./database/Database.js"
import * as Target from "./database/Target.js"
import * as JobOptions from "./JobOptions.js"

const config = {
  file: Args.text({ name: "FILE.jsonl" }).pipe(
    Args.withDescription("One request per line, as for `batch`; - reads stdin")
  ),
  job: Flag.text("job", "NAME", "The job's name. Default: the file's, without its extension"),
  model: RequestOptions.model("The model for lines that name none"),
  limit: Flag.dollars("limit", "The most that the job may cost over all workers, in US dollars"),
  priority: Flag.count("priority", "The job's share of the workers, against those of other jobs. Default: 1"),
  deadline: Flag.duration("deadline", "For how long its requests may wait to be sent. Default: for ever"),
  json: JobOptions.json,
  database: JobOptions.database
}

/** The options as they were given. */
export type SubmitOptions = Command.Options<typeof config>

type Request = ImagesSchema.ImageGenerationRequest

const stdin = "-"

const nameOf = (file: string): string => (file === stdin ? "the input" : file)

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

/** The requests of a file as they are read; `read` counts them. Empty lines are skipped. */
const requestsOf = ({ file, model }: SubmitOptions, read: Ref.Ref<number>) =>
  Effect.map(
    FileSystem.FileSystem,
    (fs): Stream.Stream<Request, FileError | UsageError> =>
      (file === stdin ? NodeStream.stdin : fs.stream(file)).pipe(
        Stream.mapError(readError(file)),
        Stream.decodeText(),
        Stream.splitLines,
        Stream.zipWithIndex,
        Stream.map(([text, index]) => [index + 1, text.replace(/^\ufeff/, "").trim()] as const),
        Stream.filter(([, text]) => text !== ""),
        Stream.mapEffect(([line, text]) =>
          Either.match(requestOf(text, model), {
            onRight: (request) =>
              Effect.as(
                Ref.update(read, (count) => count + 1),
                request
              ),
            onLeft: (problem) =>
              Effect.flatMap(Ref.get(read), (before) => Effect.fail(lineError(file, line, problem, before)))
          })
        )
      )
  )

const jobOf = ({ file, job }: SubmitOptions): Effect.Effect<string, UsageError, Path.Path> =>
  Effect.flatMap(Path.Path, (paths) => {
    const name = (job ?? (file === stdin ? "" : paths.parse(file).name)).trim()
    return name === ""
      ? Effect.fail(new UsageError({ problem: "The job has no name.", advice: "Give it one with --job." }))
      : Effect.succeed(name)
  })

const report = (
  { json, limit }: SubmitOptions,
  target: Target.Target,
  { added, job, requests }: Jobs.Submitted
): Effect.Effect<void> => {
  const before = requests - added
  const there = before === 0 ? "" : `; ${before === 1 ? "1 was" : `${before} were`} in it before`
  const lines: ReadonlyArray<readonly [string, string]> = [
    ["job", job],
    ["added", pluralize(added, "request") + there],
    ...(limit === undefined ? [] : [["limit", Quote.formatUsd(limit)] as const]),
    ["database", Target.describe(target)]
  ]
  const next = [Target.commandLine(target, "worker"), Target.commandLine(target, "watch", job)].join("\n")
  return json
    ? Print.json({ job, requests, added, limitUsd: limit })
    : Effect.zipRight(Print.rows(lines), Print.note([["next", next]]))
}

const reportInterrupted = (job: string, read: Ref.Ref<number>): Effect.Effect<void> =>
  Effect.flatMap(Ref.get(read), (count) =>
    Console.error(
      sanitize(
        `cancelled: ${pluralize(count, "request")} read by then; the same command continues, and adds none to ${job} twice`
      )
    )
  )

/** Reads the file as a stream, so that its length needs no memory, and puts each request into the job. */
export const submit = (options: SubmitOptions) =>
  Effect.gen(function* () {
    const job = yield* jobOf(options)
    const read = yield* Ref.make(0)
    const requests = yield* requestsOf(options, read)
    // Neither a file without a request nor an unreadable one makes a job.
    const pull = yield* Stream.toPull(requests)
    const first = yield* Effect.catchAll(pull, (end) =>
      Option.match(end, { onNone: () => Effect.succeed(Chunk.empty<Request>()), onSome: Effect.fail })
    )
    if (Chunk.isEmpty(first)) {
      return yield* new UsageError({
        problem: `${nameOf(options.file)} contains no request.`,
        advice: "Write one request per line."
      })
    }
    const { deadline, limit, priority } = options
    const settings = { job, deadline, limitUsd: limit, priority }
    yield* Database.use(options, "make", ({ jobs, target }) =>
      jobs.submit(Stream.concat(Stream.fromChunk(first), Stream.repeatEffectChunkOption(pull)), settings).pipe(
        withSpinner(Effect.map(Ref.get(read), (count) => `${pluralize(count, "request")} read:`)),
        Effect.onInterrupt(() => reportInterrupted(job, read)),
        Effect.flatMap((submitted) => report(options, target, submitted))
      )
    )
  }).pipe(Effect.scoped)

export const command = Command.make({
  name: "submit",
  summary: "Add a file of requests to a durable job",
  usage: "[options] <FILE.jsonl>",
  examples: [
    "openrouter-images job submit meadows.jsonl --limit 5",
    "openrouter-images job submit - --job catalogue --database postgres://localhost/pictures"
  ],
  config,
  run: submit
})
