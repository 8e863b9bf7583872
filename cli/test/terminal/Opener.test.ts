import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { commandOf, Opener, openFiles } from "../../src/terminal/Opener.js"
import { heard, pipedScreen, terminalOf } from "../support/emulated.js"

const partsOf = (platform: string) => {
  const command = commandOf(platform, "/tmp/a b;c&calc.png")
  return command._tag === "StandardCommand" ? [command.command, ...command.args] : []
}

describe("the system's opener", () => {
  it("is that of the system, and gets the path as one argument, with no shell that reads it", () => {
    expect(partsOf("darwin")).toEqual(["open", "/tmp/a b;c&calc.png"])
    expect(partsOf("win32")).toEqual(["rundll32", "url.dll,FileProtocolHandler", "/tmp/a b;c&calc.png"])
    expect(partsOf("linux")).toEqual([
      "sh",
      "-c",
      expect.stringContaining('xdg-open "$1"'),
      "sh",
      "/tmp/a b;c&calc.png"
    ])
  })

  const asked: Array<string> = []
  const opener = {
    open: (path: string) =>
      Effect.sync(() => {
        asked.push(path)
        return path !== "b.png"
      })
  }

  it.effect("is asked for each file in a terminal, and what it cannot open is said", () =>
    Effect.gen(function* () {
      const { stderr } = yield* heard(
        openFiles(["a.png", "b.png"]).pipe(Effect.provide(terminalOf([])), Effect.provideService(Opener, opener))
      )
      expect([asked, stderr]).toEqual([["a.png", "b.png"], "not opened  b.png: there is no program that opens it"])
    })
  )

  it.effect("is not asked where stdout is a pipe", () =>
    Effect.gen(function* () {
      asked.length = 0
      yield* openFiles(["a.png"]).pipe(Effect.provide(pipedScreen), Effect.provideService(Opener, opener))
      expect(asked).toEqual([])
    })
  )
})
