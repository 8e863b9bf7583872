import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { GeneratedImage } from "effect-openrouter-images"
import { Emulator, type Fault } from "effect-openrouter-images-emulator"
import { type GenerateOptions, generate } from "../../../src/commands/generate/Generate.js"
import * as ExitCode from "../../../src/failure/ExitCode.js"
import { cancelledAfter, Environment, heard, inFolder, output, sent, small } from "../../support/emulated.js"
import { format } from "../../support/plain.js"

const optionsOf = (more: Partial<GenerateOptions> & { readonly out: string }): GenerateOptions => ({
  ...small,
  ...output,
  ...more
})

const spoilt = (fault: Fault.Fault, more: Partial<GenerateOptions> = {}) =>
  inFolder((out) =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      const fs = yield* FileSystem.FileSystem
      yield* emulator.script([fault])
      const result = yield* heard(Effect.flip(generate(optionsOf({ out, ...more }))))
      const failure = yield* result.exit
      return { ...result, failure, code: ExitCode.of(failure), files: yield* fs.readDirectory(out) }
    })
  )

/** The file system, in which nothing can be written below one folder once that is there. */
const fullBelow = (folder: string) =>
  Effect.map(
    FileSystem.FileSystem,
    (fs): FileSystem.FileSystem => ({
      ...fs,
      writeFile: (path, data, options) => fs.writeFile(path.startsWith(folder) ? "/dev/null/full" : path, data, options)
    })
  )

describe("generate", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.scoped("writes the paths to stdout and everything else to stderr", () =>
      inFolder((folder) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const out = `${folder}/new/folder`
          const { stderr, stdout } = yield* heard(generate(optionsOf({ out, n: 2 })))
          expect(stdout).toHaveLength(2)
          for (const path of stdout) {
            expect(path).toMatch(/new\/folder\/a-paper-boat-\d{8}-\d{6}-[12]\.png$/)
            const image = GeneratedImage.make(yield* fs.readFile(path))
            expect([image.mediaType, image.dimensions]).toEqual(["image/png", { width: 32, height: 32 }])
          }
          expect(stderr).toMatch(/^picture 1 {3}image\/png, 32 x 32 pixels, [\d.]+ k?B$/m)
          expect(stderr).toMatch(/^cost {8}\$0.08$/m)
          expect(stderr).toMatch(/^generation {2}gen-/m)
        })
      )
    )

    it.scoped("never writes over a picture, however many runs begin at once", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const runs = Array.from({ length: 5 }, () => heard(generate(optionsOf({ out }))))
          const paths = (yield* Effect.all(runs, { concurrency: "unbounded" })).flatMap(({ stdout }) => stdout)
          expect(new Set(paths).size).toBe(5)
          const files = yield* fs.readDirectory(out)
          expect(files.map((file) => `${out}/${file}`).sort()).toEqual([...paths].sort())
          for (const path of paths) expect(Number((yield* fs.stat(path)).size)).toBeGreaterThan(0)
        })
      )
    )

    it.scoped("sends a file as a reference, and says so when it cannot be read", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const { stdout } = yield* heard(generate(optionsOf({ out })))
          const again = yield* heard(generate(optionsOf({ out, reference: stdout })))
          expect(again.stdout).toHaveLength(1)
          const failure = yield* Effect.flip(generate(optionsOf({ out, reference: [`${out}/none.png`] })))
          expect(failure).toMatchObject({ _tag: "FileError", problem: expect.stringContaining("none.png") })
        })
      )
    )

    it.scoped("saves the pictures of an answer that is not the contract", () =>
      Effect.gen(function* () {
        const { code, failure, files, stdout } = yield* spoilt({ _tag: "Corrupt", how: "cutEnd" }, { n: 2 })
        expect([failure._tag, code]).toEqual(["ResponseValidationError", 7])
        expect(stdout).toHaveLength(2)
        expect(files.filter((file) => file.endsWith(".png"))).toHaveLength(2)
      })
    )

    it.scoped("saves the whole pictures of an answer that was cut", () =>
      Effect.gen(function* () {
        const { code, failure, files, stdout } = yield* spoilt({ _tag: "Reset", at: "body" }, { n: 3 })
        expect([failure._tag, code]).toEqual(["ConnectionError", 6])
        expect(stdout).toHaveLength(1)
        expect(files).toHaveLength(1)
      })
    )

    it.scoped("saves the whole pictures that arrived within the timeout", () =>
      Effect.gen(function* () {
        const options = { n: 3, timeout: "500ms" }
        const { code, failure, stdout } = yield* spoilt({ _tag: "Stall", at: "body" }, options)
        expect([failure._tag, code]).toEqual(["RequestTimeoutError", 6])
        expect(stdout).toHaveLength(1)
      })
    )

    it.scoped("keeps the text of an answer that was billed and cannot be read", () =>
      Effect.gen(function* () {
        const { files, stderr, stdout } = yield* spoilt({ _tag: "Corrupt", how: "badBase64" })
        expect(stdout).toEqual([])
        expect(files).toEqual([expect.stringMatching(/-answer\.txt$/)])
        expect(stderr).toMatch(/^answer {6}\S+-answer\.txt$/m)
      })
    )

    it.scoped("saves elsewhere what cannot be saved in its folder, and says where and why", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const run = generate(optionsOf({ out }))
          const { exit, stdout } = yield* Effect.flatMap(fullBelow(out), (full) =>
            heard(Effect.flip(Effect.provideService(run, FileSystem.FileSystem, full)))
          )
          const failure = yield* exit
          const [path = ""] = stdout
          expect(yield* fs.exists(path)).toBe(true)
          yield* fs.remove(path)
          expect(path.startsWith(out)).toBe(false)
          expect(ExitCode.of(failure)).toBe(8)
          expect(failure).toMatchObject({ problem: expect.stringContaining(`because ${out} cannot be written`) })
        })
      )
    )

    it.scoped("sends nothing when the folder cannot be made", () =>
      inFolder((folder) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const emulator = yield* Emulator.Emulator
          yield* fs.writeFileString(`${folder}/file`, "")
          yield* emulator.reset
          const failure = yield* Effect.flip(generate(optionsOf({ out: `${folder}/file` })))
          expect(failure).toMatchObject({ _tag: "FileError", problem: expect.stringContaining(`${folder}/file`) })
          expect(yield* emulator.requests).toEqual([])
        })
      )
    )

    it.scoped.each([{ budget: 0.05 }, { maxCost: 0.05 }, { budget: 1, maxCost: 0.05 }])(
      "sends nothing where it may cost more than %o allows",
      (limits) =>
        inFolder((out) =>
          Effect.gen(function* () {
            const emulator = yield* Emulator.Emulator
            yield* emulator.reset
            const { exit, stdout } = yield* heard(Effect.flip(generate(optionsOf({ out, n: 2, ...limits }))))
            const failure = yield* exit
            expect([failure._tag, ExitCode.of(failure), stdout]).toEqual(["BudgetExceededError", 9, []])
            expect([yield* sent, yield* emulator.ledger]).toEqual([0, []])
            const text = format(failure)
            expect(text).toMatch(/it may cost \$0\.09; the limit is \$0\.05\.$/m)
            expect(text).toContain("Raise --budget or --max-cost")
          })
        )
    )

    it.scoped("makes what costs no more than is allowed", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const { stdout } = yield* heard(generate(optionsOf({ out, budget: 0.045, maxCost: 0.045 })))
          expect(stdout).toHaveLength(1)
        })
      )
    )

    it.scoped("says when it is interrupted that the billing is not known", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const emulator = yield* Emulator.Emulator
          yield* emulator.reset
          yield* emulator.script([{ _tag: "Stall", at: "head" }])
          const { exit, stderr } = yield* cancelledAfter(1, generate(optionsOf({ out })))
          expect(Exit.isInterrupted(exit)).toBe(true)
          expect(stderr).toContain("it is not known whether it is billed")
        })
      )
    )
  })
})
