/** `openrouter-images mcp`: serves agents by the Model Context Protocol, if the package that does is installed. */
import * as Effect from "effect/Effect"
import type { Failure } from "../../failure/Failure.js"
import * as Command from "../Command.js"
import * as OptionalPackage from "../OptionalPackage.js"
import * as ServerOptions from "./ServerOptions.js"

/** The package, which is a bundle of its own. Only plain data goes in and comes out. */
export interface Server {
  /** Serves until the input ends or the signal aborts, and says what it failed with. */
  readonly serve: (options: ServerOptions.ServerOptions, signal: AbortSignal) => Promise<Failure | undefined>
}

const name: string = "effect-openrouter-images-mcp"

const server = OptionalPackage.load((): Promise<Server> => import(name), { [name]: "`mcp`" })

/** An interruption waits for the end: a picture that was paid for is still being saved. */
const run = (serve: Server["serve"], options: ServerOptions.ServerOptions): Effect.Effect<Failure | undefined> =>
  Effect.async((resume) => {
    const abort = new AbortController()
    const running = Effect.promise(() => serve(options, abort.signal))
    const ended = Effect.runPromiseExit(running)
    ended.then(resume)
    return Effect.promise(() => {
      abort.abort()
      return ended
    })
  })

const serve = (given: ServerOptions.Given): Effect.Effect<void, Failure> =>
  Effect.gen(function* () {
    const { serve } = yield* server
    const failure = yield* run(serve, ServerOptions.ofGiven(given))
    if (failure !== undefined) return yield* Effect.fail(failure)
  })

export const about = {
  summary: "Serve agents by the Model Context Protocol, within a budget that they cannot lift",
  usage: "[options]",
  stdout: "the protocol on stdout, with --http nothing; everything else goes to stderr"
}

export const command = Command.make({
  ...about,
  name: "mcp",
  examples: [
    "openrouter-images mcp --output ~/pictures --budget 2 --ask-above 0.10",
    "openrouter-images mcp --emulator --http 8123"
  ],
  config: ServerOptions.config,
  run: serve
})
