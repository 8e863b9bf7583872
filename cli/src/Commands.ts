/** The command tree, and what is known of each command beside it. */
import * as Args from "@effect/cli/Args"
import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import type * as Argv from "./Argv.js"
import * as Connection from "./Connection.js"
import * as Discovery from "./Discovery.js"
import { flagName } from "./FlagName.js"
import { generate } from "./Generate.js"
import * as GenerateOptions from "./GenerateOptions.js"
import type * as Help from "./Help.js"

export const program = "openrouter-images"

const summaries = {
  program: "Pictures from OpenRouter, in a terminal",
  generate: "Make pictures from a prompt and save them",
  models: "List the models that make pictures",
  endpoints: "List who serves a model, and the prices"
}

const { emulator } = GenerateOptions

const generateCommand = Command.make("generate", GenerateOptions.config, generate).pipe(
  Command.withDescription(summaries.generate),
  Command.provide(({ emulator }) => Connection.layer(emulator, "pictures"))
)

const modelsCommand = Command.make("models", { emulator }, () => Discovery.models).pipe(
  Command.withDescription(summaries.models),
  Command.provide(({ emulator }) => Connection.layer(emulator, "prices"))
)

const model = Args.text({ name: "author/slug" }).pipe(Args.withDescription("The model, as `models` lists them"))

const endpointsCommand = Command.make("endpoints", { emulator, model }, ({ model }) => Discovery.endpoints(model)).pipe(
  Command.withDescription(summaries.endpoints),
  Command.provide(({ emulator }) => Connection.layer(emulator, "prices"))
)

export const command = Command.make(program).pipe(
  Command.withDescription(summaries.program),
  Command.withSubcommands([generateCommand, modelsCommand, endpointsCommand])
)

const config = CliConfig.defaultConfig

/** What the help says of each command. */
export const topics: ReadonlyArray<Help.Topic> = [
  {
    name: "generate",
    summary: summaries.generate,
    usage: "generate [options] [prompt]",
    help: Command.getHelp(generateCommand, config)
  },
  {
    name: "models",
    summary: summaries.models,
    usage: "models [options]",
    help: Command.getHelp(modelsCommand, config)
  },
  {
    name: "endpoints",
    summary: summaries.endpoints,
    usage: "endpoints [options] <author/slug>",
    help: Command.getHelp(endpointsCommand, config)
  }
]

/** What it says of the program itself. */
export const everything: Help.Topic = {
  name: program,
  summary: summaries.program,
  usage: "<command>",
  help: Command.getHelp(Command.make(program), config)
}

const flag = (key: string): Argv.Flag => ({
  name: flagName(key),
  kind: key === "emulator" ? "switch" : key === "reference" ? "repeatable" : "once"
})

/** The options of the commands, from the place where they are defined. */
export const flags: Argv.Flags = {
  generate: Object.keys(GenerateOptions.config)
    .filter((key) => key !== "prompt")
    .map(flag),
  models: [flag("emulator")],
  endpoints: [flag("emulator")]
}
