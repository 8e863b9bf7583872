#!/usr/bin/env node
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Command from "../../cli/src/commands/Command.js"
import { about } from "../../cli/src/commands/mcp/Mcp.js"
import * as ServerOptions from "../../cli/src/commands/mcp/ServerOptions.js"
import * as Argv from "../../cli/src/effectCli/Argv.js"
import * as Help from "../../cli/src/effectCli/Help.js"
import * as Run from "../../cli/src/effectCli/Run.js"
import { UsageError } from "../../cli/src/failure/Failure.js"
import * as Reporting from "../../cli/src/failure/Reporting.js"
import { width } from "../../cli/src/output/Listing.js"
import { runMain } from "../../cli/src/Process.js"
import * as Color from "../../cli/src/terminal/Color.js"
import * as Serve from "./Serve.js"
import { version } from "./Server.js"

const name = "openrouter-images-mcp"

const command = Command.make({
  ...about,
  name,
  examples: [`${name} --output ~/pictures --budget 2 --ask-above 0.10`, `${name} --emulator --http 8123`],
  config: ServerOptions.config,
  run: (given) => Serve.serve(ServerOptions.ofGiven(given))
})

const help = Effect.flatMap(width, (width) =>
  Console.log(
    [
      command.summary,
      `${Color.head("USAGE")}\n\n${command.usage}`,
      Help.section("OPTIONS", Help.ownOptionsOf(command), width),
      `${Color.head("EXAMPLES")}\n\n${command.examples.join("\n")}`
    ].join("\n\n")
  )
)

const [runtime = "", script = "", ...args] = process.argv

const line = Effect.gen(function* () {
  const read = yield* Argv.read([command], [name, ...args])
  if (Argv.has(read, "--help", "-h")) return yield* help
  yield* Run.run(command, version, [runtime, script, ...read.args.slice(1)], command)
}).pipe(
  Effect.mapError((error) =>
    error._tag === "UsageError" && error.advice.includes("--help")
      ? new UsageError({ problem: error.problem, advice: `See ${name} --help.` })
      : error
  )
)

runMain(Reporting.toExitCode(line))
