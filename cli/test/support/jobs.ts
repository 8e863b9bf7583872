/** The commands of `job` in a folder of their own, with the emulator in memory. */
import * as FileSystem from "@effect/platform/FileSystem"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { Emulator } from "effect-openrouter-images-emulator"
import { type ResultsOptions, results } from "../../src/commands/job/Results.js"
import type { SubmitOptions } from "../../src/commands/job/Submit.js"
import { submit } from "../../src/commands/job/Submit.js"
import { worker } from "../../src/commands/job/worker/Worker.js"
import type { WorkerOptions } from "../../src/commands/job/worker/WorkerOptions.js"
import * as ExitCode from "../../src/failure/ExitCode.js"
import type { Failure } from "../../src/failure/Failure.js"
import { lines } from "./batches.js"
import { heard, inFolder } from "./emulated.js"
import { format } from "./plain.js"

export interface Place {
  readonly folder: string
  readonly database: string
  readonly store: string
}

/** A folder without a database, and an emulator that was asked nothing. */
export const inPlace = <A, E, R>(use: (place: Place) => Effect.Effect<A, E, R>) =>
  inFolder((folder) =>
    Effect.gen(function* () {
      yield* (yield* Emulator.Emulator).reset
      return yield* use({ folder, database: `${folder}/jobs.db`, store: `${folder}/store` })
    })
  )

/** Runs a command to its exit code; `stderr` has the words of its failure too. */
export const ran = <A, R>(command: Effect.Effect<A, Failure | ConfigError.ConfigError, R>) =>
  Effect.gen(function* () {
    const { exit, stderr, stdout } = yield* heard(Effect.either(command))
    const ended = yield* exit
    return Either.match(ended, {
      onLeft: (failure) => ({
        stdout,
        stderr: `${stderr}\n${format(failure)}`,
        code: ExitCode.of(failure)
      }),
      onRight: () => ({ stdout, stderr, code: ExitCode.ok })
    })
  })

export const submitOf = ({ database }: Place, file: string, more: Partial<SubmitOptions> = {}): SubmitOptions => ({
  ...{ database, file, job: undefined, model: "bytedance-seed/seedream-5-lite", limit: undefined },
  ...{ priority: undefined, deadline: undefined, unique: false, json: false },
  ...more
})

/** Writes a file of requests and submits it as a job of its name. */
export const submitted = (place: Place, job: string, text: string, more: Partial<SubmitOptions> = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = `${place.folder}/${job}.jsonl`
    yield* fs.writeFileString(file, text)
    return yield* ran(submit(submitOf(place, file, more)))
  })

export const workerOf = ({ database, store }: Place, more: Partial<WorkerOptions> = {}): WorkerOptions => ({
  ...{
    database,
    store,
    concurrency: 2,
    rate: undefined,
    onUnknown: undefined,
    host: undefined,
    port: undefined,
    view: undefined,
    monitor: undefined,
    callback: undefined,
    drain: undefined,
    retention: undefined
  },
  ...{ untilDone: true, emulator: false, ...more }
})

/** Works until nothing is left to do. */
export const worked = (place: Place, more: Partial<WorkerOptions> = {}) => ran(worker(workerOf(place, more)))

/** A job of small pictures, made. */
export const made = (place: Place, job: string, ...prompts: ReadonlyArray<string>) =>
  Effect.zipRight(submitted(place, job, lines(...prompts)), worked(place))

/** Writes the pictures of the job `animals` into the folder `out`; `stdout` has their paths. */
export const fetched = (place: Place, more: Partial<ResultsOptions> = {}) =>
  Effect.map(
    ran(results({ ...place, name: "animals", out: `${place.folder}/out`, noProvenance: false, ...more })),
    (all) => ({ ...all, stdout: all.stdout.flatMap((text) => text.split("\n")) })
  )
