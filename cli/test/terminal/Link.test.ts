import * as Path from "@effect/platform/Path"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { print } from "../../src/terminal/Link.js"
import { heard, pipedScreen, terminalOf } from "../support/emulated.js"

describe("a path on stdout", () => {
  it.effect("can be opened with a click in a terminal, and reads as ever", () =>
    Effect.gen(function* () {
      const { stdout } = yield* heard(print("/tmp/a b#.png")).pipe(Effect.provide([terminalOf([]), Path.layer]))
      expect(stdout).toEqual(["\u001b]8;;file:///tmp/a%20b%23.png\u001b\\/tmp/a b#.png\u001b]8;;\u001b\\"])
    })
  )

  it.effect("is the path and nothing else in a pipe", () =>
    Effect.gen(function* () {
      const { stdout } = yield* heard(print("pictures/a.png")).pipe(Effect.provide([pipedScreen, Path.layer]))
      expect(stdout).toEqual(["pictures/a.png"])
    })
  )

  it.effect("stands on a line of its own, and none is no line", () =>
    Effect.gen(function* () {
      const { stdout } = yield* heard(Effect.zipRight(print(), print("a.png", "b.png"))).pipe(
        Effect.provide([pipedScreen, Path.layer])
      )
      expect(stdout).toEqual(["a.png\nb.png"])
    })
  )
})
