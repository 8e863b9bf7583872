/** What stdin says: a text, or the answer to a question. */
import * as Readline from "node:readline"
import type { PlatformError } from "@effect/platform/Error"
import * as NodeStream from "@effect/platform-node/NodeStream"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Stream from "effect/Stream"

/** All of stdin, to its end. */
export const text: Effect.Effect<string, PlatformError> = NodeStream.stdin.pipe(Stream.decodeText(), Stream.mkString)

/**
 * Asks on stderr, because stdout belongs to the results; none where the input ends without an answer. The terminal is
 * in raw mode meanwhile, so that Ctrl-C is no signal but a key, which is passed on.
 */
export const ask = (question: string): Effect.Effect<Option.Option<string>> =>
  Effect.async((resume) => {
    const lines = Readline.createInterface({ input: process.stdin, output: process.stderr })
    lines.on("SIGINT", () => process.emit("SIGINT", "SIGINT"))
    lines.once("close", () => resume(Effect.succeedNone))
    lines.question(question, (answer) => {
      resume(Effect.succeedSome(answer))
      lines.close()
    })
    return Effect.sync(() => lines.close())
  })
