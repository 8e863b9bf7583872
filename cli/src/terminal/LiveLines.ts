/** Lines on stderr that are drawn again and again over themselves. */
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as LiveLine from "./LiveLine.js"
import { Screen } from "./Screen.js"

export interface LiveLines {
  /** Draws lines over those of before; `linesOf` is told how many columns there are. */
  readonly draw: (linesOf: (columns: number) => ReadonlyArray<string>) => Effect.Effect<void>
}

/** Up to the first line, and everything below it gone. */
const back = (rows: number): string => `${rows > 0 ? `\u001b[${rows}A` : ""}\r\u001b[J`

/** How many rows lines take by now: a window that became narrower has wrapped them. */
const rowsOf = (lines: ReadonlyArray<string>, columns: number): number =>
  lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(Array.from(line).length / columns)), 0)

/** For a stderr that is a terminal. */
export const make: Effect.Effect<LiveLines, never, Screen> = Effect.gen(function* () {
  const screen = yield* Screen
  const drawn = yield* Ref.make<ReadonlyArray<string>>([])
  return {
    draw: (linesOf) =>
      Effect.gen(function* () {
        const { columns = 80, lines: height = 24 } = yield* screen.stderr
        const lines = linesOf(columns)
          .slice(0, height - 1)
          .map((line) => LiveLine.truncate(line, columns))
        const before = yield* Ref.getAndSet(drawn, lines)
        yield* screen.write(`${back(rowsOf(before, columns))}${lines.join("\n")}\n`)
      })
  }
})
