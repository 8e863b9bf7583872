/** A sign of life on stderr while something takes its time. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Live from "./Live.js"
import type { Screen } from "./Screen.js"

const frames = Array.from("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")

/** What is drawn after some time. */
export const line = (label: string, elapsedMillis: number, columns: number): string => {
  const frame = frames[Math.floor(elapsedMillis / 100) % frames.length] ?? ""
  return Live.fitting(`${frame} ${label} ${Math.floor(elapsedMillis / 1000)} s (Ctrl-C cancels)`, columns)
}

/** Spins for as long as the effect runs. */
export const spinning =
  (label: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Screen> =>
    Effect.flatMap(Clock.currentTimeMillis, (start) =>
      effect.pipe(
        Live.drawing((columns) => Effect.map(Clock.currentTimeMillis, (now) => line(label, now - start, columns)))
      )
    )
