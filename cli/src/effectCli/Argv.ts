/**
 * The command line before @effect/cli reads it. That takes an option it does not know, or one without its value, for the prompt, which
 * would then be paid for; and it knows an option of one letter only with one hyphen.
 */
import * as Either from "effect/Either"
import { UsageError } from "../failure/Failure.js"

/** An option: one that takes a value, or a switch, which takes none. */
export interface Flag {
  readonly name: string
  readonly kind: "once" | "repeatable" | "switch"
}

/** The options of each command; one below another has both their names, with a space between them. */
export type Flags = Readonly<Record<string, ReadonlyArray<Flag>>>

/** A command line that can be run. */
export interface Line {
  /** The command that is meant, if any is. */
  readonly command: string | undefined
  /** As @effect/cli reads them rightly. */
  readonly args: ReadonlyArray<string>
}

const builtIn: ReadonlyArray<Flag> = ["--completions", "--log-level"].map((name) => ({ name, kind: "repeatable" }))
const switches = new Set(["--help", "-h", "--version", "--wizard"])

const isOption = (token: string): boolean => /^--?[a-z][^\s=]*(=|$)/i.test(token)

const refuse = (command: string, problem: string): Either.Either<never, UsageError> => {
  const hyphen = command.startsWith("job") ? "." : "; a prompt that begins with a hyphen stands after --."
  return Either.left(new UsageError({ problem, advice: `See openrouter-images ${command} --help${hyphen}` }))
}

/** `--n=3` is `--n 3` is `-n 3`. */
const separate = (token: string): ReadonlyArray<string> => {
  if (!isOption(token)) return [token]
  const [name = "", ...value] = token.split("=")
  const known = /^--[a-z]$/i.test(name) ? name.slice(1) : name
  return value.length === 0 ? [known.toLowerCase()] : [known.toLowerCase(), value.join("=")]
}

type Tokens = ReadonlyArray<string>

/**
 * An option with its value; the rest is what follows. @effect/cli takes also a "yes" or a "1" behind a switch for its value, which is
 * rather a prompt; the wizard writes "true" or "false".
 */
const valued = (
  command: string,
  flags: ReadonlyArray<Flag>,
  { kind, name }: Flag,
  inline: string | undefined,
  rest: Tokens
): Either.Either<readonly [option: Tokens, rest: Tokens], UsageError> => {
  if (kind === "switch") {
    const next = inline ?? rest[0] ?? ""
    if (/^(true|false)$/.test(next)) return Either.right([[name, next], inline === undefined ? rest.slice(1) : rest])
    return inline === undefined
      ? Either.right([[name, "true"], rest])
      : refuse(command, `The option ${name} is true or false, or stands alone.`)
  }
  const value = inline ?? rest[0]
  const isFlag = inline === undefined && value !== undefined && isOption(value)
  if (value === undefined || (isFlag && (switches.has(value) || flags.some((one) => one.name === value)))) {
    return refuse(command, `The option ${name} needs a value.`)
  }
  return Either.right([[name, value], inline === undefined ? rest.slice(1) : rest])
}

/**
 * The tokens with every option known and spelled as @effect/cli reads it; of an option that is given again the last one counts. Behind a hyphen alone,
 * which is the input, it reads no more options: that comes last.
 */
const checked = (
  command: string,
  flags: ReadonlyArray<Flag>,
  tokens: Tokens
): Either.Either<ReadonlyArray<string>, UsageError> => {
  const result: Array<Tokens> = []
  const input: Array<string> = []
  let rest = tokens
  for (let token = rest[0]; token !== undefined; token = rest[0]) {
    rest = rest.slice(1)
    const [name = "", inline] = separate(token)
    if (token === "-") {
      input.push(token)
      continue
    }
    if (!isOption(token) || switches.has(name)) {
      result.push([isOption(token) ? name : token])
      continue
    }
    const flag = flags.find((one) => one.name === name)
    if (flag === undefined) return refuse(command, `There is no option ${name}.`)
    const read = valued(command, flags, flag, inline, rest)
    if (Either.isLeft(read)) return Either.left(read.left)
    const before = flag.kind === "repeatable" ? -1 : result.findIndex(([one]) => one === name)
    if (before !== -1) result.splice(before, 1)
    result.push(read.right[0])
    rest = read.right[1]
  }
  return Either.right([...result.flat(), ...input])
}

/** Whether a line has one of these switches; what stands after `--` is a prompt. */
export const has = ({ args }: Line, ...names: ReadonlyArray<string>): boolean => {
  const end = args.indexOf("--")
  return args.slice(0, end === -1 ? undefined : end).some((arg) => names.includes(arg))
}

/** The command that begins at a place, in lower case: like those of @effect/cli, names of commands have no case. */
const commandAt = (flags: Flags, args: ReadonlyArray<string>, at: number): string | undefined => {
  const [outer = "", inner = ""] = args.slice(at, at + 2).map((arg) => arg.toLowerCase())
  return [`${outer} ${inner}`, outer].find((name) => Object.hasOwn(flags, name))
}

/** Whether a command only leads to others below it. */
const isGroup = (flags: Flags, command: string): boolean =>
  Object.keys(flags).some((name) => name.startsWith(`${command} `))

/** The arguments as @effect/cli reads them rightly, or what is wrong with them. */
export const read = (flags: Flags, args: ReadonlyArray<string>): Either.Either<Line, UsageError> => {
  const at = args.findIndex((_, i) => commandAt(flags, args, i) !== undefined)
  const command = commandAt(flags, args, at)
  if (at === -1 || command === undefined) return Either.right({ command: undefined, args })
  const names = command.split(" ")
  const after = at + names.length
  const end = args.indexOf("--", after)
  const options = args.slice(after, end === -1 ? undefined : end)
  const [word] = options
  if (isGroup(flags, command) && word !== undefined && !isOption(word)) {
    return refuse(command, `There is no command ${command} ${word}.`)
  }
  return Either.map(checked(command, [...(flags[command] ?? []), ...builtIn], options), (read) => ({
    command,
    args: [...args.slice(0, at), ...names, ...read, ...(end === -1 ? [] : args.slice(end))]
  }))
}
