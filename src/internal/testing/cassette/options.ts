/** The options of a cassette. */
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type { Issue } from "../../../Errors.js"
import { show } from "../../../Issue.js"
import { invalidConfig } from "../../client/configError.js"
import type { Pace } from "./replay.js"

export type Mode = "auto" | "record" | "replay"

export interface Options {
  /** The folder of the recordings. It is created when something is recorded. */
  readonly folder: string
  /**
   * - `replay`: answers from the folder. Nothing is ever sent.
   * - `record`: sends every request, and replaces its recordings. This costs what the requests cost.
   * - `auto` (the default): replays. The variable `OPENROUTER_RECORD` decides what is recorded: with `missing`, the
   *   requests that have no recording; with `all`, every request, as with `record`. Where it is not set, as in CI,
   *   nothing is ever sent.
   */
  readonly mode?: Mode | undefined
  /**
   * When recorded answers come.
   *
   * - `instant` (the default): at once.
   * - `recorded`: each part after as much time as it took, by Effect's Clock, so that TestClock decides when it comes.
   */
  readonly pace?: Pace | undefined
}

/** What is sent and recorded: nothing, what has no recording, or everything. */
export type Records = "none" | "missing" | "all"

export interface Settings {
  readonly folder: string
  readonly records: Records
  readonly isAuto: boolean
  readonly pace: Pace
}

/** The variable that `auto` reads. */
export const variable = "OPENROUTER_RECORD"

const oneOf = (path: string, value: unknown, allowed: ReadonlyArray<string>): ReadonlyArray<Issue> =>
  allowed.includes(String(value))
    ? []
    : [{ path: [path], message: `must be ${allowed.map(show).join(" or ")}, got ${show(value)}` }]

const check = (issues: ReadonlyArray<Issue>): Effect.Effect<void, ConfigError> => {
  const [first, ...rest] = issues
  return first === undefined ? Effect.void : Effect.fail(invalidConfig(first, ...rest))
}

/** What the variable says. Without it nothing is recorded. */
const recordsByVariable: Effect.Effect<Records, ConfigError> = Effect.gen(function* () {
  const value = Option.getOrElse(yield* Config.option(Config.string(variable)), () => "")
  if (value === "") return "none"
  yield* check(oneOf(variable, value, ["missing", "all"]))
  return value === "all" ? "all" : "missing"
})

const recordsIn: Readonly<Record<Mode, Effect.Effect<Records, ConfigError>>> = {
  auto: recordsByVariable,
  record: Effect.succeed("all"),
  replay: Effect.succeed("none")
}

export const settingsOf = ({
  folder,
  mode = "auto",
  pace = "instant"
}: Options): Effect.Effect<Settings, ConfigError> =>
  Effect.gen(function* () {
    const isPath = Predicate.isString(folder) && folder.trim() !== ""
    yield* check([
      ...(isPath ? [] : [{ path: ["folder"], message: `must be the path of a folder, got ${show(folder)}` }]),
      ...oneOf("mode", mode, ["auto", "record", "replay"]),
      ...oneOf("pace", pace, ["instant", "recorded"])
    ])
    return { folder, records: yield* recordsIn[mode], isAuto: mode === "auto", pace }
  })
