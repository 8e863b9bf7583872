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
}

/** In milliseconds; NaN for what is no duration. */
const millisOf = (value: unknown): number =>
  Option.match(Duration.decodeUnknown(value), { onNone: () => Number.NaN, onSome: Duration.toMillis })

const windowIssues = (value: unknown): ReadonlyArray<Errors.Issue> => {
  const millis = millisOf(value)
  const message = `must be a positive and finite duration, such as "1 minute", got ${Issue.show(value)}`
  return Number.isFinite(millis) && millis > 0 ? [] : [{ path: ["rateLimit", "window"], message }]
}

/** The limits of a worker, or every fault of its options. */
export const limitsOf = ({ concurrency = 8, rateLimit }: Options): Effect.Effect<Limits, InvalidOptionsError> => {
  const issues = [
    ...Issue.positiveInteger(["concurrency"], concurrency),
    ...(rateLimit === undefined
      ? []
      : [...Issue.positiveInteger(["rateLimit", "requests"], rateLimit.requests), ...windowIssues(rateLimit.window)])
  ]
  const rate =
    rateLimit === undefined ? undefined : { requests: rateLimit.requests, window: millisOf(rateLimit.window) }
  return issues.length === 0 ? Effect.succeed({ concurrency, rate }) : Effect.fail(new InvalidOptionsError({ issues }))
}
