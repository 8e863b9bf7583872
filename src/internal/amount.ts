/** Numbers that come from outside and are to be money. */
import type { Issue } from "../Errors.js"
import { show } from "./show.js"

/** JSON has negative numbers, and `1e400` in it is infinite; neither is what anything costs. */
export const isAmount = (value: unknown): value is number =>
  typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY

/** What US dollars have to be, and what they are instead. */
export const notDollars = (value: unknown): string =>
  `must be US dollars, zero or more${value === Number.POSITIVE_INFINITY ? " and finite" : ""}, got ${show(value)}`

/** What is wrong with an option in US dollars. */
export const dollarsIssues = (path: Issue["path"], value: unknown): ReadonlyArray<Issue> =>
  isAmount(value) ? [] : [{ path, message: notDollars(value) }]
