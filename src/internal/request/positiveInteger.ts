/** Options that count something. */
import type { Issue } from "../../Errors.js"
import { show } from "../errors/show.js"

/** What is wrong with a value that must be a positive integer. */
export const positiveIntegerIssues = (path: Issue["path"], value: unknown): ReadonlyArray<Issue> =>
  Number.isSafeInteger(value) && Number(value) > 0
    ? []
    : [{ path, message: `must be a positive integer, got ${show(value)}` }]
