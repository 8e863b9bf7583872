import * as HelpDoc from "@effect/cli/HelpDoc"
import * as ValidationError from "@effect/cli/ValidationError"
import { describe, expect, it } from "@effect/vitest"
import * as ConfigError from "effect/ConfigError"
import * as Duration from "effect/Duration"
import { Errors } from "effect-openrouter-images"
import { program } from "../../src/commands/Commands.js"
import { toUsageError } from "../../src/effectCli/Run.js"
import * as ExitCode from "../../src/failure/ExitCode.js"
import {
  BatchError,
  CatalogueChangedError,
  ComparisonError,
  DatabaseError,
  type FailedRequest,
  type Failure,
  FileError,
  JobError,
  MissingKeyError,
  NoPictureError,
  NoRecordError,
  UsageError
} from "../../src/failure/Failure.js"
import { format } from "../support/plain.js"

const answered = (status: number) => ({
  operation: "generate" as const,
  billing: "notBilled" as const,
  status,
  httpStatus: status,
  message: "no \u001b[2Jmore",
  headers: {},
  body: ""
})

const sent = { operation: "generate" as const, billing: "unknown" as const, images: [] }

const failedWith = (code: number, tag = "SomeError", billing: Errors.Billing = "notBilled"): FailedRequest => ({
  ...{ code, tag, billing }
})

const exceeded = { operation: "generate" as const, quoteUsd: 2, limitUsd: 1, spentUsd: 0, reservedUsd: 0 }

const failures: ReadonlyArray<readonly [code: number, failure: Failure]> = [
  [2, new Errors.BadRequestResponseError(answered(400))],
  [3, new Errors.UnauthorizedResponseError(answered(401))],
  [3, new Errors.PaymentRequiredResponseError(answered(402))],
  [3, new Errors.ForbiddenResponseError(answered(403))],
  [2, new Errors.NotFoundResponseError(answered(404))],
  [2, new Errors.PayloadTooLargeResponseError(answered(413))],
  [4, new Errors.TooManyRequestsResponseError(answered(429))],
  [5, new Errors.InternalServerResponseError(answered(500))],
  [5, new Errors.BadGatewayResponseError(answered(502))],
  [5, new Errors.EdgeNetworkTimeoutResponseError(answered(524))],
  [4, new Errors.ProviderOverloadedResponseError(answered(529))],
  [3, new Errors.OpenRouterDefaultError(answered(401))],
  [6, new Errors.OpenRouterDefaultError(answered(408))],
  [2, new Errors.OpenRouterDefaultError(answered(418))],
  [4, new Errors.OpenRouterDefaultError(answered(503))],
  [5, new Errors.OpenRouterDefaultError(answered(504))],
  [5, new Errors.OpenRouterDefaultError(answered(200))],
  [6, new Errors.ConnectionError({ ...sent, phase: "connect", description: "refused" })],
  [6, new Errors.RequestTimeoutError({ ...sent, timeout: Duration.seconds(1) })],
  [2, new Errors.InvalidRequestError({ operation: "generate", issues: [{ path: ["n"], message: "must be 1" }] })],
  [
    7,
    new Errors.ResponseValidationError({
      ...sent,
      billing: "billed",
      status: 200,
      issues: [{ path: [], message: "the body is not JSON" }],
      rawBody: "",
      headers: {}
    })
  ],
  [2, new UsageError({ problem: "no", advice: "yes" })],
  [3, new MissingKeyError({ problem: "no" })],
  [8, new FileError({ problem: "no", cost: "none", advice: "yes" })],
  [5, new NoPictureError({ model: "a/b" })],
  [11, new NoRecordError({ problem: "no", advice: "yes", command: "openrouter-images cost gen-1 --wait" })],
  [9, new Errors.BudgetExceededError({ ...exceeded, reason: "limit" })],
  [9, new Errors.BudgetExceededError({ ...exceeded, reason: "unknownCost" })],
  [4, new BatchError({ requests: 9, failed: [failedWith(4)], open: 0, askable: 0, emulated: false })],
  [6, new ComparisonError({ models: 3, failed: [failedWith(4), failedWith(6)], emulated: false })],
  [9, new JobError({ requests: 9, failed: [failedWith(4), failedWith(9)], cancelled: 1, advice: "yes" })],
  [130, new JobError({ requests: 9, failed: [], cancelled: 1, advice: "yes" })],
  [6, new DatabaseError({ problem: "no", advice: "yes", isSetting: false })],
  [2, new DatabaseError({ problem: "no", advice: "yes", isSetting: true })],
  [12, new CatalogueChangedError({ count: 2, since: "2026-10-01 12:00:00 UTC" })],
  [2, ConfigError.InvalidData(["OPENROUTER_API_KEY"], "is empty")],
  [2, toUsageError(ValidationError.invalidValue(HelpDoc.p("no")), undefined)]
]

describe("exit codes", () => {
  for (const [code, failure] of failures) {
    const status = "httpStatus" in failure ? ` ${failure.status}` : ""
    it(`ends with ${code} on ${failure._tag}${status}`, () => {
      expect(ExitCode.of(failure)).toBe(code)
    })
  }

  it.each([
    [[4, 9], 0, 9],
    [[4, 5, 2], 0, 2],
    [[4, 3, 6], 0, 6],
    [[7, 6, 8], 0, 8],
    [[1, 8], 0, 1],
    [[4, 2], 1, 6],
    [[], 1, 6]
  ])("ends a batch whose requests failed with %j, and %d were left open, with %d", (codes, open, code) => {
    const failed = codes.map((code) => failedWith(code))
    expect(ExitCode.of(new BatchError({ requests: 9, failed, open, askable: 0, emulated: false }))).toBe(code)
  })

  it("lists each code once in the help", () => {
    const codes = ExitCode.table.map(([code]) => code)
    expect(codes).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 130])
  })
})

describe("failures as text", () => {
  for (const [, failure] of failures) {
    it(`says in readable lines what ${failure._tag} is`, () => {
      const text = format(failure)
      expect(text).toMatch(/^cost {8}\S/m)
      expect(text).toMatch(/^what to do {2}\S/m)
      expect(text).not.toMatch(/[^\P{Cc}\n]/u)
      expect(text).not.toMatch(/^\s+at /m)
    })
  }

  it("says of a batch what failed how often, what that cost, and how to go on", () => {
    const failed = [failedWith(4, "A"), failedWith(6, "B", "unknown"), failedWith(4, "A"), failedWith(7, "C", "billed")]
    expect(format(new BatchError({ requests: 9, failed, open: 2, askable: 3, emulated: false }))).toBe(
      [
        "failed      4 of 9 requests: 2 A, 1 B, 1 C",
        "not sent    2 requests that failed before and were billed, or may have been",
        "cost        Of what failed: 1 billed, 1 perhaps billed. Look at the account's activity.",
        "what to do  Run the same command again to send what failed at no cost.",
        "            The same command first asks what the unknown ones cost: records appear in minutes, and --settle waits for them.",
        "            With --retry-unknown it also sends what was billed, or may have been: you may pay twice."
      ].join("\n")
    )
  })

  it("says of a batch that the emulator answered that nobody paid, nor pays twice", () => {
    const failed = [failedWith(6, "B", "unknown")]
    const text = format(new BatchError({ requests: 9, failed, open: 0, askable: 0, emulated: true }))
    expect(text).toMatch(/^cost {8}Nothing was billed for what failed\.$/m)
    expect(text).toMatch(/^what to do {2}With --retry-unknown it also sends what was billed, or may have been\.$/m)
  })

  it("says of a batch what to correct before the same command helps", () => {
    const failed = [failedWith(2, "NotFoundResponseError"), failedWith(9, "BudgetExceededError")]
    expect(format(new BatchError({ requests: 9, failed, open: 0, askable: 0, emulated: false }))).toContain(
      [
        "what to do  Correct the lines that are named above.",
        "            Raise --budget or --max-cost.",
        "            Run the same command again to send what failed at no cost."
      ].join("\n")
    )
  })

  it("says of a cost without a bound what limits cannot do", () => {
    const error = new Errors.BudgetExceededError({ ...exceeded, reason: "unknownCost" })
    expect(format(error)).toContain("what to do  Choose another model, or leave out --budget and --max-cost.")
  })

  const named = (wanted: string) => program.commands.find(({ name }) => name === wanted)

  it("speaks of quotes where words are too many, and nowhere else", () => {
    const many = ValidationError.invalidValue(HelpDoc.p("Received unknown argument: 'b'"))
    expect(format(toUsageError(many, named("generate")))).toBe(
      [
        "usage       Received unknown argument: 'b'.",
        "cost        Nothing was billed.",
        "what to do  Put a prompt of several words in quotes. See openrouter-images generate --help."
      ].join("\n")
    )
    const missing = ValidationError.missingValue(HelpDoc.p("Missing argument <author/slug>"))
    expect(format(toUsageError(missing, named("endpoints")))).not.toContain("quotes")
    expect(format(toUsageError(many, undefined))).toContain("See openrouter-images --help.")
  })

  it("names every variable that is not valid", () => {
    const both = ConfigError.And(ConfigError.InvalidData(["A"], "is empty"), ConfigError.InvalidData(["B"], "is odd"))
    expect(format(both)).toContain("settings    A is empty\n            B is odd")
  })
})
