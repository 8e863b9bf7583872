import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import { Emulator } from "effect-openrouter-images-emulator"
import { Connection } from "../../../src/Connection.js"
import { type CompareOptions, compare } from "../../../src/commands/compare/Compare.js"
import * as ExitCode from "../../../src/failure/ExitCode.js"
import type { Failure } from "../../../src/failure/Failure.js"
import {
  cancelledWhen,
  Environment,
  heard,
  inFolder,
  ledger,
  output,
  reset,
  sent,
  small
} from "../../support/emulated.js"
import { format } from "../../support/plain.js"

const [one, other, none] = ["bytedance-seed/seedream-5-lite", "black-forest-labs/flux.2-klein-4b", "nobody/nothing"]
const { model: _, ...request } = small

const optionsOf = (out: string, more: Partial<CompareOptions> = {}): CompareOptions => ({
  ...{ ...request, ...output, size: undefined, model: [one, other], out, ...more }
})

const run = (out: string, more: Partial<CompareOptions> = {}) => heard(compare(optionsOf(out, more)))

/** Runs it in a folder of its own, with an emulator that was asked nothing. */
const fresh = <A, E, R>(
  use: (out: string, page: Effect.Effect<string, never, FileSystem.FileSystem>) => Effect.Effect<A, E, R>
) =>
  inFolder((folder) =>
    Effect.gen(function* () {
      yield* reset
      const fs = yield* FileSystem.FileSystem
      return yield* use(`${folder}/out`, Effect.orDie(fs.readFileString(`${folder}/out/index.html`)))
    })
  )

const failureOf = (exit: Exit.Exit<void, Failure>): Effect.Effect<Failure> =>
  Effect.orDieWith(Effect.flip(exit), String)

const billedUsd = Effect.map(ledger, (all) => all.reduce((sum, { costUsd }) => sum + costUsd, 0))

describe("a comparison", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.scoped("tells the price first, and saves the pictures, a page and a table", () =>
      fresh((out, page) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const { exit, stderr, stdout } = yield* run(out)
          yield* exit
          const told = stderr.split("\n")
          expect(told.findIndex((line) => /^all of them +\$/.test(line))).toBe(2)
          expect(told.findIndex((line) => /done, \d+\.\d s, cost \$/.test(line))).toBe(3)
          expect((yield* fs.readDirectory(out)).sort()).toEqual([
            "black-forest-labs-flux-2-klein-4b.jpg",
            "bytedance-seed-seedream-5-lite.png",
            "index.html"
          ])
          const [head, ...rows] = stdout.join("\n").split("\n")
          expect(head).toMatch(/^MODEL +PROVIDER +COST +TIME +DELIVERED$/)
          expect(rows[0]).toMatch(/^bytedance-seed\/seedream-5-lite +Seed +\$0\.04 +\d+\.\d s +\d+ × \d+, png, /)
          expect(rows.at(-1)).toBe(`${out}/index.html`)
          const html = yield* page
          for (const model of [one, other]) expect(html).toContain(`<h2>${model}</h2>`)
          expect(html).not.toContain("emulated:")
          expect(html.match(/<img src="data:image\//g)).toHaveLength(2)
          expect(html).toContain('<a href="./bytedance-seed-seedream-5-lite.png">')
        })
      )
    )

    it.scoped("goes on when a model fails, and ends with its exit code", () =>
      fresh((out, page) =>
        Effect.gen(function* () {
          const { exit, stdout } = yield* run(out, { model: [none, one] })
          const failure = yield* failureOf(exit)
          expect(ExitCode.of(failure)).toBe(ExitCode.usage)
          expect(format(failure)).toMatch(/^failed +1 of 2 models: 1 NotFoundResponseError$/m)
          expect(format(failure)).toMatch("Nothing was billed for what failed.")
          expect(stdout.join("\n")).toMatch(/^nobody\/nothing +- +\$0 .*NotFoundResponseError/m)
          expect(yield* page).toMatch(/<p class="failure">NotFoundResponseError: .*nobody\/nothing/)
          expect(yield* ledger).toHaveLength(1)
        })
      )
    )

    it.scoped("is a document for programs", () =>
      fresh((out) =>
        Effect.gen(function* () {
          const { stdout } = yield* run(out, { model: [one, none], json: true })
          const document = JSON.parse(stdout.join("\n"))
          expect(document).toMatchObject({ page: `${out}/index.html`, costUsd: yield* billedUsd, emulated: false })
          expect(document.models).toMatchObject([
            { model: one, result: "ok", provider: "Seed", billing: "billed", pictures: [{ mediaType: "image/png" }] },
            { model: none, result: "NotFoundResponseError", costUsd: 0, billing: "notBilled", pictures: [] }
          ])
        })
      )
    )

    it.scoped("marks each amount of the emulator", () =>
      fresh((out, page) =>
        Effect.gen(function* () {
          const emulated = Effect.provideService(compare(optionsOf(out)), Connection, { emulated: true, attempts: 1 })
          const { stderr, stdout } = yield* heard(emulated)
          const amounts = [...stderr.split("\n"), ...stdout.join("\n").split("\n")].filter((line) => line.includes("$"))
          expect(amounts.length).toBeGreaterThan(6)
          for (const line of amounts) expect(line).toContain("(emulated")
          expect((yield* page).match(/\$[\d.]+ (in all )?<b>emulated/g)).toHaveLength(3)
        })
      )
    )

    it.scoped("sends nothing beyond the budget", () =>
      fresh((out) =>
        Effect.gen(function* () {
          const { exit } = yield* run(out, { budget: 0.03 })
          const failure = yield* failureOf(exit)
          expect([ExitCode.of(failure), yield* sent]).toEqual([ExitCode.budget, 1])
          expect(yield* billedUsd).toBeLessThanOrEqual(0.03)
        })
      )
    )

    it.scoped("needs two models, and makes no picture twice", () =>
      fresh((out) =>
        Effect.gen(function* () {
          for (const model of [[], [one], [one, one]]) {
            const failure = yield* failureOf((yield* run(out, { model })).exit)
            expect(failure).toMatchObject({ _tag: "UsageError", advice: expect.stringContaining("--model") })
          }
          expect(yield* sent).toBe(0)
          yield* run(out, { model: [one, other, one] })
          expect(yield* sent).toBe(2)
        })
      )
    )

    it.scoped("overwrites no page of another program, and then sends nothing", () =>
      fresh((out) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          yield* fs.makeDirectory(out)
          yield* fs.writeFileString(`${out}/index.html`, "mine")
          expect(ExitCode.of(yield* failureOf((yield* run(out)).exit))).toBe(ExitCode.files)
          expect([yield* sent, yield* fs.readFileString(`${out}/index.html`)]).toEqual([0, "mine"])
        })
      )
    )

    it.scoped("shows a prompt as a text, whatever it holds", () =>
      fresh((out, page) =>
        Effect.gen(function* () {
          yield* run(out, { prompt: `"><script>alert(1)</script>` })
          const html = yield* page
          expect(html).not.toContain("<script")
          expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;")
        })
      )
    )

    it.scoped("keeps what has arrived when it is cancelled, and names what may have been billed", () =>
      fresh((out, page) =>
        Effect.gen(function* () {
          const emulator = yield* Emulator.Emulator
          yield* run(`${out}-before`)
          const questions = (yield* emulator.requests).length - (yield* sent)
          yield* reset
          yield* emulator.script([...Array.from({ length: questions }, () => null), { _tag: "Stall", at: "head" }])
          const { stderr } = yield* cancelledWhen(compare(optionsOf(out)), (said) =>
            Effect.sync(() => said.stderr.some((line) => line.includes("done, ")))
          )
          expect(stderr).toMatch(`cancelled: 1 picture saved in ${out}; may have been billed: ${one}`)
          expect(yield* page).toContain("Interrupted: it was under way")
        })
      )
    )
  })
})
