#!/usr/bin/env node
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Cli from "./Cli.js"
import * as ExitCode from "./failure/ExitCode.js"
import * as Output from "./output/Output.js"
import * as Opener from "./terminal/Opener.js"
import * as Screen from "./terminal/Screen.js"
import * as Shutdown from "./terminal/Shutdown.js"

const ScreenLive = Screen.layerConsole.pipe(Layer.provideMerge(Screen.layer), Layer.provideMerge(Output.layer))

/** stdout belongs to the results. */
const LoggerLive = Logger.replace(Logger.defaultLogger, Logger.prettyLogger({ stderr: true }))

/** Closing the terminal cancels as Ctrl-C does. The signal may come twice, which does not count as a second Ctrl-C. */
process.on("SIGHUP", () => process.emit("SIGINT", "SIGINT"))

const shutdown = Shutdown.make(ExitCode.interrupted)

Cli.run(process.argv).pipe(
  Effect.flatMap(Output.finish),
  Effect.provideService(Shutdown.Shutdown, shutdown),
  Effect.provide(Layer.provideMerge(Opener.layer, Layer.mergeAll(NodeContext.layer, ScreenLive, LoggerLive))),
  NodeRuntime.runMain({
    disableErrorReporting: true,
    disablePrettyLogger: true,
    teardown: (exit, onExit) => {
      if (Exit.isFailure(exit)) onExit(shutdown.exitCode())
      else onExit(typeof exit.value === "number" ? exit.value : ExitCode.ok)
    }
  })
)
