/** The command tree, and what is known of each command beside it. */
import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Layer from "effect/Layer"
import { Catalog } from "effect-openrouter-images"
import * as Connection from "../Connection.js"
import type * as Argv from "../effectCli/Argv.js"
import type * as Help from "../effectCli/Help.js"
import { flagName } from "../options/FlagName.js"
import * as GenerateOptions from "../options/OutputOptions.js"
import { batch } from "./batch/Batch.js"
import * as BatchOptions from "./batch/Options.js"
import * as Check from "./catalog/Check.js"
import * as Endpoints from "./catalog/Endpoints.js"
import * as Models from "./catalog/Models.js"
import * as Quote from "./catalog/Quote.js"
import * as Gallery from "./gallery/Gallery.js"
import { generate } from "./generate/Generate.js"
import * as Regenerate from "./generate/Regenerate.js"
import * as Job from "./job/Commands.js"
import * as JobOptions from "./job/Options.js"

export const program = "openrouter-images"

const summaries = {
  program: "Pictures from OpenRouter, in a terminal",
  generate: "Make pictures from a prompt and save them",
  regenerate: "Send the request of a picture again, with other options",
  batch: "Make the pictures of a file of requests, a request a line",
  gallery: "Write a page with the pictures of a folder",
  quote: "Say what a request may cost, and send nothing",
  check: "Say who takes a request and what is wrong with it, and send nothing",
  models: "List the models that make pictures",
  endpoints: "List who serves a model, and the prices",
  job: "Jobs that outlive the process: many pictures, over crashes and machines, each paid once"
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

const modelsCommand = Command.make("models", Models.config, Models.models).pipe(
  Command.withDescription(summaries.models),
  Command.provide(({ emulator }) => catalogue(emulator))
)

const endpointsCommand = Command.make("endpoints", Endpoints.config, Endpoints.endpoints).pipe(
  Command.withDescription(summaries.endpoints),
  Command.provide(({ emulator }) => catalogue(emulator))
)

const regenerateCommand = Command.make("regenerate", Regenerate.config, Regenerate.regenerate).pipe(
  Command.withDescription(summaries.regenerate),
  Command.provide(({ emulator }) => Connection.layer(emulator, "pictures"))
)

const galleryCommand = Command.make("gallery", Gallery.config, Gallery.gallery).pipe(
  Command.withDescription(summaries.gallery)
)

const jobCommand = Command.make("job").pipe(
  Command.withDescription(summaries.job),
  Command.withSubcommands([
    Job.commands.submit,
    Job.commands.worker,
    Job.commands.watch,
    Job.commands.list,
    Job.commands.status,
    Job.commands.results,
    Job.commands.cancel,
    Job.commands.retry,
    Job.commands.decide
  ])
)

export const command = Command.make(program).pipe(
  Command.withDescription(summaries.program),
  Command.withSubcommands([
    generateCommand,
    regenerateCommand,
    batchCommand,
    galleryCommand,
    quoteCommand,
    checkCommand,
    modelsCommand,
    endpointsCommand,
    jobCommand
  ])
)

/** What can be typed as it is. */
const examples: Readonly<Record<keyof typeof summaries, ReadonlyArray<string>>> = {
  program: ["openrouter-images generate 'a red panda' --emulator", "openrouter-images gallery --open"],
  generate: [
    "openrouter-images generate 'a red panda' --aspect-ratio 16:9 -n 2 --budget 0.20",
    "openrouter-images generate 'a lighthouse at dusk' --model openai/gpt-image-1 --stream",
    "openrouter-images generate 'the same, in the snow' --reference panda.png --json"
  ],
  regenerate: [
    "openrouter-images regenerate pictures/a-red-panda.png --seed 8",
    "openrouter-images regenerate pictures/a-red-panda.png --model krea/krea-2 --show"
  ],
  batch: [
    "openrouter-images batch meadows.jsonl --out meadows --budget 5",
    "openrouter-images batch meadows.jsonl --out meadows --retry-unknown"
  ],
  gallery: ["openrouter-images gallery meadows --open", "openrouter-images gallery pictures --out sheet.html"],
  quote: [
    "openrouter-images quote 'a red panda' -n 4 --resolution 4K",
    "openrouter-images quote 'a red panda' --json | jq .maxUsd"
  ],
  check: ["openrouter-images check 'a paper boat' --model krea/krea-2 --resolution 4K"],
  models: [
    "openrouter-images models --sort price --supports seed --supports resolution=4K",
    "openrouter-images models --max-price 0.05 --json | jq -r '.[].id'"
  ],
  endpoints: ["openrouter-images endpoints bytedance-seed/seedream-4.5 --sort price"],
  job: [
    "openrouter-images job submit meadows.jsonl",
    "openrouter-images job worker --until-done",
    "openrouter-images job results meadows --out meadows"
  ]
}

const config = CliConfig.defaultConfig

type Name = Exclude<keyof typeof summaries, "program" | "job">

const topic = <N extends Name, R, E, A>(name: N, usage: string, command: Command.Command<N, R, E, A>): Help.Topic => ({
  name,
  summary: summaries[name],
  usage: `${name} ${usage}`,
  examples: examples[name],
  help: Command.getHelp(command, config)
})

const jobTopic = <N extends Job.Name, R, E, A>(name: N, command: Command.Command<N, R, E, A>): Help.Topic => ({
  name: `job ${name}`,
  summary: Job.summaries[name],
  usage: `job ${name} ${Job.usages[name]}`,
  examples: Job.examples[name],
  help: Command.getHelp(command, config)
})

/** What the help says of each command of `job`. */
const jobTopics: ReadonlyArray<Help.Topic> = [
  jobTopic("submit", Job.commands.submit),
  jobTopic("worker", Job.commands.worker),
  jobTopic("watch", Job.commands.watch),
  jobTopic("list", Job.commands.list),
  jobTopic("status", Job.commands.status),
  jobTopic("results", Job.commands.results),
  jobTopic("cancel", Job.commands.cancel),
  jobTopic("retry", Job.commands.retry),
  jobTopic("decide", Job.commands.decide)
]

/** What the help says of each command. */
export const topics: ReadonlyArray<Help.Topic> = [
  topic("generate", "[options] [prompt]", generateCommand),
  topic("regenerate", "[options] <FILE>", regenerateCommand),
  topic("batch", "--out DIR [options] <FILE.jsonl>", batchCommand),
  topic("gallery", "[options] [DIR]", galleryCommand),
  topic("quote", "[options] [prompt]", quoteCommand),
  topic("check", "[options] [prompt]", checkCommand),
  topic("models", "[options]", modelsCommand),
  topic("endpoints", "[options] <author/slug>", endpointsCommand),
  {
    name: "job",
    summary: summaries.job,
    usage: "job <command>",
    examples: examples.job,
    help: Command.getHelp(Command.make("job"), config),
    topics: jobTopics
  }
]

/** What it says of the program itself. */
export const everything: Help.Topic = {
  name: program,
  summary: summaries.program,
  usage: "<command>",
  examples: examples.program,
  help: Command.getHelp(Command.make(program), config)
}

/** The options that may be given more than once. */
const repeatable = new Set(["reference", "supports"])

const flagsOf = (config: Readonly<Record<string, unknown>>): ReadonlyArray<Argv.Flag> =>
  Object.entries(config).flatMap(([key, option]) => {
    if (!Options.isOptions(option)) return []
    const kind = Options.isBool(option) ? "switch" : repeatable.has(key) ? "repeatable" : "once"
    return [{ name: flagName(key), kind }]
  })

/** The options of the commands, from the place where they are defined. */
export const flags: Argv.Flags = {
  generate: flagsOf(GenerateOptions.config),
  regenerate: flagsOf(Regenerate.config),
  batch: flagsOf(BatchOptions.config),
  gallery: flagsOf(Gallery.config),
  quote: flagsOf(Quote.config),
  check: flagsOf(Check.config),
  models: flagsOf(Models.config),
  endpoints: flagsOf(Endpoints.config),
  job: [],
  "job submit": flagsOf(JobOptions.submit),
  "job worker": flagsOf(JobOptions.worker),
  "job watch": flagsOf(JobOptions.watch),
  "job list": flagsOf(JobOptions.list),
  "job status": flagsOf(JobOptions.status),
  "job results": flagsOf(JobOptions.results),
  "job cancel": flagsOf(JobOptions.cancel),
  "job retry": flagsOf(JobOptions.retry),
  "job decide": flagsOf(JobOptions.decide)
}
