/** `openrouter-images job submit`: a file of requests becomes a job, or adds to one. */
import * as Args from "@effect/cli/Args"
import * as Path from "@effect/platform/Path"
import * as Chunk from "effect/Chunk"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { type ImagesSchema, Quote } from "effect-openrouter-images"
import type { Jobs } from "effect-openrouter-images-jobs"
import { UsageError } from "../../failure/Failure.js"
import * as Flag from "../../options/Flag.js"
import * as RequestOptions from "../../options/RequestOptions.js"
import * as Print from "../../output/Print.js"
import { pluralize, sanitize } from "../../output/Text.js"
import { withSpinner } from "../../terminal/Spinner.js"
import * as EqualLines from "../batch/EqualLines.js"
import * as Command from "../Command.js"
import * as Database from "./database/Database.js"
import * as Target from "./database/Target.js"
import * as JobOptions from "./JobOptions.js"
import * as RequestFile from "./RequestFile.js"

const config = {
  file: Args.text({ name: "FILE.jsonl" }).pipe(
    Args.withDescription("One request per line, as for `batch`; - reads stdin")
  ),
  job: Flag.text("job", "NAME", "The job's name. Default: the file's, without its extension"),
  model: RequestOptions.model("The model for lines that name none"),
  limit: Flag.dollars("limit", "The most that the job may cost over all workers, in US dollars"),
  priority: Flag.count("priority", "The job's share of the workers, against those of other jobs. Default: 1"),
  unique: EqualLines.option,
  deadline: Flag.duration("deadline", "For how long its requests may wait to be sent. Default: for ever"),
  json: JobOptions.json,
  database: JobOptions.database
}

/** The options as they were given. */
export type SubmitOptions = Command.Options<typeof config>

const jobOf = ({ file, job }: SubmitOptions): Effect.Effect<string, UsageError, Path.Path> =>
  Effect.flatMap(Path.Path, (paths) => {
    const name = (job ?? (file === RequestFile.stdin ? "" : paths.parse(file).name)).trim()
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

const reportInterrupted = (job: string, { count }: RequestFile.RequestFile): Effect.Effect<void> =>
  Effect.flatMap(count, (count) =>
    Console.error(
      sanitize(
        `cancelled: ${pluralize(count, "request")} read by then; the same command continues, and adds none to ${job} twice`
      )
    )
  )

/** Reads the file as a stream, and puts each request into the job. */
export const submit = (options: SubmitOptions) =>
  Effect.gen(function* () {
    const job = yield* jobOf(options)
    const file = yield* RequestFile.open(options)
    // Neither a file without a request nor an unreadable one makes a job.
    const pull = yield* Stream.toPull(file.requests)
    const first = yield* Effect.catchAll(pull, (end) =>
      Option.match(end, {
        onNone: () => Effect.succeed(Chunk.empty<ImagesSchema.ImageGenerationRequest>()),
        onSome: Effect.fail
      })
    )
    if (Chunk.isEmpty(first)) {
      return yield* new UsageError({
        problem: `${RequestFile.nameOf(options.file)} contains no request.`,
        advice: "Write one request per line."
      })
    }
    const { deadline, limit, priority, unique } = options
    const settings = { job, deadline, limitUsd: limit, priority, lineOf: file.lineOf }
    yield* Database.use(options, "make", ({ jobs, target }) =>
      jobs.submit(Stream.concat(Stream.fromChunk(first), Stream.repeatEffectChunkOption(pull)), settings).pipe(
        withSpinner(Effect.map(file.count, (count) => `${pluralize(count, "request")} read:`)),
        Effect.onInterrupt(() => reportInterrupted(job, file)),
        Effect.tap(() => Effect.flatMap(file.repeated, (lines) => EqualLines.report(lines, unique))),
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
