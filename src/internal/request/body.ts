/** The body of a request: JSON as UTF-8 that is not larger than it may be. */
import * as Either from "effect/Either"
import type { Issue } from "../../Errors.js"
import { show } from "../errors/show.js"

const mebibyte = 1024 * 1024

export const defaultMaxRequestBytes = 256 * mebibyte

/** The most characters that a text has in V8 (Node, Chromium, Deno); other engines take more. */
export const longestText = 2 ** 29 - 24

/** No request is nested deeper; what is gives a lower bound all the same. */
const deepest = 100

/** `410 MiB`, `1000 bytes` */
export const sizeOf = (bytes: number): string =>
  bytes < mebibyte ? `${bytes} bytes` : `${Math.round((bytes / mebibyte) * 10) / 10} MiB`

/** How many characters a value has as JSON, or fewer, counted without making it. In UTF-8 it has no fewer bytes than that. */
const lowerBound = (value: unknown, depth = 0): number => {
  if (typeof value === "string") return value.length + 2
  if (typeof value !== "object" || value === null || depth > deepest || "toJSON" in value) return 0
  let sum = 0
  if (Array.isArray(value)) for (const item of value) sum += lowerBound(item, depth + 1)
  else
    for (const [name, item] of Object.entries(value))
      sum += item === undefined ? 0 : name.length + lowerBound(item, depth + 1)
  return sum
}

/** The field that has the largest share, by its name in a request. */
const largestField = (body: unknown): Issue["path"] => {
  const [largest] = Object.entries(Object(body))
    .map(([name, value]) => [name, lowerBound(value)] as const)
    .sort(([, one], [, other]) => other - one)
  if (largest === undefined) return []
  return [largest[0] === "input_references" ? "inputReferences" : largest[0]]
}

/** Why it cannot be sent, whatever `maxRequestBytes` says. */
const impossible = `no text of this runtime is longer than ${sizeOf(longestText)}`

const tooLarge = (body: unknown, size: string, maxRequestBytes: number): ReadonlyArray<Issue> => {
  const limit =
    maxRequestBytes > longestText ? impossible : `a request may have ${sizeOf(maxRequestBytes)} (maxRequestBytes)`
  return [{ path: largestField(body), message: `makes a request of ${size} of JSON; ${limit}` }]
}

/**
 * The bytes of a body, or why there are none. What is surely too large is found before memory is taken for it, which for texts
 * of that length ends a process.
 */
export const encodeBody = (body: unknown, maxRequestBytes: number): Either.Either<Uint8Array, ReadonlyArray<Issue>> => {
  const least = lowerBound(body)
  if (least > Math.min(maxRequestBytes, longestText)) return Either.left(tooLarge(body, sizeOf(least), maxRequestBytes))
  return Either.try({
    try: () => new TextEncoder().encode(JSON.stringify(body)),
    // Escapes and characters beyond ASCII make it larger than it seemed
    catch: (thrown): ReadonlyArray<Issue> =>
      thrown instanceof RangeError
        ? tooLarge(body, `more than ${sizeOf(least)}`, Number.POSITIVE_INFINITY)
        : [{ path: [], message: `must be a JSON value: ${show(String(thrown))}` }]
  }).pipe(
    Either.filterOrLeft(
      ({ length }) => length <= maxRequestBytes,
      ({ length }) => tooLarge(body, sizeOf(length), maxRequestBytes)
    )
  )
}
