/** A failure as text for people: what happened, what it cost and what to do. */
import * as ConfigError from "effect/ConfigError"
import type { Errors } from "effect-openrouter-images"
import { block, pluralize, type Rows, sanitize } from "../output/Text.js"
import * as Color from "../terminal/Color.js"
import * as Explanation from "./Explanation.js"
import type { BatchError, FailedRequest, Failure, JobError } from "./Failure.js"

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

/** Errors that somebody has to correct. */
const needsCorrection = new Set([
  ...["BadRequestResponseError", "UnauthorizedResponseError", "PaymentRequiredResponseError", "ForbiddenResponseError"],
  ...["NotFoundResponseError", "PayloadTooLargeResponseError", "InvalidRequestError"]
])

/** What to do before running the same command again, for failures that cost nothing. */
const cureOf = (failed: ReadonlyArray<FailedRequest>): ReadonlyArray<string> => {
  const free = failed.filter(({ billing }) => billing === "notBilled").map(({ tag }) => tag)
  if (free.length === 0) return []
  return [
    ...(free.some((tag) => needsCorrection.has(tag)) ? ["Correct the lines that are named above."] : []),
    ...(free.includes("BudgetExceededError") ? ["Raise --budget or --max-cost."] : []),
    "Run the same command again to send what failed at no cost."
  ]
}

const batchLines = ({
  askable,
  emulated,
  failed,
  open,
  requests
}: BatchError): ReadonlyArray<readonly [string, string]> => {
  const twice = emulated ? "" : ": you may pay twice"
  const unknown = open > 0 || failed.some(({ billing }) => billing !== "notBilled")
  return [
    ...(failed.length > 0
      ? [["failed", `${failed.length} of ${pluralize(requests, "request")}: ${tally(failed)}`] as const]
      : []),
    ...(open > 0
      ? [
          [
            "not sent",
            `${pluralize(open, "request")} that failed before and ${open === 1 ? "was" : "were"} billed, or may have been`
          ] as const
        ]
      : []),
    [
      "cost",
      failed.length === 0 ? "As shown above." : emulated ? "Nothing was billed for what failed." : costOf(failed)
    ],
    [
      "what to do",
      [
        ...cureOf(failed),
        ...(askable > 0
          ? [
              "The same command first asks what the unknown ones cost: records appear in minutes, and --settle waits for them."
            ]
          : []),
        ...(unknown ? [`With --retry-unknown it also sends what was billed, or may have been${twice}.`] : [])
      ].join("\n")
    ]
  ]
}

const jobLines = ({ advice, cancelled, failed, requests }: JobError): ReadonlyArray<readonly [string, string]> => [
  ...(failed.length > 0
    ? [["failed", `${failed.length} of ${pluralize(requests, "request")}: ${tally(failed)}`] as const]
    : []),
  ...(cancelled > 0 ? [["cancelled", `${cancelled} of ${pluralize(requests, "request")}, never sent`] as const] : []),
  ["cost", costOf(failed)],
  ["what to do", advice]
]

/** A failure as a block of text; its lines break at words within the width. */
export const format = (failure: Failure, width?: number): string => {
  const blockOf = (rows: Rows): string => block(rows, { width, first: Color.error })
  switch (failure._tag) {
    case "EmulatedError":
      return Explanation.format(failure.error, { width, emulated: true })
    case "UsageError":
      return blockOf([
        ["usage", failure.problem],
        ["cost", "Nothing was billed."],
        ["what to do", failure.advice]
      ])
    case "MissingKeyError":
      return blockOf([
        ["key", failure.problem],
        ["cost", "Nothing was billed."],
        [
          "what to do",
          "Set OPENROUTER_API_KEY to ask OpenRouter.\nAdd --emulator to ask the embedded emulator, which bills nothing."
        ]
      ])
    case "FileError":
      return blockOf([
        ["files", failure.problem],
        ["cost", failure.cost],
        ["what to do", failure.advice]
      ])
    case "NoPictureError":
      return blockOf([
        ["pictures", `${failure.model} answered without a picture.`],
        ["cost", "As shown above."],
        ["what to do", "Change the prompt, or choose another model: `openrouter-images models` lists them."]
      ])
    case "NoRecordError":
      return [
        blockOf([
          ["record", failure.problem],
          ["cost", "Not known: that there is no record proves nothing."],
          ["what to do", failure.advice]
        ]),
        ...(failure.command === undefined ? [] : [sanitize(failure.command)])
      ].join("\n")
    case "BatchError":
      return blockOf(batchLines(failure))
    case "ComparisonError":
      return blockOf([
        ["failed", `${failure.failed.length} of ${pluralize(failure.models, "model")}: ${tally(failure.failed)}`],
        ["cost", failure.emulated ? "Nothing was billed for what failed." : costOf(failure.failed)],
        [
          "what to do",
          `Compare again without the models that failed, or correct what is named above.${
            failure.emulated ? "" : "\nEvery picture is then made and billed again."
          }`
        ]
      ])
    case "JobError":
      return blockOf(jobLines(failure))
    case "DatabaseError":
      return blockOf([
        ["database", failure.problem],
        ["cost", "Nothing was billed."],
        ["what to do", failure.advice]
      ])
    case "CatalogueChangedError":
      return blockOf([
        ["changed", `${pluralize(failure.count, "change")} since ${failure.since}`],
        ["cost", "Nothing was billed."],
        ["what to do", "Add --save to compare with the models of today from now on."]
      ])
    case "ConfigError":
      return blockOf([
        ["settings", configLines(failure)],
        ["cost", "Nothing was billed."],
        ["what to do", "Correct the variables that are named, or unset them."]
      ])
    default:
      return Explanation.format(failure, { width })
  }
}
