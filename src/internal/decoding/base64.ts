/**
 * Decodes base64 from the bytes of a body straight into the bytes of a picture.
 *
 * The alphabet is RFC 4648's, standard (section 4) or URL-safe (section 5); the padding may be missing. Where the
 * runtime has a decoder, that one does the work. The portable table decides on whatever it does not accept whole, so
 * that every runtime accepts and refuses the same input.
 */

const invalid = 255
const pad = 254
const equals = 0x3d

const table = (() => {
  const codes = new Uint8Array(256).fill(invalid)
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  for (let i = 0; i < alphabet.length; i++) codes[alphabet.charCodeAt(i)] = i
  codes["-".charCodeAt(0)] = 62
  codes["_".charCodeAt(0)] = 63
  codes[equals] = pad
  return codes
})()

/** The end of the run of base64 characters that begins at `from`. */
export const endOfRun = (source: Uint8Array, from: number): number => {
  let at = from
  while (at < source.length && table[source[at] as number] !== invalid) at++
  return at
}

/** Decodes whole quads without padding. Returns the number of bytes written, or -1 if there is a foreign character. */
export type QuadDecoder = (target: Uint8Array, offset: number, source: Uint8Array, from: number, to: number) => number

export const portableDecoder: QuadDecoder = (target, offset, source, from, to) => {
  let at = offset
  for (let i = from; i + 3 < to; i += 4) {
    const a = table[source[i] as number] as number
    const b = table[source[i + 1] as number] as number
    const c = table[source[i + 2] as number] as number
    const d = table[source[i + 3] as number] as number
    if ((a | b | c | d) > 63) return -1
    const bits = (a << 18) | (b << 12) | (c << 6) | d
    target[at++] = bits >> 16
    target[at++] = bits >> 8
    target[at++] = bits
  }
  return at - offset
}

interface NodeBuffer {
  indexOf(byte: number, from: number): number
  toString(encoding: "latin1" | "base64"): string
  write(text: string, offset: number, length: number, encoding: "base64"): number
}
interface BufferConstructor {
  from(buffer: ArrayBufferLike, byteOffset: number, length: number): NodeBuffer
}

/** Node's `Buffer`, looked up at run time where it exists (Node, Bun, Deno). It is not imported. */
const nodeBuffer = (globalThis as { readonly Buffer?: BufferConstructor }).Buffer

/** The first place of a byte from `from` on, or -1. `Buffer` finds it in megabytes many times faster than an array. */
export const indexOfByte = (bytes: Uint8Array, byte: number, from: number): number =>
  nodeBuffer === undefined
    ? bytes.indexOf(byte, from)
    : nodeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(byte, from)

/** `Buffer` skips foreign characters and then writes fewer bytes than the quads hold. That shortfall reveals them. */
const bufferDecoder =
  (Buffer: BufferConstructor): QuadDecoder =>
  (target, offset, source, from, to) => {
    const expected = ((to - from) >> 2) * 3
    const text = Buffer.from(source.buffer, source.byteOffset + from, to - from).toString("latin1")
    const into = Buffer.from(target.buffer, target.byteOffset, target.byteLength)
    return into.write(text, offset, expected, "base64") === expected ? expected : -1
  }

interface SetFromBase64 {
  setFromBase64(text: string): { readonly read: number; readonly written: number }
}

/**
 * `Uint8Array.prototype.setFromBase64` (ECMAScript 2026), for browsers and workers. It skips white space, which the
 * count reveals.
 */
const standardDecoder: QuadDecoder = (target, offset, source, from, to) => {
  const expected = ((to - from) >> 2) * 3
  const text = new TextDecoder("latin1").decode(source.subarray(from, to))
  if (!/^[A-Za-z0-9+/]*$/.test(text)) return -1
  const into = target.subarray(offset, offset + expected) as unknown as SetFromBase64
  return into.setFromBase64(text).written === expected ? expected : -1
}

/** The fastest decoder that this runtime has. */
export const runtimeDecoder: QuadDecoder =
  nodeBuffer !== undefined
    ? bufferDecoder(nodeBuffer)
    : "setFromBase64" in Uint8Array.prototype
      ? standardDecoder
      : portableDecoder

/** Handing a shorter run to the runtime costs more than decoding it here. */
const handOver = 96

const decodeQuads: QuadDecoder = (target, offset, source, from, to) => {
  if (to - from >= handOver) {
    const written = runtimeDecoder(target, offset, source, from, to)
    if (written >= 0) return written
  }
  return portableDecoder(target, offset, source, from, to)
}

/** The size of the first store when nothing is known about the input, and of each one after it. */
const firstStore = 64 * 1024
const nextStore = 1024 * 1024

/**
 * Takes base64 in pieces of any length and writes the bytes into its own stores. One decoder serves the pictures of a
 * body one after another and reuses its stores. So it allocates once for the decoding, and once for each picture.
 */
export class Base64Decoder {
  readonly #stores: Array<Uint8Array> = []
  /** How much of each store is filled. Those before the last are as full as they get. */
  #filled: Array<number> = []
  /** Up to three characters that wait for the rest of their quad, and the padding. */
  readonly #tail = new Uint8Array(4)
  #tailLength = 0
  #closed = false
  #capacity: number
  #pictures: number

  /**
   * `capacity`: how many bytes there can be, if known. `pictures`: in how many pictures. A picture that is no larger
   * than its share is then decoded in place.
   */
  constructor(capacity = 0, pictures = 1) {
    this.#capacity = capacity
    this.#pictures = pictures
  }

  /** Takes `source` from `from` to `to`. Returns `to`, or the position of the first foreign character. */
  push(source: Uint8Array, from: number, to: number): number {
    let at = from
    while (this.#tailLength > 0 && at < to) {
      if (!this.#pushOne(source[at] as number)) return at
      at++
    }
    at += this.#pushQuads(source, at, at + ((to - at) & ~3))
    for (; at < to; at++) if (!this.#pushOne(source[at] as number)) return at
    return to
  }

  /**
   * Takes whole quads to the end of `source` if they hold no foreign character, and returns where they end. It does not
   * check each character first, which would cost more than the decoding.
   */
  pushClean(source: Uint8Array, from: number): number {
    let at = from
    while (this.#tailLength > 0 && at < source.length && this.#pushOne(source[at] as number)) at++
    const length = (source.length - at) & ~3
    if (this.#tailLength > 0 || this.#closed || length < handOver) return at
    return at + this.#write(runtimeDecoder, source, at, at + length)
  }

  /**
   * The bytes so far, or `undefined` when the last quad lacks characters. The decoder is then ready for the next
   * picture.
   */
  finish(): Uint8Array | undefined {
    if (this.#tailLength === 1) return undefined
    if (this.#tailLength > 1) this.#flush()
    const bytes = this.#take()
    this.reset()
    return bytes
  }

  /**
   * What was taken since the last `reset`, as base64 again, so that nothing that arrived is lost when the rest is
   * foreign.
   */
  encoded(): string {
    return encodeBase64(this.#copy()) + String.fromCharCode(...this.#tail.subarray(0, this.#tailLength))
  }

  reset(): void {
    this.#filled = []
    this.#tailLength = 0
    this.#closed = false
  }

  /** Takes whole quads in one go, except a padded last one. Returns the number of characters taken. */
  #pushQuads(source: Uint8Array, from: number, to: number): number {
    const end = source[to - 1] === equals ? to - 4 : to
    return end <= from || this.#closed ? 0 : this.#write(decodeQuads, source, from, end)
  }

  /** Returns the number of characters taken: all of them, or none. */
  #write(decode: QuadDecoder, source: Uint8Array, from: number, to: number): number {
    const store = this.#reserve(((to - from) >> 2) * 3)
    const last = this.#filled.length - 1
    const offset = this.#filled[last] as number
    const written = decode(store, offset, source, from, to)
    if (written < 0) return 0
    this.#filled[last] = offset + written
    return to - from
  }

  #pushOne(code: number): boolean {
    const value = table[code] as number
    if (value === invalid || this.#closed) return false
    const padded = this.#tailLength === 3 && this.#tail[2] === equals
    if (value === pad ? this.#tailLength < 2 : padded) return false
    this.#tail[this.#tailLength++] = code
    if (this.#tailLength === 4) this.#flush()
    return true
  }

  /** Writes the waiting quad. A padded or short quad is the last: nothing may follow it. */
  #flush(): void {
    const digits = this.#tail.subarray(0, this.#tailLength).filter((code) => code !== equals)
    const bits = [18, 12, 6, 0].reduce((sum, shift, i) => sum | ((table[digits[i] ?? 0x41] as number) << shift), 0)
    const store = this.#reserve(3)
    const last = this.#filled.length - 1
    for (let i = 0; i < digits.length - 1; i++) {
      store[this.#filled[last] as number] = bits >> (16 - 8 * i)
      this.#filled[last] = (this.#filled[last] as number) + 1
    }
    this.#closed = digits.length < 4
    this.#tailLength = 0
  }

  /** The store to write to: the current one if it has room, else the next with room, else a new one. */
  #reserve(bytes: number): Uint8Array {
    let last = this.#filled.length - 1
    while (true) {
      const store = this.#stores[last]
      if (store !== undefined && store.length - (this.#filled[last] ?? 0) >= bytes) return store
      last++
      this.#filled[last] = 0
      this.#stores[last] ??= new Uint8Array(Math.max(bytes, last > 0 ? nextStore : this.#share() || firstStore))
    }
  }

  #share(): number {
    return Math.ceil(this.#capacity / Math.max(1, this.#pictures))
  }

  #copy(): Uint8Array {
    const bytes = new Uint8Array(this.#filled.reduce((sum, length) => sum + length, 0))
    let at = 0
    for (const [i, length] of this.#filled.entries()) {
      bytes.set((this.#stores[i] as Uint8Array).subarray(0, length), at)
      at += length
    }
    return bytes
  }

  /** A picture that fills its only store is returned without a copy; any other is copied. */
  #take(): Uint8Array {
    const [store] = this.#stores
    const length = this.#filled[0] ?? 0
    this.#pictures--
    this.#capacity = Math.max(0, this.#capacity - length)
    if (store === undefined || this.#filled.length > 1 || length * 8 < store.length * 7) return this.#copy()
    this.#stores.length = 0
    return store.subarray(0, length)
  }
}

/** Whole groups of three, and not too many arguments for one call. */
const encodeStep = 3 * 8192

/** Encodes bytes as base64 in the standard alphabet, padded. */
export const encodeBase64 = (bytes: Uint8Array): string => {
  if (nodeBuffer !== undefined)
    return nodeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")
  let text = ""
  for (let at = 0; at < bytes.length; at += encodeStep) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + encodeStep)))
  }
  return text
}

/** The head of a data URL at the start of a text. */
const dataUrlHead = /^\s*data:[^,]{0,200};\s*base64\s*,/i

/** Decodes a whole base64 text, or returns `undefined` when it is not base64. Accepts a data URL and line breaks. */
export const decodeBase64 = (text: string): Uint8Array | undefined => {
  const source = new TextEncoder().encode(text.replace(dataUrlHead, "").replace(/\s+/g, ""))
  const decoder = new Base64Decoder(Math.ceil((source.length * 3) / 4))
  return decoder.push(source, 0, source.length) === source.length ? decoder.finish() : undefined
}
