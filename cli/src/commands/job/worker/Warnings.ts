/** Warnings of the engine, one line each: its stack traces tell a user nothing. */

import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as HashSet from "effect/HashSet"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Queue from "effect/Queue"
import * as Print from "../../../output/Print.js"
import * as LiveLine from "../../../terminal/LiveLine.js"
import type { Screen } from "../../../terminal/Screen.js"

const wordsOf = (message: unknown): string =>
  (Array.isArray(message) ? message : [message])
    .map((each) => (each instanceof Error ? each.message : String(each)))
    .join(" ")

/** The outermost error and the innermost one: what failed, and why. */
const reasonOf = (cause: Cause.Cause<unknown>): string => {
  if (Cause.isEmpty(cause)) return ""
  const errors: Array<string> = []
  let error: unknown = Cause.squash(cause)
  for (let depth = 0; error instanceof Error && depth < 8; depth++) {
    errors.push(error.message.split("\n")[0] ?? "")
    error = error.cause
  }
  return errors.length === 0 ? "" : `: ${errors.at(-1) ?? ""}`
}

/** How long the same warning is not repeated, in milliseconds. */
const patience = 30_000

/** After a crash the engine reads its messages once before the worker is there, and then again. */
const harmless = /^Could not find entity manager/

/** Prints warnings as lines while the effect runs. With `--log-level debug` everything is logged as it is. */
export const printAsLines = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Screen> =>
  Effect.gen(function* () {
    const least = yield* FiberRef.get(FiberRef.currentMinimumLogLevel)
    if (LogLevel.lessThan(least, LogLevel.Info)) return yield* effect
    const queue = yield* Queue.unbounded<string>()
    const logger = Logger.make(({ cause, logLevel, message }) => {
      const text = wordsOf(message) + reasonOf(cause)
      if (LogLevel.greaterThanEqual(logLevel, LogLevel.Warning) && !harmless.test(text)) queue.unsafeOffer(text)
    })
    const printedAt = new Map<string, number>()
    const printNext = Effect.gen(function* () {
      const text = yield* Queue.take(queue)
      const now = yield* Clock.currentTimeMillis
      if (now - (printedAt.get(text) ?? Number.NEGATIVE_INFINITY) < patience) return
      printedAt.set(text, now)
      yield* LiveLine.printAbove(Print.note([["warning", text]]))
    })
    return yield* Effect.acquireUseRelease(
      Effect.fork(Effect.interruptible(Effect.forever(printNext))),
      () => Effect.locally(effect, FiberRef.currentLoggers, HashSet.make(logger)),
      Fiber.interrupt
    )
  })
