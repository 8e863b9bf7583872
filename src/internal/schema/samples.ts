/** What property tests make the amounts, counts and times of answers from. */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { isAmount } from "./amount.js"
import { constrain } from "./checked.js"
import { readDate } from "./date.js"

const between = (min: number, max: number) => Schema.Int.pipe(Schema.between(min, max))

/** A negative or infinite price counts as no price. */
export const Dollars = constrain("US dollars, zero or more", isAmount, between(0, 1_000_000), (mills) => mills / 1000)

export const Count = between(0, 1_000_000)

/** A time as the API writes it. */
export const Moment = constrain("a time", Predicate.isString, between(0, 2_000_000_000), (seconds) =>
  String(readDate(seconds * 1000)?.toISOString())
)
