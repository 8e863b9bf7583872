/**
 * What is wrong with an option, for messages to people. The library's own checks use these, and so do durable jobs; use
 * them for the options of your own layers over `Images`.
 *
 * @since 0.1.0
 */
import * as Inspectable from "effect/Inspectable"
import type { Issue } from "./Errors.js"
import { redactKeys } from "./internal/client/redaction.js"

const longest = 60

/**
 * A value in a message: short, on one line. Text beyond 60 characters is cut, and an array or an object is only named,
 * because either may be megabytes of base64 or a whole prompt. An OpenRouter key that stands in place of another value is
 * not shown.
 *
 * @since 0.1.0
 * @category conversions
 * @example
 * ```ts
 * import { Issue } from "effect-openrouter-images"
 *
 * const message = `must be "png" or "jpeg", got ${Issue.show("bmp")}` // must be "png" or "jpeg", got "bmp"
 * ```
 */
export const show = (value: unknown): string => {
  if (typeof value === "string") {
    const text = redactKeys(value)
    return JSON.stringify(text.length > longest ? `${text.slice(0, longest)}...` : text)
  }
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (typeof value === "object" && value !== null) return "an object"
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`
  return typeof value === "bigint" ? `${value}n` : Inspectable.toStringUnknown(value)
}

/**
 * The faults of a value that must be a positive integer: none, or one.
 *
 * @since 0.1.0
 * @category checks
 * @example
 * ```ts
 * import { Errors, Issue } from "effect-openrouter-images"
 *
 * const check = (copies: number) => {
 *   const issues = Issue.positiveInteger(["copies"], copies)
 *   return issues.length === 0 ? undefined : new Errors.InvalidRequestError({ operation: "generate", issues })
 * }
 * // check(1.5): copies must be a positive integer, got 1.5
 * ```
 */
export const positiveInteger = (path: Issue["path"], value: unknown): ReadonlyArray<Issue> =>
  Number.isSafeInteger(value) && Number(value) > 0
    ? []
    : [{ path, message: `must be a positive integer, got ${show(value)}` }]
