/** Moments that an answer names. The time now is the Clock's. */
import * as Predicate from "effect/Predicate"

export const isDate = (value: unknown): value is Date => value instanceof Date

const validDate = (date: Date): Date | undefined => (Number.isNaN(date.getTime()) ? undefined : date)

/** A time as text, or in milliseconds since 1970. */
export const readDate = (value: unknown): Date | undefined =>
  Predicate.isString(value) || Predicate.isNumber(value) ? validDate(new Date(value)) : undefined
