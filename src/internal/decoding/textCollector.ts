/** Bytes that arrive in pieces and are read as text at the end, so that no piece can fall apart within a character. */
export class TextCollector {
  /** Whatever comes is text. */
  readonly waiting = false
  readonly #parts: Array<Uint8Array> = []
  /** How many bytes there are. */
  size = 0

  push(bytes: Uint8Array): void {
    this.#parts.push(bytes)
    this.size += bytes.length
  }

  /** UTF-8, without a byte order mark; what is no UTF-8 becomes U+FFFD. Decoding all of it at once is many times faster than by parts. */
  text(): string {
    return new TextDecoder().decode(this.#parts.length === 1 ? this.#parts[0] : this.#bytes())
  }

  #bytes(): Uint8Array {
    const bytes = new Uint8Array(this.size)
    let at = 0
    for (const part of this.#parts) {
      bytes.set(part, at)
      at += part.length
    }
    return bytes
  }
}
