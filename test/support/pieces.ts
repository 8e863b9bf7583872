/** A body that comes in pieces. */

/** What happens after the last piece: the body ends, breaks, or falls silent. */
export type End = "end" | "break" | "silence"

/** The text in pieces of 37 bytes. */
export const inPieces = (text: string, end: End): ReadableStream<Uint8Array> => {
  const bytes = new TextEncoder().encode(text)
  const pieces = Array.from({ length: Math.ceil(bytes.length / 37) }, (_, i) => bytes.slice(i * 37, (i + 1) * 37))
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces.shift()
      if (piece !== undefined) return controller.enqueue(piece)
      if (end === "end") return controller.close()
      if (end === "break") return controller.error(Object.assign(new Error("aborted"), { code: "ECONNRESET" }))
      return new Promise<void>(() => {})
    }
  })
}
