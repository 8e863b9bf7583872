/** The command line of `generate`. */
import type * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Flag from "./Flag.js"
import * as RequestOptions from "./RequestOptions.js"

const defaultFolder = "pictures"

export const config = {
  ...RequestOptions.config,
  out: Options.text("out").pipe(
    Options.withPseudoName("DIR"),
    Options.withDescription(`The folder for the pictures, made if it is missing. Default: ${defaultFolder}`),
    Options.withDefault(defaultFolder)
  ),
  timeout: Flag.timeout,
  budget: Flag.budget,
  maxCost: Flag.maxCost,
  emulator: Flag.emulator
}

/** The options as they were given. */
export type GenerateOptions = Command.Command.ParseConfig<typeof config>
