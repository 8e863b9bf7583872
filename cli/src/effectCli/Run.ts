/**
 * Repairs @effect/cli 3, and goes away with Effect 4's cli: parses a command line and carries it out. The parser prints
 * by itself what it cannot parse; that is silenced here, and becomes a failure like any other.
 */
import type * as CliApp from "@effect/cli/CliApp"
import * as Command from "@effect/cli/Command"
import type * as Descriptor from "@effect/cli/CommandDescriptor"
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as ValidationError from "@effect/cli/ValidationError"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { helpCommand, UsageError } from "../failure/Failure.js"
import * as Color from "../terminal/Color.js"
import * as Argv from "./Argv.js"
import * as Completions from "./Completions.js"

/** What @effect/cli could not parse. Words that are too many are mostly a prompt without quotes. */
export const toUsageError = <C extends Argv.Syntax<C>>(
  { error }: ValidationError.ValidationError,
  command: C | undefined
): UsageError => {
  const problem = Color.strip(HelpDoc.toAnsiText(error)).replace(/\s+/g, " ").trim()
  const isWordMore = command !== undefined && Argv.takesPrompt(command) && problem.includes("unknown argument")
  return new UsageError({
    problem: /[.!?]$/.test(problem) ? problem : `${problem}.`,
    advice: `${isWordMore ? "Put a prompt of several words in quotes. " : ""}See ${helpCommand(command?.name)}.`
  })
}

/** A command line, parsed: the effect that carries it out. */
interface Parsed<E, R> {
  readonly name: string
  readonly run: Effect.Effect<void, E, R>
}

interface Program<E, R> {
  readonly name: string
  readonly parser: Descriptor.Command<Parsed<E, R>>
}

/** Carries out a command line (the runtime and the script come first); `command` is the one that it is about. */
export const run = <C extends Argv.Syntax<C>, E, R>(
  { name, parser }: Program<E | ValidationError.ValidationError, R>,
  version: string,
  argv: ReadonlyArray<string>,
  command: C | undefined
): Effect.Effect<void, E | UsageError, R | CliApp.CliApp.Environment> =>
  Effect.flatMap(Console.consoleWith(Effect.succeed), (console) => {
    const execute = Command.run(
      Command.fromDescriptor(parser, ({ run }) => Effect.withConsole(run, console)),
      { name, version }
    )
    const log = (...args: ReadonlyArray<unknown>) =>
      console.log(...args.map((arg) => (typeof arg === "string" ? Completions.repair(arg) : arg)))
    return Effect.withConsole(execute(argv), { ...console, log, error: () => Effect.void })
  }).pipe(Effect.mapError((error) => (ValidationError.isValidationError(error) ? toUsageError(error, command) : error)))
