import * as FileSystem from "@effect/platform/FileSystem"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { describe, expect, layer } from "@effect/vitest"
import * as Console from "effect/Console"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Client, GeneratedImage, Images, Retry } from "effect-openrouter-images"
import { Emulator, type Fault } from "effect-openrouter-images-emulator"
import { Connection } from "../src/Connection.js"
import * as ExitCode from "../src/ExitCode.js"
import { generate } from "../src/Generate.js"
import type { GenerateOptions } from "../src/GenerateOptions.js"
import { Screen } from "../src/Screen.js"

const pipe = Effect.succeed({ isTerminal: false, columns: undefined })

const Environment = Layer.mergeAll(
  Images.layer.pipe(
    Layer.provide(Client.layer({ apiKey: Redacted.make("sk-or-emulated"), retry: Retry.none })),
    Layer.provideMerge(Emulator.layerClient)
  ),
  Layer.succeed(Screen, {
    asks: Effect.succeed(false),
    stdout: pipe,
    stderr: pipe,
    write: () => Effect.dieMessage("not to a pipe")
  }),
  Layer.succeed(Connection, { emulated: false }),
  NodeContext.layer
)

const optionsOf = (more: Partial<GenerateOptions> & { readonly out: string }): GenerateOptions => ({
  ...{
    prompt: "a paper boat",
    model: "bytedance-seed/seedream-4.5",
    reference: [],
    timeout: undefined,
    emulator: false
  },
  ...{ n: undefined, size: "32x32", aspectRatio: undefined, resolution: undefined, quality: undefined },
  ...{ outputFormat: undefined, background: undefined, outputCompression: undefined, seed: 1 },
  ...more
})

/** Runs an effect and gives what it said on each channel, whether it succeeded or not. */
const heard = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const said = { stdout: [] as string[], stderr: [] as string[] }
    const console = yield* Console.consoleWith(Effect.succeed)
    const recording: Console.Console = {
      ...console,
      log: (...args) => Effect.sync(() => said.stdout.push(args.join(" "))),
      error: (...args) => Effect.sync(() => said.stderr.push(args.join(" ")))
    }
    const exit = yield* Effect.exit(Effect.withConsole(effect, recording))
    return { exit, stdout: said.stdout, stderr: said.stderr.join("\n") }
  })

const inFolder = <A, E, R>(use: (folder: string) => Effect.Effect<A, E, R>) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.flatMap(fs.makeTempDirectoryScoped(), use))

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
        const { code, failure, files, stdout } = yield* spoilt({ _tag: "Corrupt", how: "missingField" }, { n: 2 })
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

    it.scoped("says when it is interrupted that the billing is not known", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const emulator = yield* Emulator.Emulator
          yield* emulator.reset
          yield* emulator.script([{ _tag: "Stall", at: "head" }])
          const fiber = yield* Effect.fork(heard(generate(optionsOf({ out }))))
          yield* Effect.repeat(Effect.delay(emulator.requests, "10 millis"), { until: (all) => all.length > 0 })
          const said = yield* Deferred.make<string>()
          yield* Effect.forkDaemon(
            Effect.intoDeferred(
              Effect.map(Fiber.join(fiber), ({ stderr }) => stderr),
              said
            )
          )
          expect(Exit.isInterrupted(yield* Fiber.interrupt(fiber))).toBe(true)
        })
      )
    )
  })
})
