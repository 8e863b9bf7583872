/** The command line of the emulator as a process. */
import { parseArgs } from "node:util"
import * as Data from "effect/Data"
import * as Either from "effect/Either"

export const usage = `openrouter-images-emulator [--port N]

OpenRouter's Images API on 127.0.0.1, below /api/v1, until it is interrupted.

  --port N   the port, 1 to 65535; 0, the default, picks a free one
  --help     this text`

export type Command = { readonly _tag: "Serve"; readonly port: number } | { readonly _tag: "Help" }

/** A command line that says nothing the emulator knows. */
export class UsageError extends Data.TaggedError("UsageError")<{ readonly message: string }> {}

const options = {
  port: { type: "string", default: "0" },
  help: { type: "boolean", short: "h", default: false }
} as const

/** Node's words, without its advice. */
const firstSentence = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/[.\n][\s\S]*$/, "")

export const parse = (args: ReadonlyArray<string>): Either.Either<Command, UsageError> =>
  Either.try({
    try: () => parseArgs({ args: [...args], options }).values,
    catch: (error) => new UsageError({ message: firstSentence(error) })
  }).pipe(
    Either.flatMap(({ help, port }): Either.Either<Command, UsageError> => {
      if (help) return Either.right({ _tag: "Help" })
      return /^\d{1,5}$/.test(port) && Number(port) <= 65535
        ? Either.right({ _tag: "Serve", port: Number(port) })
        : Either.left(
            new UsageError({ message: `--port must be an integer from 0 to 65535, got ${JSON.stringify(port)}` })
          )
    })
  )
