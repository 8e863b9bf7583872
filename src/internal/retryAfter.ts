/** How long a server asks its callers to wait: RFC 9110, section 10.2.3. */
import * as Duration from "effect/Duration"
import { parseHttpDate } from "./httpDate.js"

/**
 * Seconds as a Duration of whole milliseconds, rounded up but for the noise of their last binary digits; negative and NaN are nonsense. An
 * absurd number is cut where a Duration can still be written as JSON.
 */
export const durationFromSeconds = (seconds: number | undefined): Duration.Duration | undefined =>
  seconds === undefined || !(seconds >= 0)
    ? undefined
    : Duration.millis(Math.min(Math.ceil(Number((seconds * 1000).toFixed(3))), Number.MAX_SAFE_INTEGER))

/** A `Retry-After` header: seconds, or the date after which to try again; a date gone by means at once. `now` in milliseconds since 1970. */
export const parseRetryAfter = (header: string | undefined, now: number): Duration.Duration | undefined => {
  const value = header?.trim() ?? ""
  if (/^\d+(\.\d+)?$/.test(value)) return durationFromSeconds(Number(value))
  const date = parseHttpDate(value, now)
  return date === undefined ? undefined : Duration.millis(Math.max(0, date - now))
}
