/** The command tree, and how a command ends: with an exit code, having said why. */
import * as Args from "@effect/cli/Args"
import type * as CliApp from "@effect/cli/CliApp"
import * as Command from "@effect/cli/Command"
import * as Span from "@effect/cli/HelpDoc/Span"
import * as ValidationError from "@effect/cli/ValidationError"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argv from "./Argv.js"
import * as Connection from "./Connection.js"
import * as Discovery from "./Discovery.js"
import * as ExitCode from "./ExitCode.js"
import * as Failure from "./Failure.js"
import { generate } from "./Generate.js"
import * as GenerateOptions from "./GenerateOptions.js"
import * as Help from "./Help.js"
import type { Screen } from "./Screen.js"
import { printable } from "./Text.js"

export const version = "0.1.0"

const generateCommand = Command.make("generate", GenerateOptions.config, generate).pipe(
  Command.withDescription("Make pictures from a prompt and save them"),
  Command.provide(Connection.layer)
)

const modelsCommand = Command.make("models", {}, () => Discovery.models).pipe(
  Command.withDescription("List the models that make pictures"),
  Command.provide(Connection.layer)
)

const model = Args.text({ name: "author/slug" }).pipe(Args.withDescription("The model, as `models` lists them"))

const endpointsCommand = Command.make("endpoints", { model }, (options) => Discovery.endpoints(options.model)).pipe(
  Command.withDescription("List who serves a model, and the prices"),
  Command.provide(Connection.layer)
)

const command = Command.make("openrouter-images").pipe(
  Command.withDescription("Pictures from OpenRouter, in a terminal"),
  Command.withSubcommands([generateCommand, modelsCommand, endpointsCommand])
)

/** The options of the commands, from the place where they are defined. */
export const flags: Argv.Flags = {
  generate: Object.keys(GenerateOptions.config)
    .filter((key) => key !== "prompt")
    .map((key) => ({ name: Argv.flagName(key), repeatable: key === "reference" })),
  models: [],
  endpoints: []
}

const execute = Command.run(command, {
  name: "openrouter-images",
  version,
  summary: Span.text("Pictures from OpenRouter, in a terminal"),
  footer: Help.footer
})

const said = (failure: Failure.Failure): Effect.Effect<void> =>
  Console.error(
    ValidationError.isValidationError(failure)
      ? "See openrouter-images --help; a prompt of several words stands in quotes."
      : Failure.format(failure)
  )

/** A defect is a bug of ours: it is named in a line, and `--log-level debug` shows the whole of it. */
const defect = (cause: Cause.Cause<never>): Effect.Effect<void> =>
  Effect.zipRight(
    Console.error(`unexpected: ${printable(String(Cause.squash(cause)))}`),
    Effect.logDebug("unexpected", cause)
  )

/** Runs a command line (the runtime and the script come first) to its exit code. */
export const run = (argv: ReadonlyArray<string>): Effect.Effect<number, never, CliApp.CliApp.Environment | Screen> =>
  Argv.read(flags, argv.slice(2)).pipe(
    Effect.flatMap((args) => execute([...argv.slice(0, 2), ...args])),
    Effect.as(ExitCode.ok),
    Effect.catchAll((failure) => Effect.as(said(failure), ExitCode.of(failure))),
    Effect.catchAllCause((cause) =>
      Option.match(Cause.keepDefects(cause), {
        onNone: () => Effect.failCause(cause),
        onSome: (defects) => Effect.as(defect(defects), ExitCode.unexpected)
      })
    )
  )
