/** Checks the options that count something, before anything is begun. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Errors from "effect-openrouter-images/Errors"
import * as Issue from "effect-openrouter-images/Issue"
import { InvalidOptionsError } from "../../Errors.js"
import type { Options } from "../../Options.js"
import type { Limit } from "./gate.js"

export interface Limits {
  readonly concurrency: number
  readonly rate: Limit | undefined
  /** How long calls under way may take when the process ends. */
  readonly drain: Duration.Duration
}

/** In milliseconds; NaN for what is no duration. */
const millisOf = (value: unknown): number =>
  Option.match(Duration.decodeUnknown(value), { onNone: () => Number.NaN, onSome: Duration.toMillis })

const windowIssues = (value: unknown): ReadonlyArray<Errors.Issue> => {
  const millis = millisOf(value)
  const message = `must be a positive and finite duration, such as "1 minute", got ${Issue.show(value)}`
  return Number.isFinite(millis) && millis > 0 ? [] : [{ path: ["rateLimit", "window"], message }]
}

/** A week: for so long the records of unknown attempts are asked for. */
const minRetentionMillis = 7 * 86_400_000

/** For how long ended jobs are kept; `undefined` for ever. */
export const retentionOf = ({
  retention
}: {
  readonly retention?: Duration.DurationInput | undefined
}): Effect.Effect<Duration.Duration | undefined, InvalidOptionsError> => {
  if (retention === undefined) return Effect.succeed(undefined)
  if (millisOf(retention) > minRetentionMillis) return Effect.succeed(Duration.decode(retention))
  const message = `must be a duration of more than 7 days, such as "30 days", got ${Issue.show(retention)}`
  return Effect.fail(new InvalidOptionsError({ issues: [{ path: ["retention"], message }] }))
}

const drainIssues = (value: unknown): ReadonlyArray<Errors.Issue> =>
  millisOf(value) >= 0
    ? []
    : [{ path: ["drain"], message: `must be a duration, such as "1 minute", got ${Issue.show(value)}` }]

/** The limits of a worker, or every fault of its options. */
export const limitsOf = ({
  concurrency = 8,
  drain = Duration.infinity,
  rateLimit
}: Options): Effect.Effect<Limits, InvalidOptionsError> => {
  const issues = [
    ...drainIssues(drain),
    ...Issue.positiveInteger(["concurrency"], concurrency),
    ...(rateLimit === undefined
      ? []
      : [...Issue.positiveInteger(["rateLimit", "requests"], rateLimit.requests), ...windowIssues(rateLimit.window)])
  ]
  const rate =
    rateLimit === undefined ? undefined : { requests: rateLimit.requests, window: millisOf(rateLimit.window) }
  return issues.length === 0
    ? Effect.succeed({ concurrency, rate, drain: Duration.decode(drain) })
    : Effect.fail(new InvalidOptionsError({ issues }))
}
