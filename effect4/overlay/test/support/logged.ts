// Overlay: the loggers of Effect 4 are a layer, and its levels are words, one of which is another.
/** What is logged. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import type * as LogLevel from "effect/LogLevel"
import * as References from "effect/References"

type Level = Exclude<LogLevel.LogLevel, "Warn"> | "Warning"

/** The log goes to `write`, and nowhere else. */
export const logTo = (write: (message: string, level: Level) => void): Layer.Layer<never> =>
  Logger.layer([
    Logger.make(({ logLevel, message }) => write(String(message), logLevel === "Warn" ? "Warning" : logLevel))
  ])

/** The log has what helps to find mistakes, too. */
export const withDebug: Layer.Layer<never> = Layer.succeed(References.MinimumLogLevel, "Debug")

/** What is logged while an effect runs. */
export const logged = <A, E, R>(effect: Effect.Effect<A, E, R>) => {
  const lines: Array<readonly [Level, string]> = []
  const collecting = logTo((message, level) => void lines.push([level, message]))
  return Effect.map(Effect.provide(effect, collecting), (result) => [result, lines] as const)
}
