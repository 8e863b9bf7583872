/** The body of a request: JSON in UTF-8, within the size limit. */
import * as Either from "effect/Either"
import type { Issue } from "../../Errors.js"
import { show } from "../../Issue.js"

const mebibyte = 1024 * 1024

export const defaultMaxRequestBytes = 256 * mebibyte

/** The longest string in V8 (Node, Chromium, Deno). Other engines allow more. */
export const longestText = 2 ** 29 - 24

/** No request is nested deeper. If one is, the result is still a lower bound. */
const deepest = 100

/** `410 MiB`, `1000 bytes` */
export const sizeOf = (bytes: number): string =>
  bytes < mebibyte ? `${bytes} bytes` : `${Math.round((bytes / mebibyte) * 10) / 10} MiB`

/**
 * A lower bound for the length of a value's JSON, in characters, counted without making the JSON. UTF-8 needs at least
 * as many bytes.
 */
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

/** The request field with the largest share, by its name. */
const largestField = (body: unknown): Issue["path"] => {
  const [largest] = Object.entries(Object(body))
    .map(([name, value]) => [name, lowerBound(value)] as const)
    .sort(([, one], [, other]) => other - one)
  if (largest === undefined) return []
  return [largest[0] === "input_references" ? "inputReferences" : largest[0]]
}

/** Why the body cannot be sent, whatever `maxRequestBytes` says. */
const impossible = `no text of this runtime is longer than ${sizeOf(longestText)}`

const tooLarge = (body: unknown, size: string, maxRequestBytes: number): ReadonlyArray<Issue> => {
  const limit =
    maxRequestBytes > longestText ? impossible : `a request may have ${sizeOf(maxRequestBytes)} (maxRequestBytes)`
  return [{ path: largestField(body), message: `makes a request of ${size} of JSON; ${limit}` }]
}

/**
 * The bytes of a body, or why there are none. A body that is certainly too large is found before memory is allocated
 * for it: a string of that length would end the process.
 */
export const encodeBody = (body: unknown, maxRequestBytes: number): Either.Either<Uint8Array, ReadonlyArray<Issue>> => {
  const least = lowerBound(body)
  if (least > Math.min(maxRequestBytes, longestText)) return Either.left(tooLarge(body, sizeOf(least), maxRequestBytes))
  return Either.try({
    try: () => new TextEncoder().encode(JSON.stringify(body)),
    // Escapes and characters beyond ASCII make it larger than estimated
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
