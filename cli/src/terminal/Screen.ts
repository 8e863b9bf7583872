/** The channels to the user: what they are, and raw writing to stderr. */
import * as Util from "node:util"
import type { PlatformError } from "@effect/platform/Error"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import { Output } from "../output/Output.js"
import * as Color from "./Color.js"
import * as Input from "./Input.js"
import * as Protocol from "./inline/Protocol.js"

/** A stream of the process. */
export interface Channel {
  readonly isTerminal: boolean
  /** Characters in a line, where somebody reads them. */
  readonly columns: number | undefined
  /** Lines of its window, where that is known. */
  readonly lines?: number | undefined
}

export interface Service {
  /** Whether somebody can answer a question. */
  readonly isInteractive: Effect.Effect<boolean>
  /** Asks a question; none where the input ends without an answer. */
  readonly ask: (question: string) => Effect.Effect<Option.Option<string>>
  /** All of stdin, to its end. */
  readonly input: Effect.Effect<string, PlatformError>
  readonly stdout: Effect.Effect<Channel>
  readonly stderr: Effect.Effect<Channel>
  /** How stderr shows pictures, if it is a terminal that can. */
  readonly inline: Effect.Effect<Protocol.Protocol | undefined>
  /** Writes to stderr as it is, without a line break. */
  readonly write: (text: string) => Effect.Effect<void>
}

export class Screen extends Context.Tag("openrouter-images/Screen")<Screen, Service>() {}

const channel = (stream: NodeJS.WriteStream): Channel => {
  const isTerminal = stream.isTTY === true && process.env["TERM"] !== "dumb"
  return isTerminal
    ? { isTerminal, columns: stream.columns || 80, lines: stream.rows || undefined }
    : { isTerminal, columns: undefined }
}

/** The channels of this process. */
export const layer: Layer.Layer<Screen, never, Output> = Layer.effect(
  Screen,
  Effect.map(Output, (output) => ({
    isInteractive: Effect.sync(() => process.stdin.isTTY === true),
    ask: Input.ask,
    input: Input.text,
    stdout: Effect.sync(() => channel(process.stdout)),
    stderr: Effect.sync(() => channel(process.stderr)),
    inline: Effect.sync(() => (channel(process.stderr).isTerminal ? Protocol.ofEnvironment(process.env) : undefined)),
    write: (text) => Effect.sync(() => output.stderr(text))
  }))
)

/** A Console that writes to the channels, without colours where they are not wanted. */
export const layerConsole: Layer.Layer<never, never, Screen | Output> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const screen = yield* Screen
    const output = yield* Output
    const console = yield* Console.consoleWith(Effect.succeed)
    const writeTo =
      (write: (text: string) => void, channel: Effect.Effect<Channel>) =>
      (...args: ReadonlyArray<unknown>) =>
        Effect.gen(function* () {
          const { isTerminal } = yield* channel
          const isWanted = Color.isWanted(yield* FiberRef.get(Color.choice), isTerminal, process.env)
          const text = `${Util.format(...args)}\n`
          write(isWanted ? text : Color.strip(text))
        })
    return Console.setConsole({
      ...console,
      log: writeTo(output.stdout, screen.stdout),
      error: writeTo(output.stderr, screen.stderr)
    })
  })
)
