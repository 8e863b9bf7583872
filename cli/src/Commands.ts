/** The command tree, and what is known of each command beside it. */
import * as Args from "@effect/cli/Args"
import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Layer from "effect/Layer"
import { Catalog } from "effect-openrouter-images"
import type * as Argv from "./Argv.js"
import { batch } from "./batch/Batch.js"
import * as BatchOptions from "./batch/Options.js"
import * as Check from "./Check.js"
import * as Connection from "./Connection.js"
import * as Discovery from "./Discovery.js"
import { emulator } from "./Flag.js"
import { flagName } from "./FlagName.js"
import { generate } from "./Generate.js"
import * as GenerateOptions from "./GenerateOptions.js"
import type * as Help from "./Help.js"
import * as Quote from "./Quote.js"

export const program = "openrouter-images"

const summaries = {
  program: "Pictures from OpenRouter, in a terminal",
  generate: "Make pictures from a prompt and save them",
  batch: "Make the pictures of a file of requests, a request a line",
  quote: "Say what a request may cost, and send nothing",
  check: "Say who takes a request and what is wrong with it, and send nothing",
  models: "List the models that make pictures",
  endpoints: "List who serves a model, and the prices"
}

const catalogue = (emulator: boolean) => Layer.provideMerge(Catalog.layer(), Connection.layer(emulator, "prices"))

const generateCommand = Command.make("generate", GenerateOptions.config, generate).pipe(
  Command.withDescription(summaries.generate),
  Command.provide(({ emulator }) => Connection.layer(emulator, "pictures"))
)

const batchCommand = Command.make("batch", BatchOptions.config, batch).pipe(
  Command.withDescription(summaries.batch),
  Command.provide(({ emulator }) => Connection.layer(emulator, "pictures"))
)

const quoteCommand = Command.make("quote", Quote.config, Quote.quote).pipe(
  Command.withDescription(summaries.quote),
  Command.provide(({ emulator }) => catalogue(emulator))
)

const checkCommand = Command.make("check", Check.config, Check.check).pipe(
  Command.withDescription(summaries.check),
  Command.provide(({ emulator }) => catalogue(emulator))
)

const modelsConfig = { emulator }

const modelsCommand = Command.make("models", modelsConfig, () => Discovery.models).pipe(
  Command.withDescription(summaries.models),
  Command.provide(({ emulator }) => Connection.layer(emulator, "prices"))
)

const endpointsConfig = {
  emulator,
  model: Args.text({ name: "author/slug" }).pipe(Args.withDescription("The model, as `models` lists them"))
}

const endpointsCommand = Command.make("endpoints", endpointsConfig, ({ model }) => Discovery.endpoints(model)).pipe(
  Command.withDescription(summaries.endpoints),
  Command.provide(({ emulator }) => Connection.layer(emulator, "prices"))
)

export const command = Command.make(program).pipe(
  Command.withDescription(summaries.program),
  Command.withSubcommands([generateCommand, batchCommand, quoteCommand, checkCommand, modelsCommand, endpointsCommand])
)

const config = CliConfig.defaultConfig

type Name = Exclude<keyof typeof summaries, "program">

const topic = <N extends Name, R, E, A>(name: N, usage: string, command: Command.Command<N, R, E, A>): Help.Topic => ({
  name,
  summary: summaries[name],
  usage: `${name} ${usage}`,
  help: Command.getHelp(command, config)
})

/** What the help says of each command. */
export const topics: ReadonlyArray<Help.Topic> = [
  topic("generate", "[options] [prompt]", generateCommand),
  topic("batch", "--out DIR [options] <FILE.jsonl>", batchCommand),
  topic("quote", "[options] [prompt]", quoteCommand),
  topic("check", "[options] [prompt]", checkCommand),
  topic("models", "[options]", modelsCommand),
  topic("endpoints", "[options] <author/slug>", endpointsCommand)
]

/** What it says of the program itself. */
export const everything: Help.Topic = {
  name: program,
  summary: summaries.program,
  usage: "<command>",
  help: Command.getHelp(Command.make(program), config)
}

const flagsOf = (config: Readonly<Record<string, unknown>>): ReadonlyArray<Argv.Flag> =>
  Object.entries(config).flatMap(([key, option]) => {
    if (!Options.isOptions(option)) return []
    const kind = Options.isBool(option) ? "switch" : key === "reference" ? "repeatable" : "once"
    return [{ name: flagName(key), kind }]
  })

/** The options of the commands, from the place where they are defined. */
export const flags: Argv.Flags = {
  generate: flagsOf(GenerateOptions.config),
  batch: flagsOf(BatchOptions.config),
  quote: flagsOf(Quote.config),
  check: flagsOf(Check.config),
  models: flagsOf(modelsConfig),
  endpoints: flagsOf(endpointsConfig)
}
