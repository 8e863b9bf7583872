/** What a command can fail with. */
import type { PlatformError } from "@effect/platform/Error"
import type * as ConfigError from "effect/ConfigError"
import * as Data from "effect/Data"
import type { Errors } from "effect-openrouter-images"

/** The command line asks for something impossible; nothing was sent. */
export class UsageError extends Data.TaggedError("UsageError")<{ readonly problem: string; readonly advice: string }> {}

/** There is no key, and the emulator may not answer unasked. */
export class MissingKeyError extends Data.TaggedError("MissingKeyError")<{ readonly problem: string }> {}

/** A failure of the library with the emulator in OpenRouter's place: nothing was billed, whatever it would mean there. */
export class EmulatedError extends Data.TaggedError("EmulatedError")<{ readonly error: Errors.OpenRouterError }> {}

/** A file or a folder could not be read or written. */
export class FileError extends Data.TaggedError("FileError")<{
  readonly problem: string
  /** What it cost, in a sentence. */
  readonly cost: string
  readonly advice: string
}> {}

/** A valid answer without a picture. */
export class NoPictureError extends Data.TaggedError("NoPictureError")<{ readonly model: string }> {}

/** There is no record yet that says what a generation cost. */
export class NoRecordError extends Data.TaggedError("NoRecordError")<{
  readonly problem: string
  readonly advice: string
  /** The line to type, where there is one. */
  readonly command: string | undefined
}> {}

/** A request of a batch that failed. */
export interface FailedRequest {
  readonly tag: string
  readonly code: number
  readonly billing: Errors.Billing
}

/** Some requests of a batch have no pictures. */
export class BatchError extends Data.TaggedError("BatchError")<{
  readonly requests: number
  readonly failed: ReadonlyArray<FailedRequest>
  /** How many were not sent again, because they were billed, or may have been. */
  readonly open: number
  /** Of how many it is unknown whether they were billed, and can be asked. */
  readonly askable: number
  /** Whether the emulator answered. */
  readonly emulated: boolean
}> {}

/** Some models of a comparison have no pictures. */
export class ComparisonError extends Data.TaggedError("ComparisonError")<{
  readonly models: number
  readonly failed: ReadonlyArray<FailedRequest>
  /** Whether the emulator answered. */
  readonly emulated: boolean
}> {}

/** Some requests of a job have no pictures. */
export class JobError extends Data.TaggedError("JobError")<{
  readonly requests: number
  readonly failed: ReadonlyArray<FailedRequest>
  readonly cancelled: number
  readonly advice: string
}> {}

/** The database of the jobs does not answer as it should. */
export class DatabaseError extends Data.TaggedError("DatabaseError")<{
  readonly problem: string
  readonly advice: string
  /** Whether the user has to correct it; else it may pass by itself. */
  readonly isSetting: boolean
}> {}

/** The catalogue differs from the one that was saved. Nothing went wrong. */
export class CatalogueChangedError extends Data.TaggedError("CatalogueChangedError")<{
  readonly count: number
  /** When the other was saved. */
  readonly since: string
}> {}

/** Every way in which a command ends without success. */
export type Failure =
  | Errors.OpenRouterError
  | EmulatedError
  | UsageError
  | MissingKeyError
  | FileError
  | NoPictureError
  | NoRecordError
  | BatchError
  | ComparisonError
  | JobError
  | DatabaseError
  | CatalogueChangedError
  | ConfigError.ConfigError

/** The command line that shows the options of a command. */
export const helpCommand = (command: string | undefined): string =>
  ["openrouter-images", command, "--help"].filter((word) => word !== undefined).join(" ")

/** The system's own words, with the path. */
export const systemMessage = (error: PlatformError): string => {
  if (error._tag === "BadArgument" || error.description === undefined) return error.message
  const path = String(error.pathOrDescriptor ?? "")
  return error.description.includes(path) ? error.description : `${error.description} (${path})`
}
