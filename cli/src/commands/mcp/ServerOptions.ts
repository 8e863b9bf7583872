/** The options of a server for agents. It is a command of its own too, in the package that has the server. */
import * as Options from "@effect/cli/Options"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Flag from "../../options/Flag.js"
import type * as Command from "../Command.js"

const defaultBudgetUsd = 1

const toPort = (value: string): Option.Option<number> =>
  Option.filter(Option.some(Number(value)), (port) => /^\d+$/.test(value) && port < 65_536)

export const config = {
  output: Options.text("output").pipe(
    Options.withPseudoName("DIR"),
    Options.withDescription("The folder for the pictures, created if it is missing. Default: pictures"),
    Options.withDefault("pictures")
  ),
  allow: Options.text("allow").pipe(
    Options.withPseudoName("DIR"),
    Options.withDescription("A folder whose pictures the agent may send as references; may be repeated"),
    Options.repeated,
    Options.withDefault([])
  ),
  budget: Flag.dollars("budget", "The most that agents may spend within the window, in US dollars. Default: 1"),
  window: Flag.duration("window", "The time that the budget covers, ending now, such as '1 day'. Default: 1 day"),
  budgetFile: Flag.text(
    "budget-file",
    "FILE",
    "Where the budget is kept; servers with the same file share it. Default: a file in your home folder"
  ),
  askAbove: Flag.dollars(
    "ask-above",
    "Ask you before a call that may cost more. Default: only where the price is unknown"
  ),
  http: Flag.custom(
    "http",
    "PORT",
    "a port, 0 to 65535",
    toPort,
    "Serve HTTP on 127.0.0.1 instead of stdio; 0 picks a free port. Needs OPENROUTER_IMAGES_MCP_TOKEN"
  ),
  emulator: Flag.emulator
}

/** The options as they were given. */
export type Given = Command.Options<typeof config>

/** The options with their defaults, as plain data: the server may be in a bundle of its own. */
export interface ServerOptions {
  readonly output: string
  readonly allow: ReadonlyArray<string>
  /** In US dollars. */
  readonly budget: number
  /** In milliseconds. */
  readonly window: number
  readonly budgetFile: string | undefined
  /** In US dollars. */
  readonly askAbove: number | undefined
  /** The port, where it serves HTTP. */
  readonly http: number | undefined
  readonly emulator: boolean
}

export const ofGiven = ({ budget = defaultBudgetUsd, window = Duration.days(1), ...given }: Given): ServerOptions => ({
  ...given,
  budget,
  window: Duration.toMillis(window)
})
