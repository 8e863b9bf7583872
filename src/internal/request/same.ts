/** Whether two requests, or two parts of them, say the same. */
import * as Predicate from "effect/Predicate"

/** A field that is undefined is absent, and large values that are one object are not looked into. */
export const same = (one: unknown, other: unknown): boolean => {
  if (Object.is(one, other)) return true
  if (Array.isArray(one) || Array.isArray(other)) {
    return (
      Array.isArray(one) &&
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item, i) => same(item, other[i]))
    )
  }
  if (!Predicate.isRecord(one) || !Predicate.isRecord(other)) return false
  return Object.keys({ ...one, ...other }).every((key) => same(one[key], other[key]))
}
