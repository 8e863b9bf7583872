/** A spinner on stderr while something runs. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as LiveLine from "./LiveLine.js"
import type { Screen } from "./Screen.js"

const frames = Array.from("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")

/** What is drawn after some time. */
export const line = (label: string, elapsedMillis: number, columns: number): string => {
  const frame = frames[Math.floor(elapsedMillis / 100) % frames.length] ?? ""
  return LiveLine.truncate(`${frame} ${label} ${Math.floor(elapsedMillis / 1000)} s (Ctrl-C cancels)`, columns)
}

/** Spins for as long as the effect runs; a label that is an effect is asked for each time. */
export const withSpinner = (label: string | Effect.Effect<string>) => {
  const words = typeof label === "string" ? Effect.succeed(label) : label
  return <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Screen> =>
    Effect.flatMap(Clock.currentTimeMillis, (start) =>
      effect.pipe(
        LiveLine.withLine((columns) =>
          Effect.zipWith(words, Clock.currentTimeMillis, (text, now) => line(text, now - start, columns))
        )
      )
    )
}
