import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Client, Images, Retry } from "effect-openrouter-images"
import type { Fault } from "effect-openrouter-images-emulator"
import { batch } from "../../../src/commands/batch/Batch.js"
import type { Entry } from "../../../src/commands/batch/Results.js"
import { gallery } from "../../../src/commands/gallery/Gallery.js"
import { billed, type Folder, lines, optionsOf, resultsIn, run, script, withFile } from "../../support/batches.js"
import {
  asked,
  cancelledWhen,
  cancelledWhenNamed,
  Environment,
  heard,
  ledger,
  passing,
  records,
  reset,
  sent
} from "../../support/emulated.js"

/** The answer is lost after its head, and the generation was billed. */
const cut = { _tag: "Reset", at: "body", bytes: 10 } as const

/** Nobody waited for the provider, which failed in the end: nothing was billed. */
const gaveUp = { _tag: "Status", status: 504 } as const

/** An answer that is whole, and does not say what it cost. */
const unpriced = { _tag: "Edit", how: "usageNull" } as const

const remove = ({ out }: Folder) => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.remove(out, { recursive: true }))

/** The last line about each request. */
const lastResults = (folder: Folder) =>
  Effect.map(resultsIn(folder), (all) => [...new Map(all.map((entry) => [entry.key, entry])).values()])

const animals = ["a fox", "a dog", "a cat", "an owl"]

const faults: ReadonlyArray<Fault.Fault | null> = [
  ...[null, cut, gaveUp, unpriced, { _tag: "Reset", at: "body" } as const],
  ...[{ _tag: "Status", status: 500 } as const, { _tag: "Status", status: 524, afterCompletion: true } as const],
  ...[{ _tag: "Corrupt", how: "empty" } as const, { _tag: "Reset", at: "head", afterCompletion: true } as const]
]

/** Runs the batch again and again, in a new folder. */
const holdsFor = (folder: Folder, faults: Fault.Script, late: ReadonlyArray<number | null>) =>
  Effect.gen(function* () {
    yield* reset
    yield* script(...faults)
    yield* records(...late)
    for (const concurrency of [3, 2, 4, 1]) yield* run(folder, { concurrency })
    const paid = yield* ledger
    expect(new Set(paid.map(({ prompt }) => prompt)).size).toBe(paid.length)
    const costOf = ({ line }: Entry) => paid.find(({ prompt }) => prompt === animals[line - 1])?.costUsd ?? 0
    for (const entry of yield* lastResults(folder)) expect(entry.cost ?? costOf(entry)).toBe(costOf(entry))
    yield* remove(folder)
  })

describe("a batch that failed before", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.scoped("names after each unknown failure the line that asks what it cost, and keeps the generation", () =>
      withFile(lines("a fox", "a dog"), (folder) =>
        Effect.gen(function* () {
          yield* script(cut, { _tag: "Reset", at: "head" })
          const { failure, stderr } = yield* run(folder)
          const [fox, dog] = yield* resultsIn(folder)
          const [paid] = yield* ledger
          expect([fox?.generation, dog?.generation]).toEqual([paid?.generationId, undefined])
          const said = stderr.split("\n")
          expect(said[said.findIndex((line) => line.startsWith("line 1")) + 1]).toBe(
            `openrouter-images cost ${paid?.generationId} --wait`
          )
          expect(stderr.match(/openrouter-images cost/g)).toHaveLength(1)
          expect(failure).toContain("The same command first asks what the unknown ones cost")
        })
      )
    )

    it.scoped("tells what was billed with its cost, and sends it again only with --retry-unknown", () =>
      withFile(lines("a fox", "a dog"), (folder) =>
        Effect.gen(function* () {
          yield* script(cut)
          yield* run(folder)
          const again = yield* run(folder)
          expect([again.code, again.stdout]).toEqual([6, []])
          expect(again.stderr).toContain("1 request that was billed, not sent again: line 1 ($0.04)\nnothing is left")
          expect(again.stderr).toMatch(/^cost {8}\$0\nsettled {5}1 earlier request: \$0\.04$/m)
          expect(again.failure).toMatch(/^not sent {4}1 request that failed before and was billed, or may have been$/m)
          expect((yield* resultsIn(folder)).at(-1)).toMatchObject({
            ...{ line: 1, result: "ConnectionError", files: [], cost: 0.04, billing: "billed", settled: true },
            generation: (yield* ledger)[0]?.generationId
          })
          const later = yield* run(folder)
          expect(later.stderr).toContain("1 request that was billed, not sent again: line 1 ($0.04)")
          expect(later.stderr).not.toMatch(/^settled/m)
          expect(yield* asked).toBe(1)
          const paidTwice = yield* run(folder, { retryUnknown: true })
          expect([paidTwice.code, paidTwice.stdout]).toEqual([0, [`${folder.out}/0001-a-fox.png`]])
          expect(paidTwice.stderr).toContain("1 request that was billed, sent again: line 1 ($0.04)")
          expect(yield* billed).toEqual(["a fox", "a dog", "a fox"])
        })
      )
    )

    it.scoped("sends again by itself what was not billed", () =>
      withFile(lines("a fox", "a dog"), (folder) =>
        Effect.gen(function* () {
          yield* script(gaveUp, cut)
          yield* run(folder)
          const again = yield* run(folder)
          expect([again.code, again.stdout]).toEqual([6, [`${folder.out}/0001-a-fox.png`]])
          expect(again.stderr).toContain("1 request that was not billed, sent again: line 1\n")
          expect(again.stderr).toMatch(/^cost {8}\$0\.04\nsettled {5}2 earlier requests: \$0\.04$/m)
          expect(yield* resultsIn(folder)).toContainEqual(
            expect.objectContaining({ line: 1, cost: 0, billing: "notBilled", settled: true })
          )
          expect(yield* billed).toEqual(["a dog", "a fox"])
        })
      )
    )

    it.scoped("sends nothing again that has no record, and asks for it each time", () =>
      withFile(lines("a fox"), (folder) =>
        Effect.gen(function* () {
          yield* script(cut)
          yield* records(null)
          yield* run(folder)
          for (const times of [1, 2]) {
            const again = yield* run(folder)
            expect([again.code, yield* sent, yield* asked]).toEqual([6, 1, times])
            expect(again.stderr).toContain("1 request that may have been billed, not sent again: line 1")
            expect(again.failure).toContain("--settle waits for them")
            expect(again.stderr).not.toMatch(/^settled|\$0\.04|not billed/m)
          }
          expect(yield* resultsIn(folder)).toHaveLength(1)
        })
      )
    )

    it.scoped("goes on when a question fails, and says so", () =>
      withFile(lines("a fox", "a dog"), (folder) =>
        Effect.gen(function* () {
          yield* script(cut, { _tag: "Status", status: 500 }, { _tag: "Recorded", as: "userNotFound" })
          yield* run(folder)
          const again = yield* run(folder)
          expect(again.stdout).toEqual([`${folder.out}/0002-a-dog.png`])
          expect(again.stderr).toMatch(
            /^not asked {3}UnauthorizedResponseError: .*\n {12}What 1 earlier request cost stays unknown\.$/m
          )
          expect((yield* run(folder)).stderr).toMatch(/^settled {5}1 earlier request: \$0\.04$/m)
        })
      )
    )

    it.scoped("sends nothing when what it was told cannot be written", () =>
      withFile(lines("a fox", "a dog"), (folder) =>
        Effect.gen(function* () {
          yield* script(gaveUp, { _tag: "Status", status: 500 })
          yield* run(folder)
          const fs = yield* FileSystem.FileSystem
          const full: FileSystem.FileSystem = {
            ...fs,
            writeFileString: (path, text, options) => fs.writeFileString(`/dev/null/${path}`, text, options)
          }
          const { code } = yield* Effect.provideService(run(folder), FileSystem.FileSystem, full)
          expect([code, yield* sent]).toEqual([8, 2])
        })
      )
    )

    it.scoped("knows the generation of a request that was cancelled or killed after its head, and settles it", () =>
      withFile(lines("a fox", "a dog"), (folder) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          yield* script({ _tag: "Stall", at: "body", bytes: 10 })
          const { stderr } = yield* cancelledWhenNamed(batch(optionsOf(folder, {})))
          expect(stderr).toContain("1 request may have been billed: line 1")
          const [cancelled] = yield* resultsIn(folder)
          expect(cancelled).toMatchObject({ result: "Interrupted", billing: "unknown" })
          expect(cancelled?.generation).toBe((yield* ledger)[0]?.generationId)
          // A run that is killed leaves the mark alone.
          yield* fs.remove(`${folder.out}/results.jsonl`)
          const mark = `${folder.out}/.sent-${cancelled?.key}`
          yield* fs.writeFileString(mark, cancelled?.generation ?? "")
          const again = yield* run(folder)
          expect(again.stderr).toContain("1 request that was billed, not sent again: line 1 ($0.04)")
          expect([again.stdout, yield* fs.exists(mark)]).toEqual([[`${folder.out}/0002-a-dog.png`], false])
          expect(yield* billed).toEqual(["a fox", "a dog"])
        })
      )
    )

    it.scoped("does not take the generation of an attempt that failed for that of the next one", () =>
      withFile(lines("a fox"), (folder) =>
        Effect.gen(function* () {
          const retrying = Images.layer.pipe(
            Layer.provide(
              Client.layer({
                apiKey: Redacted.make("sk-or-emulated"),
                retry: Retry.make({ initialInterval: "1 millis" })
              })
            )
          )
          yield* script({ _tag: "Status", status: 500 }, { _tag: "Stall", at: "head", afterCompletion: true })
          yield* cancelledWhen(Effect.provide(batch(optionsOf(folder, {})), retrying), () =>
            Effect.map(billed, (all) => all.length > 0)
          )
          const [cancelled] = yield* resultsIn(folder)
          expect([cancelled?.result, cancelled?.billing, cancelled?.generation]).toEqual([
            ...["Interrupted", "unknown", undefined]
          ])
          expect((yield* run(folder)).code).toBe(6)
          expect([yield* asked, yield* billed]).toEqual([0, ["a fox"]])
        })
      )
    )

    it.scoped("finds out the cost of pictures that came without it, which a gallery then shows", () =>
      withFile(`${JSON.stringify({ prompt: "foxes", size: "32x32", n: 3, seed: 1 })}\n${lines("a dog")}`, (folder) =>
        Effect.gen(function* () {
          const shown = Effect.map(
            heard(gallery({ folder: folder.out, out: undefined, open: false })),
            ({ stderr }) => stderr
          )
          yield* script({ _tag: "Corrupt", how: "cutEnd" }, unpriced)
          yield* run(folder)
          expect(yield* shown).toBe("gallery     4 pictures, emulated: nothing is billed")
          const again = yield* run(folder)
          expect(again.stderr).toMatch(/^settled {5}2 earlier requests: \$0\.16$/m)
          expect(again.stdout).toEqual([])
          expect(yield* shown).toBe("gallery     4 pictures, $0.16 (emulated: nothing is billed)")
          expect((yield* run(folder)).stderr).not.toMatch(/^settled/m)
        })
      )
    )

    it.scoped("pays for each request once at most, and knows of each cost what the ledger knows", () =>
      withFile(lines(...animals), (folder) =>
        Effect.gen(function* () {
          const context = yield* Effect.context<Layer.Layer.Success<typeof Environment>>()
          const late = FastCheck.constantFrom(0, 0, null)
          const property = FastCheck.asyncProperty(
            FastCheck.array(FastCheck.constantFrom(...faults), { minLength: 4, maxLength: 12 }),
            FastCheck.array(late, { minLength: 4, maxLength: 12 }),
            (faults, late) => Effect.runPromise(Effect.provide(holdsFor(folder, faults, late), context))
          )
          yield* Effect.promise(() => FastCheck.assert(property, { numRuns: 10 }))
        })
      )
    )
  })

  layer(Environment)((it) => {
    it.scoped("is waited for with --settle, until its record tells what it cost", () =>
      withFile(lines("a fox", "a dog"), (folder) =>
        Effect.gen(function* () {
          yield* script(gaveUp, cut)
          yield* records(60_000, 120_000)
          yield* passing(run(folder), "100 millis")
          const again = yield* passing(run(folder, { settle: true }))
          expect(again.stdout).toEqual([`${folder.out}/0001-a-fox.png`])
          expect(again.stderr).toMatch(/^waiting {5}no record yet/m)
          expect(again.stderr).toMatch(/^settled {5}2 earlier requests: \$0\.04$/m)
          expect(yield* billed).toEqual(["a dog", "a fox"])
        })
      )
    )
  })
})
