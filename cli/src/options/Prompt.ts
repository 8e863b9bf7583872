/** The prompt: on the command line, from stdin, or asked for. */
import * as Args from "@effect/cli/Args"
import type { PlatformError } from "@effect/platform/Error"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { FileError, systemMessage, UsageError } from "../failure/Failure.js"
import { isText } from "../output/Text.js"
import { Screen } from "../terminal/Screen.js"
import { withSpinner } from "../terminal/Spinner.js"

export const argument = Args.text({ name: "prompt" }).pipe(
  Args.withDescription("What the picture shows. Without it, or with -, stdin says it; in a terminal you are asked"),
  Args.optional,
  Args.map(Option.getOrUndefined)
)

const stdin = "-"

const refusal = (problem: string): UsageError =>
  new UsageError({ problem, advice: "Say what the picture shows, in quotes: 'a red panda'." })

const readError = (error: PlatformError): FileError =>
  new FileError({
    problem: `The prompt cannot be read from stdin: ${systemMessage(error)}.`,
    cost: "Nothing was billed.",
    advice: "Give the prompt on the command line, in quotes."
  })

/** A file that is no text would be paid for like a prompt. */
const fromStdin = Effect.gen(function* () {
  const text = yield* (yield* Screen).input.pipe(
    Effect.mapError(readError),
    withSpinner("reading the prompt from stdin:")
  )
  if (!isText(text)) return yield* refusal("The prompt from stdin is not UTF-8 text.")
  return text.trim()
})

/** What was given, else what stdin says: as an answer if somebody sits there, and as a text if not. */
const find = (given: string | undefined): Effect.Effect<string, FileError | UsageError, Screen> =>
  Effect.gen(function* () {
    if (given !== undefined && given !== stdin) return given
    const screen = yield* Screen
    if (!(yield* screen.isInteractive)) return yield* fromStdin
    if (!(yield* screen.stderr).isTerminal) return yield* refusal("There is no prompt, and no terminal to ask for it.")
    return Option.getOrElse(yield* screen.ask("What does the picture show? "), () => "")
  })

/** The prompt. One of white space alone, as from an unset variable, is refused. */
export const read = (given: string | undefined): Effect.Effect<string, FileError | UsageError, Screen> =>
  Effect.filterOrFail(
    Effect.onInterrupt(find(given), () => Console.error("cancelled: nothing was sent")),
    (text) => text.trim() !== "",
    () => refusal("The prompt is empty.")
  )
