import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Client, GeneratedImage, Images } from "effect-openrouter-images"
import { batch } from "../../../src/commands/batch/Batch.js"
import * as ExitCode from "../../../src/failure/ExitCode.js"
import { billed, lineOf, lines, optionsOf, resultsIn, run, script, withFile } from "../../support/batches.js"
import { Environment, heard, sent, terminalOf } from "../../support/emulated.js"

describe("batch", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.scoped("writes the pictures of each request, and a line about it", () =>
      withFile(`${lines("a fox", "a dog")}\n\na boat`, (folder) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const { code, stderr, stdout } = yield* run(folder)
          expect(code).toBe(0)
          const files = ["0001-a-fox.png", "0002-a-dog.png", "0004-a-boat.png"]
          expect(stdout).toEqual(files.map((file) => `${folder.out}/${file}`))
          const image = GeneratedImage.make(yield* fs.readFile(`${folder.out}/0001-a-fox.png`))
          expect(image.dimensions).toEqual({ width: 32, height: 32 })
          const results = yield* resultsIn(folder)
          expect(results.map(({ files, index, line }) => [index, line, ...files])).toEqual(
            files.map((file, i) => [i, [1, 2, 4][i], file])
          )
          expect(results[0]).toMatchObject({ result: "ok", cost: 0.04, billing: "billed" })
          expect(results[0]?.generation).toMatch(/^gen-/)
          expect(stderr).toMatch(/^done {8}3 of 3 requests\ncost {8}\$0\.12\ntime {8}.*\nresults {5}\S+results\.jsonl$/)
          expect((yield* fs.readDirectory(folder.out)).sort()).toEqual([...files, "results.jsonl"])
        })
      )
    )

    it.scoped("shows in a terminal how far it is, and leaves an empty line", () =>
      withFile(lines("a fox", "a dog"), (folder) =>
        Effect.gen(function* () {
          const written: Array<string> = []
          const { stdout } = yield* Effect.provide(run(folder), terminalOf(written))
          expect(stdout).toHaveLength(2)
          expect(written.join("")).toMatch(/[█░]+ \d of 2, \d running, \$/)
          expect(written.at(-1)).toBe("\r\u001b[2K")
        })
      )
    )

    it.scoped("goes on after a failure, says what it was, and ends with the code of the worst", () =>
      withFile(lines("a fox", "a dog", "a cat", "an owl"), (folder) =>
        Effect.gen(function* () {
          yield* script({ _tag: "Status", status: 429 }, { _tag: "Status", status: 402 }, null, {
            _tag: "Corrupt",
            how: "notJson"
          })
          const { code, stderr, stdout } = yield* run(folder)
          expect([code, stdout.slice(0, 1)]).toEqual([ExitCode.unreadable, [`${folder.out}/0003-a-cat.png`]])
          expect(stderr).toMatch(/^line 1 {6}TooManyRequestsResponseError: \S/m)
          expect(stderr).toMatch(/^done {8}1 of 4 requests$/m)
          expect((yield* resultsIn(folder)).map(({ billing, cost, result }) => [result, billing, cost])).toEqual([
            ["TooManyRequestsResponseError", "notBilled", 0],
            ["PaymentRequiredResponseError", "notBilled", 0],
            ["ok", "billed", 0.04],
            ["ResponseValidationError", "unknown", undefined]
          ])
        })
      )
    )

    it.scoped("says once of a request how its pictures are not what was asked for", () =>
      withFile([lineOf("a fox"), JSON.stringify({ prompt: "a dog", size: "32x32", n: 2 })].join("\n"), (folder) =>
        Effect.gen(function* () {
          yield* script(null, { _tag: "Deviate", height: 16 })
          const { code, stderr, stdout } = yield* run(folder)
          expect([code, stdout.length]).toEqual([0, 3])
          expect(stderr).toMatch(/^line 2 {6}asked 32x32, got 32x16\ndone {8}2 of 2 requests$/m)
          expect(stderr).not.toContain("line 1")
        })
      )
    )

    it.scoped("keeps the pictures of an answer that was cut", () =>
      withFile(JSON.stringify({ prompt: "a fox", size: "32x32", n: 3, seed: 1 }), (folder) =>
        Effect.gen(function* () {
          yield* script({ _tag: "Reset", at: "body" })
          const { code, stdout } = yield* run(folder)
          expect([code, stdout]).toEqual([ExitCode.network, [`${folder.out}/0001-a-fox.png`]])
          expect(yield* resultsIn(folder)).toMatchObject([
            { result: "ConnectionError", billing: "unknown", files: ["0001-a-fox.png"] }
          ])
        })
      )
    )

    it.scoped("sends nothing beyond the budget, and goes on with a larger one", () =>
      withFile(lines("a fox", "a dog", "a cat", "an owl"), (folder) =>
        Effect.gen(function* () {
          const { code, stderr, stdout } = yield* run(folder, { budget: 0.09 })
          expect([code, stdout.length, yield* sent]).toEqual([ExitCode.budget, 2, 2])
          expect(stderr.match(/BudgetExceededError: /g)).toHaveLength(1)
          expect((yield* run(folder, { budget: 1 })).stdout).toHaveLength(2)
          expect(yield* billed).toEqual(["a fox", "a dog", "a cat", "an owl"])
        })
      )
    )

    it.scoped("sends no request that may cost too much, whatever the others cost", () =>
      withFile(
        `${lines("a fox")}\n${JSON.stringify({ prompt: "dogs", size: "32x32", n: 3 })}\n${lines("a cat")}`,
        (folder) =>
          Effect.gen(function* () {
            const { code } = yield* run(folder, { maxCost: 0.05 })
            expect([code, yield* billed]).toEqual([ExitCode.budget, ["a fox", "a cat"]])
          })
      )
    )

    it.scoped("says what came of the requests in their order with --ordered", () =>
      withFile(`a fox that takes longer\n${lines("a dog", "a cat")}`, (folder) =>
        Effect.gen(function* () {
          const { stdout } = yield* run(folder, { concurrency: 3, ordered: true })
          expect(stdout.map((path) => path.slice(-7, -4))).toEqual(["ger", "dog", "cat"])
        })
      )
    )

    it.scoped("sends nothing and makes no folder when a line is not a request", () =>
      withFile(`${lines("a fox")}\n{"promt": "a dog"}`, (folder) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const failure = yield* Effect.flip(batch(optionsOf(folder, {})))
          expect(failure).toMatchObject({
            _tag: "UsageError",
            problem: expect.stringContaining("line 2: there is no field promt")
          })
          expect([yield* sent, yield* fs.exists(folder.out)]).toEqual([0, false])
        })
      )
    )

    it.scoped("stops as soon as pictures have to be saved elsewhere, and says where they are", () =>
      withFile(lines("a fox", "a dog", "a cat"), (folder) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const full: FileSystem.FileSystem = {
            ...fs,
            writeFile: (path, data, options) =>
              fs.writeFile(
                path.startsWith(folder.out) && path.endsWith(".png") ? "/dev/null/full" : path,
                data,
                options
              )
          }
          const run = heard(Effect.flip(batch(optionsOf(folder, {}))))
          const { exit } = yield* Effect.provideService(run, FileSystem.FileSystem, full)
          const failure = yield* exit
          expect(failure).toMatchObject({ problem: expect.stringContaining(`because ${folder.out} cannot be written`) })
          expect([ExitCode.of(failure), (yield* sent) < 3]).toEqual([ExitCode.files, true])
          for (const { files } of yield* resultsIn(folder)) {
            for (const file of files) yield* fs.remove(`${folder.out}/${file}`)
          }
        })
      )
    )

    it.scoped("says that lines are equal, and with --unique sends one of them", () =>
      withFile(lines("a fox", "a dog", "a fox"), (folder) =>
        Effect.gen(function* () {
          const once = yield* run(folder, { unique: true })
          expect(once.stderr).toMatch(/^2 equal lines \(1 = 3\): --unique sends the first of each$/m)
          expect(once.stderr).toMatch(/^done {8}2 of 2 requests$/m)
          expect(yield* billed).toEqual(["a fox", "a dog"])
          const all = yield* run(folder)
          expect(all.stderr).toMatch(
            /^2 equal lines \(1 = 3\): each is sent and paid for; --unique sends the first alone$/m
          )
          expect(yield* billed).toEqual(["a fox", "a dog", "a fox"])
          expect((yield* run(folder)).stderr).not.toContain("equal")
        })
      )
    )

    it.scoped("names what is wrong with a request as its line names it, also what shows only when it is sent", () => {
      const url = `data:image/png;base64,${"A".repeat(1000)}`
      const names = { prompt: "x", inputReferences: [{ type: "image_url", imageUrl: { url } }] }
      const wire = { prompt: "x", input_references: [{ type: "image_url", image_url: { url } }] }
      return withFile([names, wire].map((one) => JSON.stringify(one)).join("\n"), (folder) =>
        Effect.gen(function* () {
          const small = Client.layer({ apiKey: Redacted.make("sk-or-emulated"), maxRequestBytes: 500 })
          const { stderr } = yield* Effect.provide(run(folder), Layer.provide(Images.layer, small))
          expect(stderr).toMatch(/^line 1 {6}InvalidRequestError: inputReferences: /m)
          expect(stderr).toMatch(/^line 2 {6}InvalidRequestError: input_references: /m)
        })
      )
    })

    it.scoped("stops as soon as results cannot be written", () =>
      withFile(lines("a fox", "a dog", "a cat"), (folder) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const full: FileSystem.FileSystem = {
            ...fs,
            writeFileString: (path, text, options) => fs.writeFileString(`/dev/null/${path}`, text, options)
          }
          const { code } = yield* Effect.provideService(run(folder), FileSystem.FileSystem, full)
          expect([code, (yield* sent) < 3]).toEqual([ExitCode.files, true])
        })
      )
    )
  })
})
