import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as TestClock from "effect/TestClock"
import { Provenance } from "effect-openrouter-images"
import type { Fault } from "effect-openrouter-images-emulator"
import { type CostOptions, cost } from "../../../src/commands/cost/Cost.js"
import { generate } from "../../../src/commands/generate/Generate.js"
import * as ExitCode from "../../../src/failure/ExitCode.js"
import { script } from "../../support/batches.js"
import {
  asked,
  Environment,
  heard,
  inFolder,
  ledger,
  output,
  passing,
  records,
  reset,
  small,
  terminalOf
} from "../../support/emulated.js"
import { format } from "../../support/plain.js"

/** Runs the command to its exit code; a failure is said after all else. */
const costOf = (generations: CostOptions["generations"], more: Partial<CostOptions> = {}) =>
  Effect.gen(function* () {
    const options = { generations, wait: false, json: false, emulator: false, ...more }
    const { exit, stderr, stdout } = yield* heard(Effect.either(cost(options)))
    return Either.match(yield* exit, {
      onLeft: (failure) => ({
        code: ExitCode.of(failure),
        stdout: stdout.join("\n"),
        stderr: stderr + format(failure)
      }),
      onRight: () => ({ code: ExitCode.ok, stdout: stdout.join("\n"), stderr })
    })
  })

const made = (out: string, more = {}) =>
  Effect.map(heard(generate({ ...small, ...output, out, ...more })), ({ stdout }) => stdout)

/** The generations that a failing command began, by what it says. */
const idsIn = (text: string): ReadonlyArray<string> => text.match(/gen-img-[\w-]+/g) ?? []

/** A generation whose answer was lost. */
const lost = (out: string, fault: Fault.Fault) =>
  Effect.gen(function* () {
    yield* script(fault)
    const failure = yield* passing(Effect.flip(generate({ ...small, ...output, out })), "100 millis")
    return idsIn(format(failure)).at(-1) ?? ""
  })

const cut = { _tag: "Reset", at: "body", bytes: 10 } as const

describe("cost", () => {
  layer(Environment)((it) => {
    it.scoped("says of a lost generation what its record says", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          yield* reset
          const id = yield* lost(out, cut)
          expect((yield* ledger).map(({ generationId }) => generationId)).toEqual([id])
          const { code, stderr, stdout } = yield* costOf([id])
          expect([code, stderr]).toEqual([0, ""])
          expect(stdout.split("\n")).toEqual([
            "cost        $0.04",
            "billed      yes",
            "model       bytedance-seed/seedream-5-lite",
            "provider    Seed",
            expect.stringMatching(/^made {8}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/),
            "finish      complete",
            "asked       Seed (200)",
            `generation  ${id}`
          ])
        })
      )
    )

    it.scoped("says of a generation that failed that it was not billed, and which provider failed", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const { code, stdout } = yield* costOf([yield* lost(out, { _tag: "Status", status: 504 })])
          expect(code).toBe(0)
          expect(stdout).toMatch(/^cost {8}\$0\nbilled {6}no\n[\s\S]*^finish {6}error\nasked {7}Seed \(504\)$/m)
        })
      )
    )

    it.scoped("finds the generation of a picture, and counts the cost of several once", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          yield* reset
          const files = [...(yield* made(out, { n: 2 })), ...(yield* made(out, { seed: 2 }))]
          const one = yield* costOf(files.slice(0, 2))
          expect(one.stdout).toContain(`cost        $0.08\n`)
          expect(one.stdout).toContain(`pictures    ${files[0]}\n            ${files[1]}`)
          const all = yield* costOf(files)
          expect(all.stdout).toMatch(/^GENERATION .* PICTURES$/m)
          expect(all.stdout).toMatch(/\n\nsum {2}\$0\.12 for 2 generations$/)
          const { costUsd, generations } = JSON.parse((yield* costOf(files, { json: true })).stdout)
          const paid = yield* ledger
          expect(costUsd).toBeCloseTo(paid.reduce((sum, entry) => sum + entry.costUsd, 0))
          expect(generations).toMatchObject([
            { files: files.slice(0, 2), billing: "billed", costUsd: 0.08, numMediaCompletion: 2 },
            { files: files.slice(2), generationId: paid[1]?.generationId, providerResponses: [{ status: 200 }] }
          ])
        })
      )
    )

    it.scoped("never takes the lack of a record for no cost, and says how to wait for it", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          yield* TestClock.setTime(1_796_000_000_000)
          yield* records(null, 0)
          const [id, known] = [yield* lost(out, cut), yield* lost(out, cut)]
          yield* TestClock.setTime(1_796_000_000_000 + 90_000)
          const { code, stderr, stdout } = yield* costOf([id])
          expect([code, stdout]).toEqual([ExitCode.unrecorded, ""])
          expect(stderr.split("\n")).toEqual([
            `record      There is none yet of ${id}, which began 1 min 30 s ago.`,
            "cost        Not known: that there is no record proves nothing.",
            "what to do  Records appear some minutes after a generation: wait for it with the line below.",
            `openrouter-images cost ${id} --wait`
          ])
          const json = yield* costOf([id], { json: true })
          expect([json.code, JSON.parse(json.stdout)]).toEqual([
            ExitCode.unrecorded,
            { generations: [{ generationId: id, billing: "unknown", asked: 1, waitedSeconds: expect.any(Number) }] }
          ])
          const both = yield* costOf([id, known])
          expect([both.code, both.stdout]).toEqual([
            ExitCode.unrecorded,
            expect.stringContaining("not known: no record yet")
          ])
          expect(both.stdout).toMatch(/sum {2}\$0\.04 for 1 generation; unknown for 1 more$/)
          expect(JSON.parse((yield* costOf([id, known], { json: true })).stdout)).not.toHaveProperty("costUsd")
          yield* TestClock.adjust("2 days")
          expect((yield* costOf([id])).stderr).toMatch(/which began 2 d 0 h ago\.[\s\S]*look at the account's activity/)
        })
      )
    )

    it.scoped("asks at once and then waits with --wait, and shows how long and how often it has asked", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          yield* reset
          yield* records(30_000)
          const id = yield* lost(out, cut)
          const written: Array<string> = []
          const { code, stderr, stdout } = yield* passing(costOf([id], { wait: true })).pipe(
            Effect.provide(terminalOf(written))
          )
          expect([code, stdout]).toEqual([0, expect.stringMatching(/^cost {8}\$0\.04$/m)])
          expect(stderr).toMatch(/^waiting {5}no record yet, asking again for up to 13 minutes/)
          const lines = written.join("")
          expect(lines).toContain("asking for the record: 0 s")
          expect(lines).toMatch(/asked 1 time for the record: 1\d s[\s\S]*asked 2 times for the record: [23]\d s/)
          expect(yield* asked).toBe(3)
        })
      )
    )

    it.scoped("gives up after a while with --wait, and still says nothing about the cost", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          yield* reset
          yield* records(null)
          const id = yield* lost(out, cut)
          const { code, stderr, stdout } = yield* passing(costOf([id], { wait: true, json: true }))
          expect([code, JSON.parse(stdout).generations]).toEqual([
            ExitCode.unrecorded,
            [expect.objectContaining({ billing: "unknown", asked: 10 })]
          ])
          expect(stderr).toContain("Ask again later: some records appear only within an hour.")
          expect(yield* asked).toBe(10)
        })
      )
    )

    it.scoped("prints what is known by then when it is cancelled, or when another question fails", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          yield* reset
          yield* records(null, 0)
          const [missing, known] = [yield* lost(out, cut), yield* lost(out, cut)]
          const options = { generations: [missing, known], wait: true, json: false, emulator: false }
          const cancelled = yield* passing(heard(Effect.timeoutOption(cost(options), "30 seconds")))
          expect(cancelled.stderr).toContain("cancelled: nothing is lost, ask again at any time")
          expect(cancelled.stdout.join("\n")).toMatch(
            new RegExp(`^${known}[\\s\\S]*sum {2}\\$0\\.04 for 1 generation; unknown for 1 more$`, "m")
          )
          yield* script(null, { _tag: "Status", status: 403, delayMillis: 1000 })
          const failed = yield* passing(costOf([known, missing]))
          expect([failed.code, failed.stdout]).toEqual([
            ExitCode.account,
            expect.stringContaining("$0.04 for 1 generation; unknown for 1 more")
          ])
          expect(failed.stderr).toMatch(/^ForbiddenResponseError \(403\) in cost$/m)
        })
      )
    )

    it.scoped("asks nothing when a file does not name its generation", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          yield* reset
          const fs = yield* FileSystem.FileSystem
          const [bare = ""] = yield* made(out, { noProvenance: true })
          const [file = ""] = yield* made(out)
          const { created, request } = yield* Effect.flatten(Provenance.readFile(file))
          const [nameless, id] = [`${out}/nameless.png`, "gen-img-1790983552-TOdyb7qrp6185EBMwzAV"]
          yield* fs.writeFileString(`${nameless}.xmp`, new Provenance.Provenance({ created, request }).xmp() ?? "")
          yield* fs.copyFile(bare, nameless)
          for (const [name, problem] of [
            [bare, /does not say where it comes from/],
            [nameless, /does not name its generation/],
            [`${out}/none.png`, /cannot be read/],
            [out, /cannot be read/]
          ] as const) {
            expect(yield* costOf([id, name])).toMatchObject({
              code: ExitCode.files,
              stdout: "",
              stderr: expect.stringMatching(problem)
            })
          }
          expect(yield* asked).toBe(0)
        })
      )
    )

    it.scoped("asks nothing about an empty word, which comes from an unset variable", () =>
      Effect.gen(function* () {
        const { code, stderr } = yield* costOf([" "])
        expect([code, stderr]).toEqual([ExitCode.usage, expect.stringContaining("the generation's id: must be the id")])
      })
    )

    it.scoped("says of a word that is no id that it does not look like one", () =>
      Effect.gen(function* () {
        const { code, stderr } = yield* costOf(["a-red-panda"])
        expect([code, stderr]).toEqual([
          ExitCode.unrecorded,
          expect.stringContaining("is not written like an id of OpenRouter's")
        ])
      })
    )
  })
})
