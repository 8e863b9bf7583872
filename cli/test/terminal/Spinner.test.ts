import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { Screen, type Service } from "../../src/terminal/Screen.js"
import { line, withSpinner } from "../../src/terminal/Spinner.js"

const screenOf = (isTerminal: boolean): { readonly screen: Service; readonly written: Array<string> } => {
  const written: Array<string> = []
  const channel = Effect.succeed({ isTerminal, columns: isTerminal ? 40 : undefined })
  const screen = {
    isInteractive: Effect.succeed(false),
    ask: () => Effect.succeedNone,
    input: Effect.succeed(""),
    stdout: channel,
    stderr: channel,
    inline: Effect.succeed(undefined),
    write: (text: string) => Effect.sync(() => written.push(text))
  }
  return { screen, written }
}

const spun = (isTerminal: boolean, after: (fiber: Fiber.RuntimeFiber<void>) => Effect.Effect<unknown>) =>
  Effect.gen(function* () {
    const { screen, written } = screenOf(isTerminal)
    const fiber = yield* Effect.sleep("3 seconds").pipe(
      withSpinner("a/b is at work:"),
      Effect.provideService(Screen, screen),
      Effect.fork
    )
    yield* TestClock.adjust("2 seconds")
    yield* after(fiber)
    return written
  })

describe("spinner", () => {
  it("fits into a line that is too short for its words", () => {
    expect(line("a model with a long name is at work:", 1000, 20)).toHaveLength(19)
  })

  it.effect("shows the seconds that have passed, and leaves an empty line", () =>
    Effect.gen(function* () {
      const written = yield* spun(true, (fiber) => Effect.zipRight(TestClock.adjust("1 second"), Fiber.join(fiber)))
      expect(written.join("")).toContain("a/b is at work: 2 s (Ctrl-C cancels)")
      expect(written.at(-1)).toBe("\r\u001b[2K")
    })
  )

  it.effect("leaves an empty line when it is interrupted", () =>
    Effect.gen(function* () {
      const written = yield* spun(true, Fiber.interrupt)
      expect(written.length).toBeGreaterThan(10)
      expect(written.at(-1)).toBe("\r\u001b[2K")
    })
  )

  it.effect("writes nothing where stderr is no terminal", () =>
    Effect.gen(function* () {
      expect(yield* spun(false, Fiber.interrupt)).toEqual([])
    })
  )
})
