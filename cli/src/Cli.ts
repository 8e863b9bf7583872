/** A command line from its words to its end: an exit code, having said why. */
import type * as CliApp from "@effect/cli/CliApp"
import * as Command from "@effect/cli/Command"
import * as ValidationError from "@effect/cli/ValidationError"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Commands from "./commands/Commands.js"
import * as Argv from "./effectCli/Argv.js"
import * as Completions from "./effectCli/Completions.js"
import * as Help from "./effectCli/Help.js"
import * as ExitCode from "./failure/ExitCode.js"
import * as Failure from "./failure/Failure.js"
import { printable } from "./output/Text.js"
import type { Opener } from "./terminal/Opener.js"
import { Screen } from "./terminal/Screen.js"

export const version = "0.1.0"

const help = (topic: Help.Topic | undefined): Effect.Effect<void, never, Screen> =>
  Effect.gen(function* () {
    const { columns } = yield* (yield* Screen).stdout
    const [shown, commands] = topic === undefined ? [Commands.everything, Commands.topics] : [topic, topic.topics ?? []]
    yield* Console.log(Help.of(shown, commands, columns))
  })

/** @effect/cli prints what it cannot parse by itself; that is silenced, and said as every other failure is. Scripts for completion are repaired. */
const parsed = (argv: ReadonlyArray<string>) =>
  Effect.flatMap(Console.consoleWith(Effect.succeed), (console) => {
    const spoken = Command.transformHandler(Commands.command, Effect.withConsole(console))
    const execute = Command.run(spoken, { name: Commands.program, version })
    const log = (...args: ReadonlyArray<unknown>) =>
      console.log(...args.map((arg) => (typeof arg === "string" ? Completions.repaired(arg) : arg)))
    return Effect.withConsole(execute(argv), { ...console, log, error: () => Effect.void })
  })

const execute = (runtime: ReadonlyArray<string>, line: Argv.Line) =>
  Effect.gen(function* () {
    const topic = Help.find(Commands.topics, line.command)
    const isBare = line.args.length === 0 || (topic?.topics !== undefined && line.args.at(-1) === topic.name)
    if (isBare || Argv.has(line, "--help", "-h")) return yield* help(topic)
    if (Argv.has(line, "--wizard") && !(yield* (yield* Screen).asks)) {
      return yield* new Failure.UsageError({
        problem: "--wizard asks questions, and the input is no terminal.",
        advice: `See ${Failure.helpOf(line.command)}.`
      })
    }
    yield* Effect.mapError(parsed([...runtime, ...line.args]), (failure) =>
      ValidationError.isValidationError(failure) ? Failure.ofParsing(failure, line.command) : failure
    )
  })

const said = (failure: Failure.Failure): Effect.Effect<void> => Console.error(Failure.format(failure))

/** A defect is a bug of ours: it is named in a line, and `--log-level debug` shows the whole of it. */
const defect = (cause: Cause.Cause<never>): Effect.Effect<void> =>
  Effect.zipRight(
    Console.error(`unexpected: ${printable(String(Cause.squash(cause)))}`),
    Effect.logDebug("unexpected", cause)
  )

/** Runs a command line (the runtime and the script come first) to its exit code. */
export const run = (
  argv: ReadonlyArray<string>
): Effect.Effect<number, never, CliApp.CliApp.Environment | Screen | Opener> =>
  Argv.read(Commands.flags, argv.slice(2)).pipe(
    Effect.flatMap((line) => execute(argv.slice(0, 2), line)),
    Effect.as(ExitCode.ok),
    Effect.catchAll((failure) => Effect.as(said(failure), ExitCode.of(failure))),
    Effect.catchAllCause((cause) =>
      Option.match(Cause.keepDefects(cause), {
        onNone: () => Effect.failCause(cause),
        onSome: (defects) => Effect.as(defect(defects), ExitCode.unexpected)
      })
    )
  )
