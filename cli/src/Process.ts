/** The process of a command: its channels, its signals and its end. */
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import type { Environment } from "./commands/Command.js"
import * as ExitCode from "./failure/ExitCode.js"
import * as Output from "./output/Output.js"
import * as Opener from "./terminal/Opener.js"
import * as Screen from "./terminal/Screen.js"
import * as Shutdown from "./terminal/Shutdown.js"

/** What reads and writes the channels of this process; stdout belongs to the results. */
export const ChannelsLive = Layer.merge(
  Screen.layerConsole.pipe(Layer.provideMerge(Screen.layer), Layer.provideMerge(Output.layer)),
  Logger.replace(Logger.defaultLogger, Logger.prettyLogger({ stderr: true }))
)

/** Runs a command to its exit code. */
export const runMain = (command: Effect.Effect<number, never, Environment | Output.Output>): void => {
  // Closing the terminal cancels as Ctrl-C does. The signal may come twice, which does not count as a second Ctrl-C.
  process.on("SIGHUP", () => process.emit("SIGINT", "SIGINT"))
  const shutdown = Shutdown.make(ExitCode.interrupted)
  command.pipe(
    Effect.flatMap(Output.finish),
    Effect.provideService(Shutdown.Shutdown, shutdown),
    Effect.provide(Layer.provideMerge(Opener.layer, Layer.merge(NodeContext.layer, ChannelsLive))),
    NodeRuntime.runMain({
      disableErrorReporting: true,
      disablePrettyLogger: true,
      teardown: (exit, onExit) => {
        if (Exit.isFailure(exit)) onExit(shutdown.exitCode())
        else onExit(typeof exit.value === "number" ? exit.value : ExitCode.ok)
      }
    })
  )
}
