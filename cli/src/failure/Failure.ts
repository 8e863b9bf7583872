/** What the command can fail with, as text for people. */
import * as HelpDoc from "@effect/cli/HelpDoc"
import type * as ValidationError from "@effect/cli/ValidationError"
import type { PlatformError } from "@effect/platform/Error"
import * as ConfigError from "effect/ConfigError"
import * as Data from "effect/Data"
import type { Errors } from "effect-openrouter-images"
import { block, counted, printable } from "../output/Text.js"
import { plain } from "../terminal/Screen.js"
import * as Wording from "./Wording.js"

/** The command line says something that cannot be done; nothing was sent. */
export class UsageError extends Data.TaggedError("UsageError")<{ readonly problem: string; readonly advice: string }> {}

/** A file or a folder could not be read or written. */
export class FileError extends Data.TaggedError("FileError")<{
  readonly problem: string
  /** What it cost, in a sentence. */
  readonly cost: string
  readonly advice: string
}> {}

/** An answer that is right in every respect, and has no picture in it. */
export class NoPictureError extends Data.TaggedError("NoPictureError")<{ readonly model: string }> {}

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
  /** Whether it is for the user to correct; else it may pass by itself. */
  readonly isSetting: boolean
}> {}

/** Every way in which a command ends without success. */
export type Failure =
  | Errors.OpenRouterError
  | UsageError
  | FileError
  | NoPictureError
  | BatchError
  | JobError
  | DatabaseError
  | ConfigError.ConfigError

/** The command line that shows the options of a command. */
export const helpOf = (command: string | undefined): string =>
  ["openrouter-images", command, "--help"].filter((word) => word !== undefined).join(" ")

/** The commands that take a prompt. */
const prompted = new Set(["generate", "quote", "check"])

/** What @effect/cli could not parse. Words that are too many are mostly a prompt without quotes. */
export const ofParsing = ({ error }: ValidationError.ValidationError, command: string | undefined): UsageError => {
  const problem = plain(HelpDoc.toAnsiText(error)).replace(/\s+/g, " ").trim()
  const quotes =
    prompted.has(command ?? "") && problem.includes("unknown argument")
      ? "A prompt of several words stands in quotes. "
      : ""
  return new UsageError({
    problem: /[.!?]$/.test(problem) ? problem : `${problem}.`,
    advice: `${quotes}See ${helpOf(command)}.`
  })
}

/** The system's own words, with the path. */
export const systemWords = (error: PlatformError): string => {
  if (error._tag === "BadArgument" || error.description === undefined) return error.message
  const path = String(error.pathOrDescriptor ?? "")
  return error.description.includes(path) ? error.description : `${error.description} (${path})`
}

const configLines = (error: ConfigError.ConfigError): string => {
  const one = (_: undefined, path: ReadonlyArray<string>, message: string): string => `${path.join(".")} ${message}`
  const both = (_: undefined, left: string, right: string): string => `${left}\n${right}`
  return ConfigError.reduceWithContext(error, undefined, {
    andCase: both,
    orCase: both,
    invalidDataCase: one,
    missingDataCase: one,
    unsupportedCase: one,
    sourceUnavailableCase: one
  })
}

/** `3: 2 TooManyRequestsResponseError, 1 ForbiddenResponseError` */
const tally = (failed: ReadonlyArray<FailedRequest>): string => {
  const tags = failed.map(({ tag }) => tag)
  const counts = [...new Set(tags)].map((tag) => [tags.filter((one) => one === tag).length, tag] as const)
  return counts
    .sort(([one], [other]) => other - one)
    .map(([count, tag]) => `${count} ${tag}`)
    .join(", ")
}

const costOf = (failed: ReadonlyArray<FailedRequest>): string => {
  const of = (billing: Errors.Billing): number => failed.filter((one) => one.billing === billing).length
  const [billed, unknown] = [of("billed"), of("unknown")]
  if (billed + unknown === 0) return "Nothing was billed for what failed."
  const parts = [...(billed > 0 ? [`${billed} billed`] : []), ...(unknown > 0 ? [`${unknown} perhaps billed`] : [])]
  return `Of what failed: ${parts.join(", ")}. Look at the account's activity.`
}

/** What only somebody's hand can cure. */
const needsCorrection = new Set([
  ...["BadRequestResponseError", "UnauthorizedResponseError", "PaymentRequiredResponseError", "ForbiddenResponseError"],
  ...["NotFoundResponseError", "PayloadTooLargeResponseError", "InvalidRequestError"]
])

/** What to do before the same command is given again, for what cost nothing. */
const cureOf = (failed: ReadonlyArray<FailedRequest>): ReadonlyArray<string> => {
  const free = failed.filter(({ billing }) => billing === "notBilled").map(({ tag }) => tag)
  if (free.length === 0) return []
  return [
    ...(free.some((tag) => needsCorrection.has(tag)) ? ["Correct the lines that are named above."] : []),
    ...(free.includes("BudgetExceededError") ? ["Raise --budget or --max-cost."] : []),
    "The same command again sends what failed at no cost."
  ]
}

const batchLines = ({ failed, open, requests }: BatchError): ReadonlyArray<readonly [string, string]> => {
  const unknown = open > 0 || failed.some(({ billing }) => billing !== "notBilled")
  return [
    ...(failed.length > 0
      ? [["failed", `${failed.length} of ${counted(requests, "request")}: ${tally(failed)}`] as const]
      : []),
    ...(open > 0 ? [["not sent", `${open} again that failed before and were billed, or may have been`] as const] : []),
    ["cost", costOf(failed)],
    [
      "what to do",
      [
        ...cureOf(failed),
        ...(unknown ? ["With --retry-unknown it also sends what may have been billed: you may pay twice."] : [])
      ].join("\n")
    ]
  ]
}

const jobLines = ({ advice, cancelled, failed, requests }: JobError): ReadonlyArray<readonly [string, string]> => [
  ...(failed.length > 0
    ? [["failed", `${failed.length} of ${counted(requests, "request")}: ${tally(failed)}`] as const]
    : []),
  ...(cancelled > 0 ? [["cancelled", `${cancelled} of ${counted(requests, "request")}, never sent`] as const] : []),
  ["cost", costOf(failed)],
  ["what to do", advice]
]

const blockOf = (failure: Failure): string => {
  switch (failure._tag) {
    case "UsageError":
      return block([
        ["usage", failure.problem],
        ["cost", "Nothing was billed."],
        ["what to do", failure.advice]
      ])
    case "FileError":
      return block([
        ["files", failure.problem],
        ["cost", failure.cost],
        ["what to do", failure.advice]
      ])
    case "NoPictureError":
      return block([
        ["pictures", `${failure.model} answered without a picture.`],
        ["cost", "As shown above."],
        ["what to do", "Change the prompt, or choose another model: `openrouter-images models` lists them."]
      ])
    case "BatchError":
      return block(batchLines(failure))
    case "JobError":
      return block(jobLines(failure))
    case "DatabaseError":
      return block([
        ["database", failure.problem],
        ["cost", "Nothing was billed."],
        ["what to do", failure.advice]
      ])
    case "ConfigError":
      return block([
        ["settings", configLines(failure)],
        ["cost", "Nothing was billed."],
        ["what to do", "Correct the variables that are named, or unset them."]
      ])
    default:
      return Wording.format(failure)
  }
}

/** A failure as a block of text. */
export const format = (failure: Failure): string => printable(blockOf(failure))
