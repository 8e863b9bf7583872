/** Passes over a JSON string, from behind its opening quote to its end, whatever it holds. */
import { indexOfByte } from "./base64.js"

const quote = 0x22
const backslash = 0x5c

export class StringSkipper {
  /** Whether the string has ended. */
  isEnded = false
  #isEscaped = false

  /** Returns where the string ends within the chunk, or the chunk's length. */
  push(chunk: Uint8Array, from: number): number {
    let at = from
    while (at < chunk.length && !this.isEnded) at = this.#step(chunk, at)
    return at
  }

  #step(chunk: Uint8Array, at: number): number {
    if (this.#isEscaped) {
      this.#isEscaped = false
      return at + 1
    }
    const found = indexOfByte(chunk, quote, at)
    const end = found < 0 ? chunk.length : found
    const escaped = indexOfByte(chunk.subarray(at, end), backslash, 0)
    if (escaped >= 0) {
      this.#isEscaped = true
      return at + escaped + 1
    }
    this.isEnded = found >= 0
    return found < 0 ? end : end + 1
  }
}
