/**
 * When a call is retried. Unless you say so, nothing is repeated that may already have been billed.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import { constFalse } from "effect/Function"
import type * as Predicate from "effect/Predicate"
import * as Schedule from "effect/Schedule"
import type { OpenRouterError } from "./Errors.js"
import { show } from "./Issue.js"
import { exponential, withFloor } from "./internal/retry/schedule.js"
import { durationIssues } from "./internal/schema/duration.js"

/**
 * Delays, and the failures that they are for.
 *
 * @since 0.1.0
 * @category models
 */
export interface Policy {
  /** The delays between attempts. Retrying ends when the schedule does. */
  readonly schedule: Schedule.Schedule<unknown, OpenRouterError>
  /** The failures to retry. An InvalidRequestError or an ImageStreamError is never retried, whatever this says. */
  readonly while: Predicate.Predicate<OpenRouterError>
  /** The longest wait that a server may ask for. A longer one ends the retrying at once. */
  readonly maxRetryAfter: Duration.Duration
}

const curedByTime = new Set([429, 500, 502, 503, 529])

/**
 * A 402 that passes once calls in flight have ended. They hold the credits that this call needs, and the request was
 * not passed on to a provider. A call that is too expensive even by itself never passes, nor does any other 402.
 *
 * @since 0.1.0
 * @category predicates
 */
export const whenInFlight: Predicate.Predicate<OpenRouterError> = (error) =>
  "limitSource" in error &&
  error.status === 402 &&
  error.limitSource === "openrouter_in_flight_budget" &&
  error.metadata?.["reason"] !== "weight_exceeds_budget"

const isTransientStatus = (status: number): boolean =>
  curedByTime.has(status) || status === 408 || status === 504 || (status >= 520 && status <= 529)

/**
 * Failures that cost nothing and that another attempt may cure: 429; a 500, 502, 503 or 529 that OpenRouter itself
 * reported; a connection that was never made; and a 402 that only waits for calls in flight to end (`limitSource` is
 * `openrouter_in_flight_budget`). Discovery costs nothing, so there it covers every broken connection and timeout.
 *
 * @since 0.1.0
 * @category predicates
 */
export const whenNotBilled: Predicate.Predicate<OpenRouterError> = (error) => {
  if (error.billing !== "notBilled") return false
  if (error._tag === "ConnectionError" || error._tag === "RequestTimeoutError") return true
  return "httpStatus" in error && (curedByTime.has(error.status) || whenInFlight(error))
}

/**
 * Failures that another attempt may cure, whether or not they were billed: those of `whenNotBilled`, broken
 * connections, timeouts, 408, 429, 500, 502, 503, 504 and 520 to 529. On `generate` this may pay twice.
 *
 * @since 0.1.0
 * @category predicates
 */
export const whenTransient: Predicate.Predicate<OpenRouterError> = (error) => {
  if (error._tag === "ConnectionError" || error._tag === "RequestTimeoutError") return true
  return "httpStatus" in error && (isTransientStatus(error.status) || whenInFlight(error))
}

/**
 * Makes a policy of exponential delays.
 *
 * Defaults: first delay 0.5 s, each 1.5 times the one before, with jitter of 20 %, at most 60 s apart, 4 retries, 5
 * minutes from the first attempt, `whenNotBilled`, and a `Retry-After` of at most 60 s. An option that makes no sense,
 * such as `maxRetries: -1`, throws a RangeError that names it.
 *
 * @since 0.1.0
 * @category constructors
 * @example
 * ```ts
 * import { Retry } from "effect-openrouter-images"
 *
 * // Patient, but still never paying twice.
 * const patient = Retry.make({ maxRetries: 20, maxElapsedTime: "1 hour", maxRetryAfter: "10 minutes" })
 * ```
 */
export const make = (
  options: {
    readonly initialInterval?: Duration.DurationInput
    readonly exponent?: number
    readonly maxInterval?: Duration.DurationInput
    readonly maxElapsedTime?: Duration.DurationInput
    readonly maxRetries?: number
    readonly jitter?: boolean
    readonly while?: Predicate.Predicate<OpenRouterError>
    readonly maxRetryAfter?: Duration.DurationInput
  } = {}
): Policy => {
  const {
    initialInterval = "500 millis",
    exponent = 1.5,
    maxInterval = "60 seconds",
    maxRetries = 4,
    maxElapsedTime = "5 minutes",
    maxRetryAfter = "60 seconds",
    jitter = true
  } = options
  const issues = [
    ...durationIssues(["initialInterval"], initialInterval),
    ...(exponent > 0 && exponent < Number.POSITIVE_INFINITY
      ? []
      : [{ path: ["exponent"], message: `must be a number above 0, got ${show(exponent)}` }]),
    ...durationIssues(["maxInterval"], maxInterval),
    ...(maxRetries === Number.POSITIVE_INFINITY || (Number.isInteger(maxRetries) && maxRetries >= 0)
      ? []
      : [{ path: ["maxRetries"], message: `must be a whole number of at least 0, got ${show(maxRetries)}` }]),
    ...durationIssues(["maxElapsedTime"], maxElapsedTime),
    ...durationIssues(["maxRetryAfter"], maxRetryAfter)
  ]
  if (issues.length > 0) {
    throw new RangeError(`Retry.make: ${issues.map(({ message, path }) => `${path.join(".")} ${message}`).join("; ")}`)
  }
  return {
    schedule: exponential({
      initialInterval,
      exponent,
      jitter,
      maxInterval: Duration.decode(maxInterval),
      maxRetries,
      maxElapsedTime: Duration.decode(maxElapsedTime)
    }),
    while: options.while ?? whenNotBilled,
    maxRetryAfter: Duration.decode(maxRetryAfter)
  }
}

/**
 * The default of `generate`: `make()`, so only failures that cost nothing.
 *
 * @since 0.1.0
 * @category policies
 * @example
 * ```ts
 * import { Schedule } from "effect"
 * import { Retry } from "effect-openrouter-images"
 *
 * // A policy is data, its delays are a Schedule: at most two retries, the rest as it was.
 * const short = { ...Retry.safe, schedule: Schedule.intersect(Retry.safe.schedule, Schedule.recurs(2)) }
 * ```
 */
export const safe: Policy = make()

/**
 * The default of discovery: retries every transient failure, for at most 15 minutes. On `generate` it may pay twice.
 *
 * @since 0.1.0
 * @category policies
 */
export const eager: Policy = make({ while: whenTransient, maxElapsedTime: "15 minutes" })

/**
 * Waits for calls in flight to end (`whenInFlight`), for up to an hour. Delays start at a second and grow to half a
 * minute. `Batch` and durable jobs use it beside the policy of the call, because other calls may well outlast the few
 * retries of that policy.
 *
 * @since 0.1.0
 * @category policies
 */
export const untilSettled: Policy = make({
  while: whenInFlight,
  initialInterval: "1 second",
  maxInterval: "30 seconds",
  maxRetries: 200,
  maxElapsedTime: "1 hour"
})

/**
 * One attempt.
 *
 * @since 0.1.0
 * @category policies
 */
export const none: Policy = { schedule: Schedule.stop, while: constFalse, maxRetryAfter: Duration.zero }

/**
 * Makes a policy from an option's value. A bare Schedule means these delays, for failures that cost nothing.
 *
 * @since 0.1.0
 * @category conversions
 * @example
 * ```ts
 * import { Schedule } from "effect"
 * import { Retry } from "effect-openrouter-images"
 *
 * const steady = Retry.fromOption(Schedule.spaced("2 seconds")) // for failures that cost nothing
 * const same = Retry.fromOption(Retry.eager) // a policy stays what it is
 * ```
 */
export const fromOption = (retry: Policy | Schedule.Schedule<unknown, OpenRouterError>): Policy =>
  Schedule.isSchedule(retry)
    ? { schedule: retry, while: whenNotBilled, maxRetryAfter: Duration.seconds(60) }
    : (retry as Policy)

const retryAfterOf = (error: OpenRouterError): Duration.Duration =>
  ("retryAfter" in error ? error.retryAfter : undefined) ?? Duration.zero

/** The longest cooldown. A server may name any time; the policies here give up beyond this one. */
const longestCooldown = Duration.seconds(60)

/** Used when a failure does not say for how long. */
const unsaidCooldown = Duration.seconds(1)

/**
 * How long nobody should send anything after a failure. There is a cooldown after a 429, a 503 that names a wait, and a
 * 402 that waits for calls in flight. It lasts as long as the server asks, at most 60 seconds, or a second where the
 * server does not say. `undefined` after any other failure.
 *
 * `RateLimit` keeps to it, and so do durable jobs, for all workers of a database.
 *
 * @since 0.1.0
 * @category conversions
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Images, Retry } from "effect-openrouter-images"
 *
 * const politely = Images.listModels({ retry: Retry.none }).pipe(
 *   Effect.tapError((error) => Effect.sleep(Retry.cooldownOf(error) ?? 0))
 * )
 * ```
 */
export const cooldownOf = (error: OpenRouterError): Duration.Duration | undefined => {
  if (!("httpStatus" in error)) return undefined
  const isLimit = error.status === 429 || whenInFlight(error)
  const asked = isLimit || error.status === 503 ? error.retryAfter : undefined
  return asked === undefined ? (isLimit ? unsaidCooldown : undefined) : Duration.min(asked, longestCooldown)
}

const mayRetry =
  (policy: Policy) =>
  (error: OpenRouterError): boolean =>
    error._tag !== "InvalidRequestError" &&
    error._tag !== "ImageStreamError" &&
    policy.while(error) &&
    Duration.lessThanOrEqualTo(retryAfterOf(error), policy.maxRetryAfter)

/**
 * The whole policy as one Schedule for `Effect.retry`: its delays, with `Retry-After` as a floor under each, ended by
 * everything that ends the retrying. `maxElapsedTime` counts from the moment this effect runs. The schedule outputs the
 * delays.
 *
 * @since 0.1.0
 * @category conversions
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Images, Retry } from "effect-openrouter-images"
 *
 * // Both calls together are one unit of work that is tried again.
 * const both = Effect.all([Images.listModels(), Images.listModelEndpoints("openai/gpt-image-1")])
 * const program = Effect.flatMap(Retry.toSchedule(Retry.eager), (schedule) => Effect.retry(both, schedule))
 * ```
 */
export const toSchedule = (policy: Policy): Effect.Effect<Schedule.Schedule<Duration.Duration, OpenRouterError>> =>
  withFloor(policy.schedule, retryAfterOf, mayRetry(policy))
