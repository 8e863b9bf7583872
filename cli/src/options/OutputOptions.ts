/** The options of a command that makes one request: where its pictures go, what is shown, what it may cost. */
import type * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Flag from "./Flag.js"

const defaultFolder = "pictures"

export const config = {
  out: Options.text("out").pipe(
    Options.withPseudoName("DIR"),
    Options.withDescription(`The folder for the pictures, created if it is missing. Default: ${defaultFolder}`),
    Options.withDefault(defaultFolder)
  ),
  stream: Flag.toggle("stream", "Show previews while the picture is made, if the model and the terminal can"),
  show: Flag.toggle("show", "Draw the finished picture in the terminal, if it can"),
  open: Flag.toggle("open", "Open the pictures in the system's default program, unless stdout is a pipe"),
  json: Flag.toggle("json", "Print one JSON document on stdout instead of the paths"),
  noProvenance: Flag.noProvenance,
  timeout: Flag.timeout,
  budget: Flag.budget,
  maxCost: Flag.maxCost,
  emulator: Flag.emulator
}

/** The options as they were given. */
export type OutputOptions = Command.Command.ParseConfig<typeof config>

/** What `generate` and `regenerate` write to stdout. */
export const stdout = "the paths of the pictures on stdout, one per line; everything else goes to stderr"
