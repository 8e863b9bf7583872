/** What is logged. */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"

/** The log goes to `write`, and nowhere else. */
export const logTo = (write: (message: string, level: LogLevel.LogLevel["_tag"]) => void): Layer.Layer<never> =>
  Logger.replace(
    Logger.defaultLogger,
    Logger.make(({ logLevel, message }) => write(String(message), logLevel._tag))
  )

/** The log has what helps to find mistakes, too. */
export const withDebug: Layer.Layer<never> = Logger.minimumLogLevel(LogLevel.Debug)

/** What is logged while an effect runs. */
export const logged = <A, E, R>(effect: Effect.Effect<A, E, R>) => {
  const lines: Array<readonly [LogLevel.LogLevel["_tag"], string]> = []
  const collecting = logTo((message, level) => void lines.push([level, message]))
  return Effect.map(Effect.provide(effect, collecting), (result) => [result, lines] as const)
}
