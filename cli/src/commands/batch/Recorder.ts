/**
 * Records the outcome of each request within the generation itself. Between an answer and its pictures on the disk
 * there is no moment in which an interruption or a late consumer could lose what was paid for.
 */
import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { type Errors, Images, ImagesSchema, Provenance } from "effect-openrouter-images"
import { FileError, systemMessage } from "../../failure/Failure.js"
import { slug } from "../../output/FileName.js"
import * as Save from "../../output/Save.js"
import { costNothing } from "../generate/UnderWay.js"
import * as FieldNames from "./FieldNames.js"
import type { RequestLine } from "./Requests.js"
import { type Entry, interruptedEntry, ok, type Results } from "./Results.js"

type Request = ImagesSchema.ImageGenerationRequest

/** What a run records. */
export interface Recorder {
  readonly results: Results
  readonly jobs: ReadonlyMap<Request, RequestLine>
  /** Whether the pictures carry their provenance. */
  readonly provenance: boolean
  /** The results of this run, as they come. */
  readonly entries: Map<Request, Entry>
  /** Fails when something cannot be written, so that no more is paid for. */
  readonly stopped: Deferred.Deferred<never, FileError>
}

export const make = (
  results: Results,
  todo: ReadonlyArray<RequestLine>,
  provenance: boolean
): Effect.Effect<Recorder> =>
  Effect.map(Deferred.make<never, FileError>(), (stopped) => ({
    results,
    provenance,
    jobs: new Map(todo.map((job) => [job.request, job])),
    entries: new Map(),
    stopped
  }))

const stop = ({ stopped }: Recorder, problem: string): Effect.Effect<boolean> =>
  Deferred.fail(
    stopped,
    new FileError({
      problem,
      cost: "Requests in flight may have been billed.",
      advice: "Free some space, or choose another folder with --out; what is done is not sent again."
    })
  )

const writeProblem = ({ results }: Recorder, error: PlatformError): string =>
  `${results.folder} cannot be written: ${systemMessage(error)}.`

type Files = FileSystem.FileSystem | Path.Path

/** Saves the pictures, and stops the run if that fails. */
const save = (recorder: Recorder, job: RequestLine, response: ImagesSchema.ImageGenerationResponse, text?: string) =>
  Effect.gen(function* () {
    const paths = yield* Path.Path
    const { folder } = recorder.results
    const place = {
      folder,
      stem: `${String(job.line).padStart(4, "0")}-${slug(job.request.prompt)}`,
      provenance: recorder.provenance ? Provenance.of(job.request, response) : undefined
    }
    const all = [
      ...(yield* Save.pictures(response.data, place)),
      ...(text === undefined ? [] : [yield* Save.answer(text, place)])
    ]
    for (const { problem } of all) if (problem !== undefined) yield* stop(recorder, problem)
    return all.flatMap(({ path }) => (path === undefined ? [] : [paths.relative(folder, path)]))
  })

/** What is wrong with a request is said in the names that its line has. */
const messageOf = (error: Errors.GenerateError, { text }: RequestLine): string =>
  error._tag === "InvalidRequestError"
    ? error.issues.map((issue) => FieldNames.describe(issue, FieldNames.spellingIn(text))).join("; ")
    : error.message

const entryOfFailure = (
  recorder: Recorder,
  job: RequestLine,
  error: Errors.GenerateError
): Effect.Effect<Entry, never, Files> => {
  const generationId = Save.generationOf(error)
  return Effect.gen(function* () {
    const created = Math.floor((yield* Clock.currentTimeMillis) / 1000)
    const known = generationId === undefined ? {} : { generationId }
    return yield* save(recorder, job, { created, data: Save.imagesOf(error), ...known }, Save.answerOf(error))
  }).pipe(
    Effect.map((files) => ({
      ...{ index: job.index, line: job.line, result: error._tag, files },
      ...(error.billing === "notBilled" ? { cost: 0 } : {}),
      billing: error.billing,
      ...(generationId === undefined ? {} : { generation: generationId }),
      message: messageOf(error, job),
      key: job.key
    }))
  )
}

const outcomeOf = (pictures: number, files: number): string => {
  if (pictures === 0) return "NoPictureError"
  return files < pictures ? "FileError" : ok
}

const entryOfResponse = (
  recorder: Recorder,
  job: RequestLine,
  response: ImagesSchema.ImageGenerationResponse
): Effect.Effect<Entry, never, Files> => {
  const { data, generationId, usage } = response
  const cost = ImagesSchema.totalCostUsd(usage)
  return Effect.map(save(recorder, job, response), (files) => ({
    ...{ index: job.index, line: job.line, result: outcomeOf(data.length, files.length), files },
    ...(cost === undefined ? {} : { cost }),
    billing: "billed",
    ...(generationId === undefined ? {} : { generation: generationId }),
    key: job.key
  }))
}

/** None if the request had not been sent when it was interrupted. */
const entryOf = (
  recorder: Recorder,
  job: RequestLine,
  exit: Exit.Exit<ImagesSchema.ImageGenerationResponse, Errors.GenerateError>
): Effect.Effect<Option.Option<Entry>, never, Files> => {
  if (Exit.isSuccess(exit)) return Effect.asSome(entryOfResponse(recorder, job, exit.value))
  const failure = Cause.failureOption(exit.cause)
  if (Option.isSome(failure)) return Effect.asSome(entryOfFailure(recorder, job, failure.value))
  return Effect.map(
    recorder.results.marks.find(job),
    Option.map((mark) => interruptedEntry(job, mark))
  )
}

/**
 * The caller's options, with a mark for as long as an attempt may have been billed. The mark gets the id of the
 * generation as soon as it is known.
 */
const withMark = (recorder: Recorder, job: RequestLine, options: Images.RequestOptions = {}): Images.RequestOptions => {
  const { marks } = recorder.results
  const begin = Effect.catchAll(marks.begin(job), (error) =>
    Effect.zipRight(stop(recorder, writeProblem(recorder, error)), Effect.never)
  )
  return {
    ...options,
    onAttempt: Effect.zipRight(options.onAttempt ?? Effect.void, begin),
    onGenerationId: (id) => Effect.zipRight(marks.identify(job, id), options.onGenerationId?.(id) ?? Effect.void),
    onAttemptEnd: (exit) =>
      Effect.zipRight(costNothing(exit) ? marks.end(job) : Effect.void, options.onAttemptEnd?.(exit) ?? Effect.void)
  }
}

/** `Images` that marks each request just before it is sent. */
const layerMarks = (recorder: Recorder): Layer.Layer<Images.Images, never, Images.Images> =>
  Layer.effect(
    Images.Images,
    Effect.map(Images.Images, (images) => ({
      ...images,
      generate: (request, options) => {
        const job = recorder.jobs.get(request)
        return images.generate(request, job === undefined ? options : withMark(recorder, job, options))
      }
    }))
  )

/** `Images` that records the outcome of each request. */
const layerEntries = (recorder: Recorder): Layer.Layer<Images.Images, never, Images.Images | Files> =>
  Layer.effect(
    Images.Images,
    Effect.gen(function* () {
      const images = yield* Images.Images
      const context = yield* Effect.context<Files>()
      const write = (job: RequestLine, exit: Exit.Exit<ImagesSchema.ImageGenerationResponse, Errors.GenerateError>) =>
        Effect.gen(function* () {
          const entry = yield* entryOf(recorder, job, exit)
          if (Option.isNone(entry)) return
          yield* recorder.results.append(entry.value)
          recorder.entries.set(job.request, entry.value)
          yield* recorder.results.marks.end(job)
        }).pipe(
          Effect.catchAll((error) => stop(recorder, writeProblem(recorder, error))),
          Effect.provide(context)
        )
      return {
        ...images,
        generate: (request, options) =>
          Effect.uninterruptibleMask((restore) =>
            Effect.gen(function* () {
              const exit = yield* Effect.exit(restore(images.generate(request, options)))
              const job = recorder.jobs.get(request)
              if (job !== undefined) yield* write(job, exit)
              return yield* exit
            })
          )
      }
    })
  )

/** The recorder around `limits`: it records what they refuse, which was not sent. */
export const layer = (
  recorder: Recorder,
  limits: Layer.Layer<Images.Images, never, Images.Images>
): Layer.Layer<Images.Images, never, Images.Images | Files> =>
  layerEntries(recorder).pipe(Layer.provide(limits), Layer.provide(layerMarks(recorder)))
