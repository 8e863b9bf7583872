/** The jobs of a database, opened for one command. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Cause from "effect/Cause"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import type { JobErrors, Jobs } from "effect-openrouter-images-jobs"
import { type Failure, FileError, UsageError } from "../../../failure/Failure.js"
import type { Screen } from "../../../terminal/Screen.js"
import { withSpinner } from "../../../terminal/Spinner.js"
import * as Package from "../Package.js"
import { explain } from "./DatabaseFailure.js"
import * as Target from "./Target.js"

type SqlError = Effect.Effect.Error<Jobs.Service["list"]>

/** What a question to the jobs can fail with, besides what a command fails with. */
export type JobsError = SqlError | JobErrors.JobNotFoundError | JobErrors.JobCancelledError | JobErrors.JobNotEndedError

export interface Opened {
  readonly jobs: Jobs.Service
  readonly target: Target.Target
}

/** Fails if there is no file: a mistyped name would create an empty one. */
const checkFile = (target: Target.Target): Effect.Effect<void, FileError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    if (target._tag !== "File") return
    const fs = yield* FileSystem.FileSystem
    if (yield* Effect.orElseSucceed(fs.exists(target.path), () => false)) return
    return yield* new FileError({
      problem: `There is no database ${target.path}.`,
      cost: "Nothing was billed.",
      advice: `Name it with --database or ${Target.variable}; \`openrouter-images job submit\` makes one.`
    })
  })

const isExplained = (error: unknown): error is FileError | UsageError =>
  error instanceof FileError || error instanceof UsageError

/** Builds a layer. A fault of the database becomes a failure; any other defect stays one. */
export const build = <A, E, R>(target: Target.Target, layer: Layer.Layer<A, E, R>) =>
  Layer.build(layer).pipe(
    Effect.sandbox,
    Effect.catchAll((cause) => {
      const error = Cause.squash(cause)
      const failure = isExplained(error) ? error : explain(target, error)
      return failure === undefined ? Effect.die(error) : Effect.fail(failure)
    })
  )

const client = (target: Target.Target) =>
  target._tag === "File"
    ? Effect.map(Package.sqlite, (sqlite) => sqlite.layerClient({ filename: target.path }))
    : Effect.map(Package.postgres, (postgres) => postgres.layerClient({ url: target.url, maxConnections: 2 }))

const mostNamed = 10

const unknownJob = (job: string, existing: ReadonlyArray<Jobs.Progress>): UsageError => {
  const names = existing.slice(0, mostNamed).map(({ job }) => job)
  const more = existing.length > mostNamed ? ` and ${existing.length - mostNamed} more` : ""
  return new UsageError({
    problem: `There is no job ${JSON.stringify(job)}.`,
    advice:
      names.length === 0
        ? "There is none at all: `openrouter-images job submit` makes one."
        : `There are: ${names.join(", ")}${more}.`
  })
}

const cancelledJob = (target: Target.Target, job: string): UsageError =>
  new UsageError({
    problem: `The job ${JSON.stringify(job)} was cancelled and takes no more requests.`,
    advice: `Open it again with ${Target.commandLine(target, "retry", job)}, or choose another name with --job.`
  })

const openJob = (target: Target.Target, { job, open }: JobErrors.JobNotEndedError): UsageError =>
  new UsageError({
    problem: `The job ${JSON.stringify(job)} has not ended: ${open === 0 ? "its submission is open" : `${open} of its requests are open`}.`,
    advice: `End it first with ${Target.commandLine(target, "cancel", job)}.`
  })

const isJobsError = (error: Failure | JobsError): error is JobsError =>
  Predicate.isTagged(error, "SqlError") ||
  Predicate.isTagged(error, "JobNotFoundError") ||
  Predicate.isTagged(error, "JobCancelledError") ||
  Predicate.isTagged(error, "JobNotEndedError")

/** Turns the errors of jobs into failures of the command. */
export const explainErrors =
  ({ jobs, target }: Opened) =>
  <A, R>(effect: Effect.Effect<A, Failure | JobsError, R>): Effect.Effect<A, Failure, R> => {
    const explainSql = (error: SqlError) => {
      const failure = explain(target, error)
      return failure === undefined ? Effect.die(error) : Effect.fail(failure)
    }
    return Effect.catchAll(effect, (error): Effect.Effect<never, Failure> => {
      if (!isJobsError(error)) return Effect.fail(error)
      switch (error._tag) {
        case "JobNotFoundError":
          return Effect.flatMap(Effect.catchAll(jobs.list, explainSql), (all) =>
            Effect.fail(unknownJob(error.job, all))
          )
        case "JobCancelledError":
          return Effect.fail(cancelledJob(target, error.job))
        case "JobNotEndedError":
          return Effect.fail(openJob(target, error))
        default:
          return explainSql(error)
      }
    })
  }

/** Uses the jobs of a database. Only `make` creates a missing database. */
export const use = <A, R>(
  given: { readonly database: string | undefined },
  whenMissing: "make" | "fail",
  use: (opened: Opened) => Effect.Effect<A, Failure | JobsError, R>
): Effect.Effect<A, Failure | ConfigError, Exclude<R, Scope.Scope> | FileSystem.FileSystem | Screen> =>
  Effect.scoped(
    Effect.gen(function* () {
      const target = yield* Target.of(given.database)
      const { Jobs } = yield* Package.jobs
      const layer = yield* client(target)
      if (whenMissing === "fail") yield* checkFile(target)
      const context = yield* build(target, Layer.provide(Jobs.layer, layer)).pipe(withSpinner("asking the database:"))
      const opened = { target, jobs: Context.get(context, Jobs.Jobs) }
      return yield* explainErrors(opened)(use(opened))
    })
  )
