/** Where a format keeps an XMP packet, and how its bytes change to hold another one. */

/** Bytes that replace those from `from` to `to`. */
export interface Edit {
  readonly from: number
  readonly to: number
  readonly bytes: Uint8Array
}

/** What one file has, and what it can take. */
export interface Place {
  /** The existing packet. One that is not UTF-8 counts as an empty text, to which nothing can be added. */
  readonly packet: string | undefined
  /** Whether the file is signed (Content Credentials, C2PA). Any change of its bytes breaks the signature. */
  readonly signed: boolean
  /** The edits, in order, that replace the existing packet. None where the packet is too large. */
  readonly put: (packet: string, prompt: string) => ReadonlyArray<Edit> | undefined
}

/** Joins byte arrays. */
export const concatBytes = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** A copy with the edits made. They are in order and do not overlap. */
export const applyEdits = (bytes: Uint8Array, edits: ReadonlyArray<Edit>): Uint8Array => {
  const parts: Array<Uint8Array> = []
  let at = 0
  for (const edit of edits) {
    parts.push(bytes.subarray(at, edit.from), edit.bytes)
    at = edit.to
  }
  return concatBytes([...parts, bytes.subarray(at)])
}

export const cut = ({ end, start }: { readonly start: number; readonly end: number }): Edit => ({
  from: start,
  to: end,
  bytes: new Uint8Array()
})

const encoder = /* @__PURE__ */ new TextEncoder()

export const utf8 = (text: string): Uint8Array => encoder.encode(text)

/** Text with one byte per character. */
export const latin1 = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

/** The text of a packet, or an empty one where the bytes are not UTF-8: those could not be restored exactly. */
export const packetOf = (bytes: Uint8Array): string => {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)
  const back = utf8(text)
  return back.length === bytes.length && back.every((byte, i) => byte === bytes[i]) ? text : ""
}

/** An integer of 4 bytes, highest first. */
export const uint32BE = (value: number): Uint8Array =>
  Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff)
