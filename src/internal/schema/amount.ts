/** Numbers from outside: money, counts, waits. A negative or infinite number, or NaN, is no amount. */
import * as BigDecimal from "effect/BigDecimal"
import type { Issue } from "../../Errors.js"
import { show } from "../../Issue.js"
import * as Sample from "./samples.js"

/** JSON has negative numbers, and reads `1e400` as infinite. Neither is a cost. */
export const isAmount = (value: unknown): value is number =>
  typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY

/** A decimal number as text: `0.04`, `4e-2`. */
const decimal = /^\s*\+?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i

/** The amount that a value holds, as a number or as a decimal text; `undefined` where it holds none. */
export const amountFrom = (value: unknown): number | undefined => {
  const number = typeof value === "string" && decimal.test(value) ? Number(value) : value
  return isAmount(number) ? number : undefined
}

/** Decimals, so that sums of cents do not drift. */
export const sumOf = (amounts: ReadonlyArray<number>): number =>
  BigDecimal.unsafeToNumber(BigDecimal.sumAll(amounts.map((amount) => BigDecimal.unsafeFromNumber(amount))))

/** Amounts for property tests. */
export const amounts = Sample.map(Sample.integer(0, 1_000_000), (mills) => mills / 1000)

/** What US dollars have to be, and what the value is instead. */
export const notDollars = (value: unknown): string =>
  `must be US dollars, zero or more${value === Number.POSITIVE_INFINITY ? " and finite" : ""}, got ${show(value)}`

/** What is wrong with an option in US dollars. */
export const dollarsIssues = (path: Issue["path"], value: unknown): ReadonlyArray<Issue> =>
  isAmount(value) ? [] : [{ path, message: notDollars(value) }]
