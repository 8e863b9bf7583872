/** What is logged while an effect runs. */
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import type * as LogLevel from "effect/LogLevel"

export const logged = <A, E, R>(effect: Effect.Effect<A, E, R>) => {
  const lines: Array<readonly [LogLevel.LogLevel["_tag"], string]> = []
  const logger = Logger.make(({ logLevel, message }) => {
    lines.push([logLevel._tag, String(message)])
  })
  return Effect.map(
    Effect.provide(effect, Logger.replace(Logger.defaultLogger, logger)),
    (result) => [result, lines] as const
  )
}
