/** How long a server asks its callers to wait: in the head, in the body, or as the time at which its limit resets. */
import * as Duration from "effect/Duration"
import * as Predicate from "effect/Predicate"
import { parseHttpDate } from "./httpDate.js"

type Named = Readonly<Record<string, unknown>>

/**
 * Seconds as a Duration of whole milliseconds, rounded up except for the noise in their last binary digits. Negative
 * numbers and NaN are invalid. An absurd number is capped where JSON can still hold the Duration.
 */
export const durationFromSeconds = (seconds: number | undefined): Duration.Duration | undefined =>
  seconds === undefined || !(seconds >= 0)
    ? undefined
    : Duration.millis(Math.min(Math.ceil(Number((seconds * 1000).toFixed(3))), Number.MAX_SAFE_INTEGER))

const isDecimal = (text: string): boolean => /^\d+(\.\d+)?$/.test(text)

/** A number, also one written as text. */
const numberOf = (value: unknown): number | undefined => {
  if (Predicate.isNumber(value)) return value
  return Predicate.isString(value) && isDecimal(value.trim()) ? Number(value) : undefined
}

/** `Retry-After` (RFC 9110, section 10.2.3): seconds, or the date after which to retry. A past date means at once. */
export const parseRetryAfter = (value: unknown, now: number): Duration.Duration | undefined => {
  const seconds = numberOf(value)
  if (seconds !== undefined || !Predicate.isString(value)) return durationFromSeconds(seconds)
  const date = parseHttpDate(value.trim(), now)
  return date === undefined ? undefined : Duration.millis(Math.max(0, date - now))
}

const parseMillis = (value: unknown): Duration.Duration | undefined => {
  const millis = numberOf(value)
  return millis === undefined ? undefined : durationFromSeconds(millis / 1000)
}

/**
 * From these numbers on, a value is a time, in seconds or in milliseconds since 1970. A smaller one counts seconds from
 * now.
 */
const firstSecond = 1e8
const firstMillisecond = 1e11

/** `X-RateLimit-Reset`: OpenRouter writes milliseconds since 1970, others seconds. */
const parseReset = (value: unknown, now: number): Duration.Duration | undefined => {
  const moment = numberOf(value)
  if (moment === undefined || moment < firstSecond) return durationFromSeconds(moment)
  const millis = moment < firstMillisecond ? moment * 1000 : moment
  return Duration.millis(Math.min(Math.max(0, millis - now), Number.MAX_SAFE_INTEGER))
}

/** A field by its name, ignoring case. */
const fieldNamed = (fields: unknown, name: string): unknown =>
  Predicate.isRecord(fields) ? Object.entries(fields).find(([key]) => key.toLowerCase() === name)?.[1] : undefined

export interface Waiting {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly status: number
  readonly metadata: Named | undefined
  readonly availability: Duration.Duration | undefined
  /** When the answer came, in milliseconds since 1970. */
  readonly now: number
}

/** The first place that names a wait. The reset of a limit counts only once that limit is reached. */
export const retryAfterOf = ({
  availability,
  headers,
  metadata,
  now,
  status
}: Waiting): Duration.Duration | undefined => {
  const within = metadata?.["headers"]
  const reset = "x-ratelimit-reset"
  return (
    parseRetryAfter(headers["retry-after"], now) ??
    parseMillis(headers["retry-after-ms"]) ??
    parseRetryAfter(metadata?.["retry_after_seconds"], now) ??
    parseRetryAfter(fieldNamed(within, "retry-after"), now) ??
    availability ??
    (status === 429
      ? (parseReset(headers[reset], now) ?? parseReset(fieldNamed(within, reset) ?? fieldNamed(metadata, reset), now))
      : undefined)
  )
}
