/** The exit codes: one for each kind of failure, so that a script can act on it. */
import type { Errors } from "effect-openrouter-images"
import type { Failure } from "./Failure.js"

export const ok = 0
export const unexpected = 1
export const usage = 2
export const account = 3
export const later = 4
export const server = 5
export const network = 6
export const unreadable = 7
export const files = 8
export const budget = 9
export const output = 10
export const unrecorded = 11
export const changed = 12
export const interrupted = 130

/** The codes as the help shows them. */
export const table: ReadonlyArray<readonly [code: number, meaning: string]> = [
  [ok, "everything is done"],
  [unexpected, "an unexpected failure: a bug of this program"],
  [usage, "the command line, a setting or the request is wrong (also HTTP 400, 404, 413)"],
  [account, "there is no key, or the key or the credits are refused (HTTP 401, 402, 403)"],
  [later, "rate limit or overload, try later (HTTP 429, 503, 529)"],
  [server, "the server or the provider failed, or gave no picture (any other HTTP 5xx)"],
  [network, "no connection, a broken connection or a timeout (also HTTP 408)"],
  [unreadable, "an answer that cannot be read; the whole pictures in it are saved"],
  [files, "a file or folder could not be read or written, or does not contain what was asked for"],
  [budget, "--budget, --max-cost or --limit does not allow the request; it was not sent"],
  [output, "everything is done and saved, but stdout could not be written, for example on a full disk"],
  [unrecorded, "it is not known yet what a generation cost: there is no record of it; ask again later"],
  [changed, "`models --diff` found that something changed"],
  [interrupted, "cancelled with Ctrl-C, a closed terminal or a signal (SIGINT, SIGTERM, SIGHUP), or by `job cancel`"]
]

const accountStatus = new Set([401, 402, 403])
const laterStatus = new Set([429, 503, 529])

const ofStatus = (status: number): number => {
  if (accountStatus.has(status)) return account
  if (laterStatus.has(status)) return later
  if (status === 408) return network
  return status >= 400 && status < 500 ? usage : server
}

/** Discovery has no error class for most statuses, so the status decides. */
const ofOpenRouter = (error: Errors.OpenRouterError): number => {
  switch (error._tag) {
    case "InvalidRequestError":
      return usage
    case "ConnectionError":
    case "RequestTimeoutError":
    case "IncompleteStreamError":
      return network
    case "ResponseValidationError":
      return unreadable
    case "ImageStreamError":
      return server
    case "BudgetExceededError":
      return budget
    default:
      return ofStatus(error.status)
  }
}

/**
 * The worst of several codes comes first: a bug, then what may be lost although it was paid for, then what somebody has
 * to correct, and last what passes by itself.
 */
const worstFirst = [unexpected, files, unreadable, network, account, usage, budget, server, later, interrupted]

const worst = (codes: ReadonlyArray<number>): number => worstFirst.find((code) => codes.includes(code)) ?? unexpected

/** The exit code of a failure. */
export const of = (failure: Failure): number => {
  switch (failure._tag) {
    case "EmulatedError":
      return ofOpenRouter(failure.error)
    case "UsageError":
    case "ConfigError":
      return usage
    case "MissingKeyError":
      return account
    case "FileError":
      return files
    case "NoPictureError":
      return server
    case "NoRecordError":
      return unrecorded
    case "CatalogueChangedError":
      return changed
    case "BatchError":
      return worst([...failure.failed.map(({ code }) => code), ...(failure.open > 0 ? [network] : [])])
    case "ComparisonError":
      return worst(failure.failed.map(({ code }) => code))
    case "JobError":
      return worst([...failure.failed.map(({ code }) => code), ...(failure.cancelled > 0 ? [interrupted] : [])])
    case "DatabaseError":
      return failure.isSetting ? usage : network
    default:
      return ofOpenRouter(failure)
  }
}
