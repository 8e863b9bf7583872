/** The server for another program, such as `openrouter-images mcp`. */
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Server } from "../../cli/src/commands/mcp/Mcp.js"
import { ChannelsLive } from "../../cli/src/Process.js"
import * as Serve from "./Serve.js"

/**
 * Serves agents on stdin and stdout, or on a port, until the input ends or the signal aborts. Gives what it failed
 * with, if it did.
 */
export const serve: Server["serve"] = async (options, signal) => {
  const running = Effect.provide(Serve.serve(options), Layer.merge(NodeContext.layer, ChannelsLive))
  const exit = await Effect.runPromiseExit(running, { signal })
  if (Exit.isSuccess(exit) || Exit.isInterrupted(exit)) return undefined
  return Option.getOrThrowWith(Cause.failureOption(exit.cause), () => Cause.squash(exit.cause))
}
