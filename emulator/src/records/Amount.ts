/** The numbers that a control takes: lengths of time and amounts of money. */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"

const isAmount = (value: unknown): value is number =>
  Predicate.isNumber(value) && value >= 0 && value < Number.POSITIVE_INFINITY

/** A finite number, 0 or more. `allowed` says so in the words of its field. */
export const amount = (allowed: string): Schema.Schema<number> => Schema.declare(isAmount, { description: allowed })

export const amountOrNull = (allowed: string): Schema.Schema<number | null> =>
  Schema.declare((value): value is number | null => value === null || isAmount(value), { description: allowed })
