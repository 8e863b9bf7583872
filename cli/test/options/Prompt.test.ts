import { describe, expect, layer } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import { check } from "../../src/commands/catalog/Check.js"
import { quote } from "../../src/commands/catalog/Quote.js"
import { generate } from "../../src/commands/generate/Generate.js"
import { regenerate } from "../../src/commands/generate/Regenerate.js"
import * as Prompt from "../../src/options/Prompt.js"
import { Screen, type Service } from "../../src/terminal/Screen.js"
import {
  Environment,
  heard,
  inFolder,
  ledger,
  output,
  pipedScreen,
  reset,
  small,
  terminalOf
} from "../support/emulated.js"

/** A pipe that says something. */
const piped = (text: string) => screenOf(pipedScreen, { input: Effect.succeed(text) })

/** A terminal whose user gives an answer, or ends the input; `asked` grows with each question. */
const answering = (answer: string | undefined, asked: Array<string> = []) =>
  screenOf(terminalOf([]), {
    ask: (question) =>
      Effect.sync(() => {
        asked.push(question)
        return Option.fromNullable(answer)
      })
  })

const screenOf = (base: Layer.Layer<Screen>, more: Partial<Service>): Layer.Layer<Screen> =>
  Layer.effect(
    Screen,
    Effect.map(Effect.provide(Screen, base), (screen) => ({ ...screen, ...more }))
  )

/** What is sent of a prompt, or why it is refused. */
const read = (given: string | undefined, screen: Layer.Layer<Screen>) =>
  Prompt.read(given).pipe(
    Effect.catchTag("UsageError", ({ problem }) => Effect.succeed({ problem })),
    Effect.provide(screen)
  )

describe("the prompt", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.scoped("is what the command line says, as it stands there", () =>
      Effect.gen(function* () {
        expect(yield* read(" a panda ", piped("a fox"))).toBe(" a panda ")
        expect(yield* read("a panda", answering("a fox"))).toBe("a panda")
      })
    )

    it.scoped("comes from stdin without one, and with a hyphen alone", () =>
      Effect.gen(function* () {
        for (const given of [undefined, "-"]) {
          expect(yield* read(given, piped("a fox\nin the snow\n"))).toBe("a fox\nin the snow")
        }
      })
    )

    it.scoped("is asked for in a terminal", () =>
      Effect.gen(function* () {
        for (const given of [undefined, "-"]) {
          const asked: Array<string> = []
          expect(yield* read(given, answering("a fox", asked))).toBe("a fox")
          expect(asked).toEqual(["What does the picture show? "])
        }
      })
    )

    it.scoped("is refused if it is empty, wherever it comes from, or is no text", () =>
      Effect.gen(function* () {
        const empty = { problem: "The prompt is empty." }
        expect(yield* read(" \n", piped("a fox"))).toEqual(empty)
        expect(yield* read("-", piped(" \n"))).toEqual(empty)
        expect(yield* read(undefined, piped(""))).toEqual(empty)
        expect(yield* read(undefined, answering(" "))).toEqual(empty)
        expect(yield* read(undefined, answering(undefined))).toEqual(empty)
        expect(yield* read("-", piped("\ufffdPNG"))).toEqual({ problem: "The prompt from stdin is not UTF-8 text." })
      })
    )

    it.scoped("is not asked for where nobody would see the question", () =>
      Effect.gen(function* () {
        const unseen = screenOf(pipedScreen, { isInteractive: Effect.succeed(true) })
        expect(yield* read(undefined, unseen)).toEqual({
          problem: "There is no prompt, and no terminal to ask for it."
        })
      })
    )

    it.scoped("comes from stdin for each command that takes one", () =>
      inFolder((folder) =>
        Effect.gen(function* () {
          yield* reset
          const options = { ...small, ...output, out: folder, prompt: "-" }
          const made = yield* heard(generate(options))
          yield* heard(regenerate({ ...options, file: made.stdout[0] ?? "", n: 1 }))
          expect((yield* ledger).map(({ prompt }) => prompt)).toEqual(["a fox", "a fox"])
          expect((yield* heard(quote(options))).stdout.join()).toMatch(/^cost/)
          expect((yield* heard(check(options))).stdout.join()).toMatch(/^accepted/)
        })
      ).pipe(Effect.provide(piped("a fox\n")))
    )
  })
})
