/** The command line of `batch`. */
import * as Args from "@effect/cli/Args"
import type * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Flag from "../../options/Flag.js"
import * as RequestOptions from "../../options/RequestOptions.js"

export const config = {
  file: Args.text({ name: "FILE.jsonl" }).pipe(
    Args.withDescription("The requests, one a line: JSON with the API's own names, or a prompt as it is")
  ),
  out: Options.text("out").pipe(
    Options.withPseudoName("DIR"),
    Options.withDescription("The folder for the pictures and results.jsonl; run again with the same one to go on")
  ),
  model: RequestOptions.model("The model of lines that name none"),
  concurrency: Flag.count("concurrency", "How many requests at a time. Default: 4"),
  ordered: Flag.isSet("ordered", "Say what came of the requests in their order, not as they are done"),
  retryUnknown: Flag.isSet("retry-unknown", "Send again also what failed before and was billed, or may have been"),
  noProvenance: Flag.noProvenance,
  timeout: Flag.timeout,
  budget: Flag.budget,
  maxCost: Flag.maxCost,
  emulator: Flag.emulator
}

/** The options as they were given. */
export type BatchOptions = Command.Command.ParseConfig<typeof config>
