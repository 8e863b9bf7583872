/** Whether a value is a duration that can be waited for. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type { Issue } from "../../Errors.js"
import { show } from "../../Issue.js"

const isNegative = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.some(isNegative)
    : /^-./.test(Predicate.isString(value) ? value.trim() : `${Number(value)}`)

/** One line of Effect takes any object for no time, and keeps a minus that the other drops. */
const isDuration = (value: unknown): boolean => {
  const millis = Option.match(Duration.decodeUnknown(value), { onNone: () => -1, onSome: Duration.toMillis })
  if (Duration.isDuration(value)) return millis >= 0
  const isPlain = Predicate.isRecord(value) && !Array.isArray(value)
  return !Number.isNaN(value) && !(isPlain ? millis <= 0 : isNegative(value) || millis < 0)
}

/** The faults of a value that must be a duration: none, or one. */
export const durationIssues = (path: Issue["path"], value: unknown): ReadonlyArray<Issue> =>
  isDuration(value) ? [] : [{ path, message: `must be a duration such as "30 seconds", got ${show(value)}` }]
