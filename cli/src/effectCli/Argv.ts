/**
 * Repairs @effect/cli 3, and goes away with Effect 4's cli: the command line before the parser reads it. The parser
 * takes an option that it does not know, or one without its value, for the prompt, which would then be paid for. It
 * knows an option of one letter only with one hyphen.
 */
import * as Args from "@effect/cli/Args"
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as Options from "@effect/cli/Options"
import * as Either from "effect/Either"
import * as DidYouMean from "../failure/DidYouMean.js"
import { helpCommand, UsageError } from "../failure/Failure.js"
import { flagName } from "../options/OptionName.js"

/** What has to be known of a command to check its words. */
export interface Syntax<Self> {
  /** All words that call it. */
  readonly name: string
  readonly config: Readonly<Record<string, unknown>>
  /** The commands below it. */
  readonly commands: ReadonlyArray<Self>
}

/** A command line that can be parsed. */
export interface Line<Command> {
  /** The command that is meant, if any is. */
  readonly command: Command | undefined
  /** As the parser reads them rightly. */
  readonly args: ReadonlyArray<string>
}

/** An option: one that takes a value, or a switch, which takes none. */
interface Flag {
  readonly name: string
  readonly kind: "once" | "repeatable" | "switch"
}

/** @effect/cli says only in its help that an option may be repeated. */
const isRepeatable = (option: Options.Options<unknown>): boolean =>
  HelpDoc.toAnsiText(Options.getHelp(option)).includes("This option may be repeated")

const builtIn: ReadonlyArray<Flag> = ["--completions", "--log-level"].map((name) => ({ name, kind: "repeatable" }))
const switches = new Set(["--help", "-h", "--version", "--wizard"])

const flagsOf = (config: Syntax<unknown>["config"]): ReadonlyArray<Flag> => {
  const own = Object.entries(config).flatMap(([key, option]): ReadonlyArray<Flag> => {
    if (!Options.isOptions(option)) return []
    const kind = Options.isBool(option) ? "switch" : isRepeatable(option) ? "repeatable" : "once"
    return [{ name: flagName(key), kind }]
  })
  return [...own, ...builtIn]
}

/** Whether a command has a prompt among its arguments. */
export const takesPrompt = ({ config }: Syntax<unknown>): boolean => Args.isArgs(config["prompt"])

const isOption = (token: string): boolean => /^--?[a-z][^\s=]*(=|$)/i.test(token)

const refuse = (command: Syntax<unknown> | undefined, problem: string): Either.Either<never, UsageError> => {
  const isPrompt = command !== undefined && takesPrompt(command)
  const hyphen = isPrompt ? "; put a prompt that begins with a hyphen after --." : "."
  return Either.left(new UsageError({ problem, advice: `See ${helpCommand(command?.name)}${hyphen}` }))
}

/** `--n=3` is `--n 3` is `-n 3`. */
const split = (token: string): ReadonlyArray<string> => {
  if (!isOption(token)) return [token]
  const [name = "", ...value] = token.split("=")
  const known = /^--[a-z]$/i.test(name) ? name.slice(1) : name
  return value.length === 0 ? [known.toLowerCase()] : [known.toLowerCase(), value.join("=")]
}

type Tokens = ReadonlyArray<string>

/** An option as the parser reads it, and what follows it. */
type Read = readonly [option: Tokens, rest: Tokens]

/**
 * The parser would also take a "yes" or a "1" after a switch for its value, which is rather a prompt. The wizard writes
 * "true" or "false".
 */
const readSwitch = (name: string, inline: string | undefined, rest: Tokens): Either.Either<Read, string> => {
  const next = inline ?? rest[0] ?? ""
  if (/^(true|false)$/.test(next)) return Either.right([[name, next], inline === undefined ? rest.slice(1) : rest])
  return inline === undefined
    ? Either.right([[name, "true"], rest])
    : Either.left(`The option ${name} takes true, false or no value.`)
}

const readFlag = (
  flags: ReadonlyArray<Flag>,
  { kind, name }: Flag,
  inline: string | undefined,
  rest: Tokens
): Either.Either<Read, string> => {
  if (kind === "switch") return readSwitch(name, inline, rest)
  const value = inline ?? rest[0]
  const isFlag = inline === undefined && value !== undefined && isOption(value)
  if (value === undefined || (isFlag && (switches.has(value) || flags.some((one) => one.name === value)))) {
    return Either.left(`The option ${name} needs a value.`)
  }
  return Either.right([[name, value], inline === undefined ? rest.slice(1) : rest])
}

/**
 * The tokens as the parser reads them, when every option is known. Of an option that is given again the last one
 * counts. Behind a hyphen alone, which is the input, the parser reads no more options: that comes last.
 */
const normalize = (flags: ReadonlyArray<Flag>, tokens: Tokens): Either.Either<Tokens, string> => {
  const result: Array<Tokens> = []
  const input: Array<string> = []
  let rest = tokens
  for (let token = rest[0]; token !== undefined; token = rest[0]) {
    rest = rest.slice(1)
    const [name = "", inline] = split(token)
    if (token === "-") {
      input.push(token)
      continue
    }
    if (!isOption(token) || switches.has(name)) {
      result.push([isOption(token) ? name : token])
      continue
    }
    const flag = flags.find((one) => one.name === name)
    if (flag === undefined) return Either.left(noOption(name, flags))
    const read = readFlag(flags, flag, inline, rest)
    if (Either.isLeft(read)) return Either.left(read.left)
    const before = flag.kind === "repeatable" ? -1 : result.findIndex(([one]) => one === name)
    if (before !== -1) result.splice(before, 1)
    result.push(read.right[0])
    rest = read.right[1]
  }
  return Either.right([...result.flat(), ...input])
}

const noOption = (name: string, flags: ReadonlyArray<Flag>): string =>
  DidYouMean.sentence(`There is no option ${name}`, name, [...flags.map((one) => one.name), ...switches])

/** Whether a line has one of these switches; what stands after `--` is a prompt. */
export const has = ({ args }: Line<unknown>, ...names: ReadonlyArray<string>): boolean => {
  const end = args.indexOf("--")
  return args.slice(0, end === -1 ? undefined : end).some((arg) => names.includes(arg))
}

/** The command that begins at a place; like those of @effect/cli, names of commands have no case. */
const commandAt = <C extends Syntax<C>>(all: ReadonlyArray<C>, args: Tokens, at: number): C | undefined => {
  const [outer = "", inner = ""] = args.slice(at, at + 2).map((arg) => arg.toLowerCase())
  const named = (wanted: string) => all.find(({ name }) => name === wanted)
  return named(`${outer} ${inner}`) ?? named(outer)
}

/** A line that names no command that there is: it may have the options of the program itself. */
const readBare = <C extends Syntax<C>>(
  commands: ReadonlyArray<C>,
  args: Tokens
): Either.Either<Line<C>, UsageError> => {
  const names = commands.map(({ name }) => name)
  const noCommand = (word: string) => DidYouMean.sentence(`There is no command ${word}`, word, names)
  const [first] = args
  // Its options are unknown because it is.
  if (first !== undefined && !isOption(first)) return refuse(undefined, noCommand(first))
  const isVersion = args.includes("--version")
  return normalize(builtIn, isVersion ? args.filter((arg) => arg !== "--verbose") : args).pipe(
    Either.flatMap((read) => {
      const word = read.find((token, i) => !isOption(token) && !builtIn.some(({ name }) => name === read[i - 1]))
      if (word === undefined) return Either.right({ command: undefined, args })
      return Either.left(noCommand(word))
    }),
    Either.orElse((problem) => refuse(undefined, problem))
  )
}

/** The arguments as the parser reads them rightly, or what is wrong with them. */
export const read = <C extends Syntax<C>>(
  commands: ReadonlyArray<C>,
  args: ReadonlyArray<string>
): Either.Either<Line<C>, UsageError> => {
  const all = commands.flatMap((command) => [command, ...command.commands])
  const at = args.findIndex((_, i) => commandAt(all, args, i) !== undefined)
  const command = at === -1 ? undefined : commandAt(all, args, at)
  if (command === undefined) return readBare(commands, args)
  const names = command.name.split(" ")
  const after = at + names.length
  const end = args.indexOf("--", after)
  const tokens = args.slice(after, end === -1 ? undefined : end)
  const [word] = tokens
  if (command.commands.length > 0 && word !== undefined && !isOption(word)) {
    const name = `${command.name} ${word}`
    const others = command.commands.map((one) => one.name)
    return refuse(command, DidYouMean.sentence(`There is no command ${name}`, name, others))
  }
  return normalize(flagsOf(command.config), tokens).pipe(
    Either.orElse((problem) => refuse(command, problem)),
    Either.map((read) => ({
      command,
      args: [...args.slice(0, at), ...names, ...read, ...(end === -1 ? [] : args.slice(end))]
    }))
  )
}
