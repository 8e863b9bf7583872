/** Runs a command line, reports what failed, and gives the exit code. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Command, Environment } from "./commands/Command.js"
import { program } from "./commands/Commands.js"
import * as Help from "./commands/help/Help.js"
import * as Argv from "./effectCli/Argv.js"
import * as Run from "./effectCli/Run.js"
import { helpCommand, UsageError } from "./failure/Failure.js"
import * as Reporting from "./failure/Reporting.js"
import * as Network from "./Network.js"
import * as OpenTelemetry from "./OpenTelemetry.js"
import * as Print from "./output/Print.js"
import * as Color from "./terminal/Color.js"
import { Screen } from "./terminal/Screen.js"

export const version = "0.1.0"

/** Whether a line names no command, or only one that leads to others. */
const isBare = ({ args, command }: Argv.Line<Command>): boolean =>
  args.length === 0 || (command !== undefined && command.commands.length > 0 && args.at(-1) === command.name)

/** The versions, and how the network is reached: what a report of a fault needs. */
const printVersions = Effect.gen(function* () {
  yield* Print.rows([
    ["version", version],
    ["node", process.version],
    ["platform", `${process.platform} ${process.arch}`],
    ...(yield* Network.describe)
  ])
})

const execute = (runtime: ReadonlyArray<string>, line: Argv.Line<Command>) =>
  Effect.gen(function* () {
    const { args, command } = line
    if (isBare(line) || Argv.has(line, "--help", "-h")) return yield* Help.print(command ?? program, program)
    if (Argv.has(line, "--version")) return yield* Argv.has(line, "--verbose") ? printVersions : Console.log(version)
    if (Argv.has(line, "--wizard") && !(yield* (yield* Screen).isInteractive)) {
      return yield* new UsageError({
        problem: "--wizard asks questions, but the input is not a terminal.",
        advice: `See ${helpCommand(command?.name)}.`
      })
    }
    yield* Effect.provide(Run.run(program, version, [...runtime, ...args], command), OpenTelemetry.layer)
  })

/** The line without what is read before the parser. */
const runLine = (
  runtime: ReadonlyArray<string>,
  args: ReadonlyArray<string>
): Effect.Effect<number, never, Environment> =>
  Reporting.toExitCode(Effect.flatMap(Argv.read(program.commands, args), (line) => execute(runtime, line)))

/** Runs a command line, which begins with the runtime and the script, and gives its exit code. */
export const run = (argv: ReadonlyArray<string>): Effect.Effect<number, never, Environment> =>
  Either.match(Color.take(argv.slice(2)), {
    onLeft: (failure) => Reporting.report(failure),
    onRight: ({ args, choice }) => Effect.locally(runLine(argv.slice(0, 2), args), Color.choice, choice)
  })
