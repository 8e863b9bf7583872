/** Batches in a folder of their own. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { Emulator, type Fault } from "effect-openrouter-images-emulator"
import type { BatchOptions } from "../../src/commands/batch/Batch.js"
import { batch } from "../../src/commands/batch/Batch.js"
import type { Entry } from "../../src/commands/batch/Results.js"
import * as ExitCode from "../../src/failure/ExitCode.js"
import { heard, inFolder, ledger } from "./emulated.js"
import { format } from "./plain.js"

export const model = "bytedance-seed/seedream-5-lite"

/** A small picture of something. */
export const lineOf = (prompt: string): string => JSON.stringify({ prompt, size: "32x32", seed: 1 })

export const lines = (...prompts: ReadonlyArray<string>): string => prompts.map(lineOf).join("\n")

export interface Folder {
  readonly file: string
  readonly out: string
}

/** A file with requests, a folder that is not there yet, and an emulator that was asked nothing. */
export const withFile = <A, E, R>(text: string, use: (folder: Folder) => Effect.Effect<A, E, R>) =>
  inFolder((folder) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      yield* fs.writeFileString(`${folder}/requests.jsonl`, text)
      yield* (yield* Emulator.Emulator).reset
      return yield* use({ file: `${folder}/requests.jsonl`, out: `${folder}/out` })
    })
  )

export const optionsOf = (folder: Folder, more: Partial<BatchOptions>): BatchOptions => ({
  ...{ model, concurrency: 1, ordered: false, retryUnknown: false, noProvenance: false, emulator: false },
  ...{ ...folder, unique: false, settle: false, timeout: undefined, budget: undefined, maxCost: undefined, ...more }
})

/** Runs the command to its exit code, and gives what is said about a failure. */
export const run = (folder: Folder, more: Partial<BatchOptions> = {}) =>
  Effect.gen(function* () {
    const { exit, ...said } = yield* heard(Effect.either(batch(optionsOf(folder, more))))
    const ended = yield* exit
    return Either.match(ended, {
      onLeft: (failure) => ({ ...said, code: ExitCode.of(failure), failure: format(failure) }),
      onRight: () => ({ ...said, code: ExitCode.ok, failure: "" })
    })
  })

export const resultsIn = ({ out }: Folder) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const text = yield* fs.readFileString(`${out}/results.jsonl`)
    return text
      .trim()
      .split("\n")
      .map((line): Entry => JSON.parse(line))
  })

export const script = (...faults: Fault.Script) =>
  Effect.flatMap(Emulator.Emulator, (emulator) => emulator.script(faults))

export const billed = Effect.map(ledger, (all) => all.map(({ prompt }) => prompt))
