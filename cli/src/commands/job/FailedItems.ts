/** Failed items: by the tag of their error, the exit code and what to do. */
import * as Option from "effect/Option"
import type { Jobs } from "effect-openrouter-images-jobs"
import * as ExitCode from "../../failure/ExitCode.js"
import { type FailedRequest, JobError } from "../../failure/Failure.js"
import { commandLine, type Target } from "./database/Target.js"

interface Advice {
  readonly code: number
  readonly action: string
}

const wait = "Wait, then try again."

/** Workers retry temporary errors by themselves; these have outlasted that. */
const adviceByTag: Readonly<Record<string, Advice>> = {
  BadRequestResponseError: { code: ExitCode.usage, action: "Correct the request, and submit it again." },
  InvalidRequestError: { code: ExitCode.usage, action: "Correct the request, and submit it again." },
  DeadlineExceededError: { code: ExitCode.later, action: "Submit it again to another job, with a later --deadline." },
  UnreadableOutcomeError: { code: ExitCode.unreadable, action: "Update this program, and look again." },
  NotFoundResponseError: {
    code: ExitCode.usage,
    action: "Choose a model that `openrouter-images models` lists, and submit the request again."
  },
  PayloadTooLargeResponseError: { code: ExitCode.usage, action: "Submit it with fewer or smaller references." },
  UnauthorizedResponseError: { code: ExitCode.account, action: "Check the workers' OPENROUTER_API_KEY." },
  PaymentRequiredResponseError: { code: ExitCode.account, action: "Add credits to the account." },
  ForbiddenResponseError: {
    code: ExitCode.account,
    action: "Change the prompt if moderation refused it, else use a key that may do this."
  },
  TooManyRequestsResponseError: {
    code: ExitCode.later,
    action: "Wait, or start the workers with a lower --concurrency or --rate."
  },
  ProviderOverloadedResponseError: { code: ExitCode.later, action: wait },
  EdgeNetworkTimeoutResponseError: { code: ExitCode.server, action: "Ask for less, or choose another model." },
  ConnectionError: { code: ExitCode.network, action: "Check the workers' network." },
  RequestTimeoutError: { code: ExitCode.network, action: "Ask for less, or choose another model." },
  IncompleteStreamError: { code: ExitCode.network, action: "Check the workers' network." },
  OutcomeUnknownError: { code: ExitCode.network, action: "A worker ended before the answer came." },
  ResponseValidationError: { code: ExitCode.unreadable, action: "The answer cannot be read." },
  PictureLostError: {
    code: ExitCode.files,
    action: "The store did not take the picture: free some space, or repair it."
  },
  BudgetExceededError: { code: ExitCode.budget, action: "Submit the same file with a higher --limit." }
}

const other: Advice = { code: ExitCode.server, action: wait }

const adviceFor = (tag: string): Advice => adviceByTag[tag] ?? other

/** Errors that the same request would meet again. */
const needsAnother = new Set([
  ...["BadRequestResponseError", "InvalidRequestError", "NotFoundResponseError"],
  "PayloadTooLargeResponseError"
])

/** What to do about items that failed alike. */
export const adviceOf = (target: Target, job: string, { billing, tag }: Jobs.Failures): string => {
  const { action } = adviceFor(tag)
  if (billing === "notBilled") {
    return needsAnother.has(tag) ? action : `${action} Then: ${commandLine(target, "retry", job)}`
  }
  const seen = billing === "unknown" ? "Look at the account's activity" : "It was paid for"
  return `${action} ${seen}; to pay again: ${commandLine(target, "retry", job, "--may-pay-twice")}`
}

const requestsOf = (groups: ReadonlyArray<Jobs.Failures>): ReadonlyArray<FailedRequest> =>
  groups.flatMap(({ billing, items, tag }) => {
    const one: FailedRequest = { tag, code: adviceFor(tag).code, billing }
    return Array.from({ length: items }, () => one)
  })

interface Ended {
  readonly progress: Jobs.Progress
  readonly failures: ReadonlyArray<Jobs.Failures>
}

/** An item that waits for a decision. */
const undecided: FailedRequest = { tag: "undecided", code: ExitCode.network, billing: "unknown" }

const adviceOn = (target: Target, { cancelled, failed, job, undecided }: Jobs.Progress): ReadonlyArray<string> => {
  if (failed + undecided > 0) return [`${commandLine(target, "status", job)} says what to do about each.`]
  return cancelled > 0 ? [`To take it up again: ${commandLine(target, "retry", job)}`] : []
}

/** The error of jobs that have ended; none if every request has its pictures. */
export const toJobError = (target: Target, all: ReadonlyArray<Ended>): Option.Option<JobError> => {
  const failed = all.flatMap(({ failures, progress }) => [
    ...requestsOf(failures),
    ...Array.from({ length: progress.undecided }, () => undecided)
  ])
  const sum = (of: (progress: Jobs.Progress) => number) => all.reduce((total, { progress }) => total + of(progress), 0)
  const cancelled = sum((progress) => progress.cancelled)
  if (failed.length + cancelled === 0) return Option.none()
  const advice = all.flatMap(({ progress }) => adviceOn(target, progress)).join("\n")
  return Option.some(new JobError({ requests: sum(({ total }) => total), failed, cancelled, advice }))
}
