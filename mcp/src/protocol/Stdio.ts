/** One client on stdin and stdout, a message on each line. */
import type { PlatformError } from "@effect/platform/Error"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Clients } from "./Clients.js"

interface Channels {
  readonly input: Stream.Stream<Uint8Array, PlatformError>
  /** Writes a line. */
  readonly output: (line: string) => Effect.Effect<void>
}

/** Serves until the input ends. An input that breaks has ended: its client is gone. */
export const serve = (clients: Clients, { input, output }: Channels): Effect.Effect<void> => {
  const client = clients.connect({
    write: (text) => output(text),
    end: () => Effect.void
  })
  return input.pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.filter((line) => line.trim() !== ""),
    Stream.runForEach((line) => Effect.forEach(client.read(line), client.handle, { discard: true })),
    Effect.catchAll((error) => Effect.logWarning("the input broke", error)),
    Effect.ensuring(client.disconnect)
  )
}
