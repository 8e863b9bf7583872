/** How long a server asks its callers to wait: RFC 9110, section 10.2.3. */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

/** The days and months of the three date formats of RFC 9110, section 5.6.7; nothing else is taken for a date. */
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*,? .*\d{2}:\d{2}:\d{2}/

/** Seconds as a Duration; negative and NaN are nonsense. An absurd number is cut where a Duration can still be written as JSON. */
export const durationFromSeconds = (seconds: number | undefined): Duration.Duration | undefined =>
  seconds === undefined || !(seconds >= 0)
    ? undefined
    : Duration.millis(Math.min(Math.ceil(seconds * 1000), Number.MAX_SAFE_INTEGER))

/** A `Retry-After` header: seconds, or the date after which to try again; a date gone by means at once. `now` in milliseconds since 1970. */
export const parseRetryAfter = (header: string | undefined, now: number): Duration.Duration | undefined => {
  const value = header?.trim() ?? ""
  if (/^\d+(\.\d+)?$/.test(value)) return durationFromSeconds(Number(value))
  if (!httpDate.test(value)) return undefined
  return DateTime.make(`${value.replace(/\s*GMT$/, "")} Z`).pipe(
    Option.map((date) => Duration.millis(Math.max(0, DateTime.toEpochMillis(date) - now))),
    Option.getOrUndefined
  )
}
