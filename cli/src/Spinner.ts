/** A sign of life on stderr while something takes its time. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import { Screen } from "./Screen.js"

const frames = Array.from("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")

/** Back to the start of the line, and everything on it gone. */
const clear = "\r\u001b[2K"

/** What is drawn after some time; never longer than a line, which could not be cleared. */
export const line = (label: string, elapsedMillis: number, columns: number): string => {
  const frame = frames[Math.floor(elapsedMillis / 100) % frames.length] ?? ""
  const text = Array.from(`${frame} ${label} ${Math.floor(elapsedMillis / 1000)} s (Ctrl-C cancels)`)
  return text.length < columns ? text.join("") : text.slice(0, Math.max(0, columns - 1)).join("")
}

const spin = (label: string): Effect.Effect<void, never, Screen> =>
  Effect.gen(function* () {
    const screen = yield* Screen
    const start = yield* Clock.currentTimeMillis
    const draw = Effect.gen(function* () {
      const { columns } = yield* screen.stderr
      yield* screen.write(clear + line(label, (yield* Clock.currentTimeMillis) - start, columns ?? 80))
    })
    yield* Effect.repeat(draw, Schedule.spaced("100 millis"))
  })

/** Spins for as long as the effect runs, and leaves an empty line however that ends. Where stderr is no terminal it does nothing. */
export const spinning =
  (label: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Screen> =>
    Effect.gen(function* () {
      const screen = yield* Screen
      if (!(yield* screen.stderr).isTerminal) return yield* effect
      return yield* Effect.acquireUseRelease(
        Effect.fork(Effect.interruptible(spin(label))),
        () => effect,
        (fiber) => Effect.zipRight(Fiber.interrupt(fiber), screen.write(clear))
      )
    })
