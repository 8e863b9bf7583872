/** Compares requests, or parts of them. */
import * as Predicate from "effect/Predicate"

/** An undefined field counts as absent. Large values that are the same object are not compared deeply. */
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
