// A `fetch` without a network: what is left to measure is the reading.
import { bodyOf } from "./bodies.js"
import { parsePrompt } from "./prompt.js"

export const fetchFromMemory =
  (chunkBytes: number): typeof globalThis.fetch =>
  async (_, init) => {
    const text = typeof init?.body === "string" ? init.body : new TextDecoder().decode(init?.body as Uint8Array)
    const body = bodyOf(parsePrompt(text))
    let at = 0
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      // A copy, as the network would make one.
      if (at < body.length) controller.enqueue(Uint8Array.from(body.subarray(at, at + chunkBytes)))
      else controller.close()
      at += chunkBytes
    }
    return new Response(new ReadableStream({ pull }), { headers: { "content-type": "text/event-stream" } })
  }
