/** Bytes that arrive in pieces and are read as text at the end, so that no piece can fall apart within a character. */
export class TextCollector {
  private readonly parts: Array<Uint8Array> = []
  /** How many bytes there are. */
  size = 0

  push(bytes: Uint8Array): void {
    this.parts.push(bytes)
    this.size += bytes.length
  }

  /** UTF-8, without a byte order mark; what is no UTF-8 becomes U+FFFD. */
  text(): string {
    const decoder = new TextDecoder()
    return this.parts.map((part) => decoder.decode(part, { stream: true })).join("") + decoder.decode()
  }
}
