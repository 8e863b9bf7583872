/** Formats values for messages to people: short, on one line, never a whole prompt or picture. */
import * as Inspectable from "effect/Inspectable"

const longest = 60

/** Formats a value for a message. Text beyond 60 characters is cut, because it may be megabytes of base64. */
export const show = (value: unknown): string => {
  if (typeof value === "string") {
    return JSON.stringify(value.length > longest ? `${value.slice(0, longest)}...` : value)
  }
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (typeof value === "object" && value !== null) return "an object"
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`
  return typeof value === "bigint" ? `${value}n` : Inspectable.toStringUnknown(value)
}
