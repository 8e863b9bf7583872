/** A line on stderr that is drawn again and again while something runs, where stderr is a terminal. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import { Screen } from "./Screen.js"

/** Back to the start of the line, and everything on it gone. */
const clear = "\r\u001b[2K"

/**
 * Draws a line while the effect runs, and clears it however the effect ends. Does nothing if stderr is not a terminal.
 */
export const withLine =
  (lineOf: (columns: number) => Effect.Effect<string>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Screen> =>
    Effect.gen(function* () {
      const screen = yield* Screen
      if (!(yield* screen.stderr).isTerminal) return yield* effect
      const draw = Effect.gen(function* () {
        const { columns } = yield* screen.stderr
        yield* screen.write(clear + (yield* lineOf(columns ?? 80)))
      })
      return yield* Effect.acquireUseRelease(
        Effect.fork(Effect.interruptible(Effect.repeat(draw, Schedule.spaced("100 millis")))),
        () => effect,
        (fiber) => Effect.zipRight(Fiber.interrupt(fiber), screen.write(clear))
      )
    })

/** Prints something while a line is drawn: the line is cleared, and drawn again below. */
export const printAbove = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Screen> =>
  Effect.gen(function* () {
    const screen = yield* Screen
    if ((yield* screen.stderr).isTerminal) yield* screen.write(clear)
    return yield* effect
  })

/** A line that is too long for its terminal could not be cleared. */
export const truncate = (text: string, columns: number): string => {
  const characters = Array.from(text)
  return characters.length < columns ? text : characters.slice(0, Math.max(0, columns - 1)).join("")
}
