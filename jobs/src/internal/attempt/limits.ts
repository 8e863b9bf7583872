/** Checks the options that count something, before anything is begun. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Errors from "effect-openrouter-images/Errors"
import * as Issue from "effect-openrouter-images/Issue"
import { InvalidOptionsError } from "../../Errors.js"
import type { Options } from "../../Options.js"
import { millisOf } from "../duration.js"
import type { Limit } from "./gate.js"

export interface Limits {
  readonly concurrency: number
  readonly rate: Limit | undefined
  /** How long calls under way may take when the process ends. */
  readonly drain: Duration.Duration
  /** For how many milliseconds ended jobs are kept; `undefined` for ever. */
  readonly retentionMillis: number | undefined
}

const windowIssues = (value: unknown): ReadonlyArray<Errors.Issue> => {
  const millis = millisOf(value)
  const message = `must be a positive and finite duration, such as "1 minute", got ${Issue.show(value)}`
  return Number.isFinite(millis) && millis > 0 ? [] : [{ path: ["rateLimit", "window"], message }]
}

/** A week: for so long the records of unknown attempts are asked for. */
const minRetentionMillis = 7 * 86_400_000

const retentionIssues = (value: unknown): ReadonlyArray<Errors.Issue> =>
  value === undefined || millisOf(value) > minRetentionMillis
    ? []
    : [
        {
          path: ["retention"],
          message: `must be a duration of more than 7 days, such as "30 days", got ${Issue.show(value)}`
        }
      ]

const drainIssues = (value: unknown): ReadonlyArray<Errors.Issue> =>
  millisOf(value) >= 0
    ? []
    : [{ path: ["drain"], message: `must be a duration, such as "1 minute", got ${Issue.show(value)}` }]

/** The limits of a worker, or every fault of its options. */
export const limitsOf = ({
  concurrency = 8,
  drain = Duration.infinity,
  rateLimit,
  retention
}: Options & { readonly retention?: Duration.DurationInput | undefined }): Effect.Effect<
  Limits,
  InvalidOptionsError
> => {
  const issues = [
    ...drainIssues(drain),
    ...retentionIssues(retention),
    ...Issue.positiveInteger(["concurrency"], concurrency),
    ...(rateLimit === undefined
      ? []
      : [...Issue.positiveInteger(["rateLimit", "requests"], rateLimit.requests), ...windowIssues(rateLimit.window)])
  ]
  const rate =
    rateLimit === undefined ? undefined : { requests: rateLimit.requests, window: millisOf(rateLimit.window) }
  return issues.length === 0
    ? Effect.succeed({
        concurrency,
        rate,
        drain: Duration.decode(drain),
        retentionMillis: retention === undefined ? undefined : millisOf(retention)
      })
    : Effect.fail(new InvalidOptionsError({ issues }))
}
