/** What a body is, told by its first bytes and not by its label: JSON, server-sent events, or something else. */

export type Kind = "json" | "events" | "other"

const colon = 0x3a
const openings = new Map<number, Kind>([
  [0x7b, "json"],
  [0x5b, "json"],
  // A comment of a stream; there may be JSON behind it.
  [colon, "events"]
])

/** White space, and the byte order mark. */
const insignificant = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf])

const fields = ["data:", "event:", "id:", "retry:"]

/** Both, one after the other. */
export const join = (one: Uint8Array, other: Uint8Array): Uint8Array => {
  const joined = new Uint8Array(one.length + other.length)
  joined.set(one)
  joined.set(other, one.length)
  return joined
}

/** Whether nothing has come yet but signs of life. */
export const isBlank = (bytes: Uint8Array): boolean => bytes.every((byte) => insignificant.has(byte))

/** The bytes from the first that says something: a byte order mark may have been cut in two. */
export const fromSignificant = (bytes: Uint8Array): Uint8Array => {
  const at = bytes.findIndex((byte) => !insignificant.has(byte))
  return at < 0 ? new Uint8Array() : bytes.subarray(at)
}

/** The kind of a body that begins with these bytes; `undefined` where they are too few to tell. */
export const kindOf = (bytes: Uint8Array): Kind | undefined => {
  const significant = fromSignificant(bytes)
  if (significant.length === 0) return undefined
  const kind = openings.get(significant[0] as number)
  if (kind !== undefined) return kind
  const text = String.fromCharCode(...significant.subarray(0, 6))
  if (fields.some((field) => text.startsWith(field))) return "events"
  return fields.some((field) => field.startsWith(text)) ? undefined : "other"
}
