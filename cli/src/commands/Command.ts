/** A command, defined once: the parser, the help, the completions and the check of its options all come from here. */
import type * as CliApp from "@effect/cli/CliApp"
import * as CliCommand from "@effect/cli/Command"
import * as Descriptor from "@effect/cli/CommandDescriptor"
import * as ValidationError from "@effect/cli/ValidationError"
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Effect from "effect/Effect"
import type * as Types from "effect/Types"
import type { Failure } from "../failure/Failure.js"
import type { Opener } from "../terminal/Opener.js"
import type { Screen } from "../terminal/Screen.js"
import type { Shutdown } from "../terminal/Shutdown.js"

/** What every command may use. */
export type Environment = CliApp.CliApp.Environment | Screen | Opener | Shutdown

type Config = CliCommand.Command.Config

/** The options and arguments of a command, parsed. */
export type Options<C extends Config> = Types.Simplify<CliCommand.Command.ParseConfig<C>>

/** What people read about a command. */
interface About {
  readonly name: string
  /** One line, for the list of commands. */
  readonly summary: string
  /** Lines to type as they are. */
  readonly examples: ReadonlyArray<string>
  /** What the command writes to stdout; commands that write the same share a line of the help. */
  readonly stdout?: string
}

interface Definition<C extends Config> extends About {
  /** What follows the name: `[options] [prompt]`. */
  readonly usage: string
  readonly config: C
  readonly run: (options: Options<C>) => Effect.Effect<void, Failure, Environment>
}

/** A command line, parsed: the effect that carries it out. */
export interface Parsed {
  readonly name: string
  readonly run: Effect.Effect<void, Failure | ValidationError.ValidationError, Environment>
}

/** A command as the parser, the help and the check of its options see it. */
export interface Command extends About {
  /** All words that call it: `job submit`. */
  readonly name: string
  readonly usage: string
  readonly config: Config
  readonly parser: Descriptor.Command<Parsed>
  /** The commands below it. */
  readonly commands: ReadonlyArray<Command>
}

/** A command that does something. */
export const make = <const C extends Config>({ run, usage, ...about }: Definition<C>): Command => {
  const { config, name, summary } = about
  const parser = CliCommand.make(name, config).descriptor.pipe(
    Descriptor.map((options): Parsed => ({ name, run: run(options) })),
    Descriptor.withDescription(summary)
  )
  return { ...about, usage: `${name} ${usage}`, parser, commands: [] }
}

type Children = NonEmptyReadonlyArray<Command>

const parserOf = ({ name, summary }: About, [first, ...others]: Children): Descriptor.Command<Parsed> => {
  const parent = Descriptor.make(name).pipe(Descriptor.withDescription(summary))
  const child = ({ name, parser }: Command) => [name, parser] as const
  const help = Effect.fail(ValidationError.helpRequested(parent))
  return Descriptor.withSubcommands(parent, [child(first), ...others.map(child)]).pipe(
    Descriptor.map(({ subcommand }): Parsed => (subcommand._tag === "Some" ? subcommand.value[1] : { name, run: help }))
  )
}

/** The program itself, which only leads to its commands. */
export const program = (about: About, commands: Children): Command => ({
  ...about,
  usage: "<command>",
  config: {},
  parser: parserOf(about, commands),
  commands
})

/** A command that only leads to those below it. */
export const group = (about: About, commands: Children): Command => ({
  ...program(about, commands),
  usage: `${about.name} <command>`,
  commands: commands.map((command) => ({
    ...command,
    name: `${about.name} ${command.name}`,
    usage: `${about.name} ${command.usage}`
  }))
})
