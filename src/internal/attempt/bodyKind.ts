/** The kind of a body: JSON, server-sent events, or something else. Its first bytes decide, not its label. */

export type Kind = "json" | "events" | "other"

const colon = 0x3a
const openings = new Map<number, Kind>([
  [0x7b, "json"],
  [0x5b, "json"],
  // A comment of a stream. JSON may follow it.
  [colon, "events"]
])

/** White space, and the byte order mark. */
const insignificant = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf])

const fields = ["data:", "event:", "id:", "retry:"]

/** Joins two byte arrays. */
export const join = (one: Uint8Array, other: Uint8Array): Uint8Array => {
  const joined = new Uint8Array(one.length + other.length)
  joined.set(one)
  joined.set(other, one.length)
  return joined
}

/** Whether only keep-alives have arrived. */
export const isBlank = (bytes: Uint8Array): boolean => bytes.every((byte) => insignificant.has(byte))

/** The bytes from the first significant one. A byte order mark may have been cut in two. */
export const fromSignificant = (bytes: Uint8Array): Uint8Array => {
  const at = bytes.findIndex((byte) => !insignificant.has(byte))
  return at < 0 ? new Uint8Array() : bytes.subarray(at)
}

/** The kind of a body that begins with these bytes. `undefined` where they are too few to decide. */
export const kindOf = (bytes: Uint8Array): Kind | undefined => {
  const significant = fromSignificant(bytes)
  if (significant.length === 0) return undefined
  const kind = openings.get(significant[0] as number)
  if (kind !== undefined) return kind
  const text = String.fromCharCode(...significant.subarray(0, 6))
  if (fields.some((field) => text.startsWith(field))) return "events"
  return fields.some((field) => field.startsWith(text)) ? undefined : "other"
}
