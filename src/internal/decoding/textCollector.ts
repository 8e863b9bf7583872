/** Collects bytes that arrive in pieces and decodes them at the end, so that no character is split between pieces. */
export class TextCollector {
  readonly #parts: Array<Uint8Array> = []
  /** The number of bytes. */
  size = 0

  push(bytes: Uint8Array): void {
    this.#parts.push(bytes)
    this.size += bytes.length
  }

  /**
   * Decodes UTF-8, without a byte order mark. Invalid bytes become U+FFFD. Decoding everything at once is many times
   * faster than in pieces.
   */
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
