import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import type { Fault } from "effect-openrouter-images-emulator"
import { Emulator } from "effect-openrouter-images-emulator"
import { Connection } from "../../../src/Connection.js"
import { type GenerateOptions, generate } from "../../../src/commands/generate/Generate.js"
import * as Waiting from "../../../src/commands/generate/Waiting.js"
import type { Screen } from "../../../src/terminal/Screen.js"
import {
  begun,
  Environment,
  heard,
  inFolder,
  output,
  passing,
  pipedScreen,
  small,
  terminalOf
} from "../../support/emulated.js"

const limited: Fault.Fault = { _tag: "Status", status: 429, headers: { "retry-after": "5" } }

/** Runs the command where up to three attempts are made, and lets time pass in small steps. */
const run = (screen: Layer.Layer<Screen>, faults: Fault.Script, more: Partial<GenerateOptions> = {}) =>
  inFolder((out) =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      yield* Effect.zipRight(emulator.reset, emulator.script(faults))
      return yield* passing(heard(generate({ ...small, ...output, out, ...more })), "100 millis")
    })
  ).pipe(Effect.provide(screen), Effect.provideService(Connection, { emulated: false, attempts: 3 }))

const drawnBy = (faults: Fault.Script, more: Partial<GenerateOptions> = {}) =>
  Effect.gen(function* () {
    const written: Array<string> = []
    const { stderr } = yield* run(terminalOf(written), faults, more)
    return { drawn: written.join(""), stderr }
  })

describe("a generation that waits", () => {
  layer(Environment)((it) => {
    it.scoped("says in a pipe, in a line for each retry, why and when", () =>
      Effect.gen(function* () {
        const { stderr, stdout } = yield* run(pipedScreen, [limited, { _tag: "Status", status: 502 }])
        expect(stdout).toHaveLength(1)
        expect(stderr.split("\n").slice(0, 2)).toEqual([
          "retry       rate limited, again in 5 s (attempt 2 of 3)",
          expect.stringMatching(/^retry {7}the server failed \(502\), again in \d s \(attempt 3 of 3\)$/)
        ])
      })
    )

    it.scoped("says nothing of a retry that does not come", () =>
      Effect.gen(function* () {
        const last = yield* run(pipedScreen, [limited, limited, limited])
        expect(last.stderr.match(/^retry .*/gm)).toHaveLength(2)
        expect((yield* run(pipedScreen, [{ _tag: "Status", status: 402 }])).stderr).not.toContain("retry ")
        const tooLong: Fault.Fault = { _tag: "Status", status: 429, headers: { "retry-after": "3600" } }
        expect((yield* run(pipedScreen, [tooLong])).stderr).not.toContain("retry ")
      })
    )

    it.scoped("says that nothing is billed when it is cancelled before the next attempt", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const emulator = yield* Emulator.Emulator
          for (const stream of [false, true]) {
            yield* Effect.zipRight(emulator.reset, emulator.script([limited]))
            const { fiber, said } = yield* begun(generate({ ...small, ...output, out, stream }))
            yield* Effect.repeat(TestClock.adjust("100 millis"), { until: () => said.stderr.length > 0 })
            yield* Fiber.interrupt(fiber)
            expect(said.stderr).toEqual([
              "retry       rate limited, again in 5 s (attempt 2 of 3)",
              "cancelled: nothing is billed"
            ])
            expect(yield* emulator.requests).toHaveLength(1)
          }
        })
      ).pipe(Effect.provideService(Connection, { emulated: false, attempts: 3 }))
    )

    it.scoped("counts down to the next attempt in a terminal, and leaves no line of it", () =>
      Effect.gen(function* () {
        const { drawn, stderr } = yield* drawnBy([limited])
        expect(drawn).toContain(`asking ${small.model}: 0 s (Ctrl-C cancels)`)
        for (const seconds of [5, 3, 1]) {
          expect(drawn).toContain(`rate limited, again in ${seconds} s (attempt 2 of 3): `)
        }
        expect(stderr).not.toContain("retry ")
      })
    )

    it.scoped("says that nothing was heard for long", () =>
      Effect.gen(function* () {
        const slow: Fault.Fault = { _tag: "Pace", keepAlives: 3, everyMillis: 15_000 }
        const streams = { model: "openai/gpt-image-1-mini", size: undefined, seed: undefined, quality: "low" }
        const { drawn } = yield* drawnBy([slow], { ...streams, stream: true })
        expect(drawn).toContain("openai/gpt-image-1-mini is drawing: ")
        expect(drawn).toContain("openai/gpt-image-1-mini is drawing, nothing heard for 12 s: ")
      })
    )
  })

  it.each([
    [{ _tag: "Asking", attempt: 1 }, "asking a/b:"],
    [{ _tag: "Asking", attempt: 2 }, "asking a/b (attempt 2 of 5):"],
    [{ _tag: "Drawing", attempt: 1 }, "a/b is drawing:"],
    [{ _tag: "Drawing", attempt: 3, sign: 1000 }, "a/b is drawing (attempt 3 of 5):"],
    [{ _tag: "Drawing", attempt: 3, sign: -9000 }, "a/b is drawing, nothing heard for 12 s (attempt 3 of 5):"],
    [{ _tag: "Retrying", attempt: 2, reason: "busy", at: 63_000 }, "busy, again in 1 min 0 s (attempt 2 of 5):"],
    [{ _tag: "Retrying", attempt: 2, reason: "busy", at: 2000 }, "busy, again in 0 s (attempt 2 of 5):"]
  ] as const)("puts %j in words", (state, words) => {
    expect(Waiting.describe(state, "a/b", 5, 3000)).toBe(words)
  })
})
