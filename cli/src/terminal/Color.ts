/**
 * Colours, by what they say. Texts always have them, and a channel whose reader wants none takes them away: whatever
 * measures a text does so before it is coloured. They are those of the terminal's own palette that can be read on dark
 * and on light backgrounds.
 */
import { styleText } from "node:util"
import * as Either from "effect/Either"
import * as FiberRef from "effect/FiberRef"
import { globalValue } from "effect/GlobalValue"
import { UsageError } from "../failure/Failure.js"

type Format = Parameters<typeof styleText>[0]

/** Newer versions of Node would look whether stdout is a terminal. */
const role =
  (format: Format) =>
  (text: string): string =>
    styleText(format, text, { validateStream: false })

/** What stands over or before other text: the titles of a table or a help, and labels. */
export const head = role("bold")
export const path = role("magenta")
export const cost = role("green")
/** What went wrong. */
export const error = role(["bold", "red"])

/** Its escape sequences, and no others: a link stays a link. */
const sequences = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g")

export const strip = (text: string): string => text.replace(sequences, "")

const choices = ["auto", "always", "never"] as const

export type Choice = (typeof choices)[number]

/** What `--color` says. */
export const choice: FiberRef.FiberRef<Choice> = globalValue("openrouter-images/Color/choice", () =>
  FiberRef.unsafeMake<Choice>("auto")
)

const isSet = (value: string | undefined): boolean => value !== undefined && value !== ""

/** Whether a channel shows colours. `NO_COLOR` counts before `FORCE_COLOR`, and `--color` before both. */
export const isWanted = (
  choice: Choice,
  isTerminal: boolean,
  env: Readonly<Record<string, string | undefined>>
): boolean => {
  if (choice !== "auto") return choice === "always"
  if (isSet(env["NO_COLOR"])) return false
  const forced = env["FORCE_COLOR"]
  return forced === undefined ? isTerminal : forced !== "0" && forced !== "false"
}

interface Taken {
  readonly choice: Choice
  /** The other arguments. */
  readonly args: ReadonlyArray<string>
}

const refusal = new UsageError({
  problem: `The value of --color must be one of ${choices.join(", ")}.`,
  advice: "See openrouter-images --help."
})

/** Takes `--color` out of a command line, wherever it stands; what stands after `--` is a prompt. */
export const take = (args: ReadonlyArray<string>): Either.Either<Taken, UsageError> => {
  const end = args.indexOf("--")
  const at = args.findIndex((arg, i) => (end === -1 || i < end) && /^--color(=|$)/i.test(arg))
  if (at === -1) return Either.right({ choice: "auto", args })
  const [, inline] = (args[at] ?? "").split("=")
  const value = (inline ?? args[at + 1] ?? "").toLowerCase()
  const choice = choices.find((one) => one === value)
  const after = at + (inline === undefined ? 2 : 1)
  return choice === undefined
    ? Either.left(refusal)
    : Either.right({ choice, args: args.filter((_, i) => i < at || i >= after) })
}
