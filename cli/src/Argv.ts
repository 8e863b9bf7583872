/**
 * The command line before @effect/cli reads it. That takes an option it does not know, or one without its value, for the prompt, which
 * would then be paid for; and it knows an option of one letter only with one hyphen.
 */
import * as Either from "effect/Either"
import { UsageError } from "./Failure.js"

/** An option that takes a value. */
export interface Flag {
  readonly name: string
  readonly repeatable: boolean
}

/** The options of each command. */
export type Flags = Readonly<Record<string, ReadonlyArray<Flag>>>

/** `aspectRatio` is `--aspect-ratio`; a single letter has one hyphen. */
export const flagName = (key: string): string =>
  key.length === 1 ? `-${key}` : `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

const builtIn: ReadonlyArray<Flag> = ["--completions", "--log-level"].map((name) => ({ name, repeatable: true }))
const switches = new Set(["--help", "-h", "--version", "--wizard"])

const isOption = (token: string): boolean => /^--?[a-z][^\s=]*(=|$)/i.test(token)

const refuse = (command: string, problem: string): Either.Either<never, UsageError> =>
  Either.left(
    new UsageError({
      problem,
      advice: `See openrouter-images ${command} --help; a prompt that begins with a hyphen stands after --.`
    })
  )

/** `--n=3` is `--n 3` is `-n 3`. */
const separate = (token: string): ReadonlyArray<string> => {
  if (!isOption(token)) return [token]
  const [name = "", ...value] = token.split("=")
  const known = /^--[a-z]$/i.test(name) ? name.slice(1) : name
  return value.length === 0 ? [known.toLowerCase()] : [known.toLowerCase(), value.join("=")]
}

const checked = (
  command: string,
  flags: ReadonlyArray<Flag>,
  tokens: ReadonlyArray<string>
): Either.Either<ReadonlyArray<string>, UsageError> => {
  const seen = new Set<string>()
  const result: Array<string> = []
  const rest = [...tokens]
  for (let token = rest.shift(); token !== undefined; token = rest.shift()) {
    const [name = "", inline] = separate(token)
    const flag = flags.find((one) => one.name === name)
    if (!isOption(token) || switches.has(name)) {
      result.push(isOption(token) ? name : token)
      continue
    }
    if (flag === undefined) return refuse(command, `There is no option ${name}.`)
    const value = inline ?? rest.shift()
    const isFlag = inline === undefined && value !== undefined && isOption(value)
    if (value === undefined || (isFlag && (switches.has(value) || flags.some((one) => one.name === value)))) {
      return refuse(command, `The option ${name} needs a value.`)
    }
    if (seen.has(name) && !flag.repeatable) return refuse(command, `The option ${name} is given twice.`)
    seen.add(name)
    result.push(name, value)
  }
  return Either.right(result)
}

/** The arguments as @effect/cli reads them rightly, or what is wrong with them. */
export const read = (flags: Flags, args: ReadonlyArray<string>): Either.Either<ReadonlyArray<string>, UsageError> => {
  const at = args.findIndex((arg) => Object.hasOwn(flags, arg))
  const command = args[at]
  if (command === undefined) return Either.right(args)
  const end = args.indexOf("--", at)
  const options = args.slice(at + 1, end === -1 ? undefined : end)
  return Either.map(checked(command, [...(flags[command] ?? []), ...builtIn], options), (read) => [
    ...args.slice(0, at + 1),
    ...read,
    ...(end === -1 ? [] : args.slice(end))
  ])
}
