import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { GeneratedImage, Provenance } from "effect-openrouter-images"
import { Emulator, type Fault } from "effect-openrouter-images-emulator"
import { type GenerateOptions, generate } from "../../../src/commands/generate/Generate.js"
import * as ExitCode from "../../../src/failure/ExitCode.js"
import type { Protocol } from "../../../src/terminal/inline/Protocol.js"
import { cancelledWhen, Environment, heard, inFolder, output, small, terminalOf } from "../../support/emulated.js"

const optionsOf = (out: string, more: Partial<GenerateOptions> = {}): GenerateOptions => ({
  ...small,
  ...output,
  ...{ out, model: "openai/gpt-image-1-mini", size: undefined, seed: undefined, quality: "low", stream: true },
  ...more
})

/** Runs it in a terminal, and gives what it drew beside what it said. */
const watched = (options: GenerateOptions, inline?: Protocol) =>
  Effect.gen(function* () {
    const written: Array<string> = []
    const result = yield* heard(Effect.provide(generate(options), terminalOf(written, 80, inline)))
    return { ...result, drawn: written.join("") }
  })

const spoilt = (...faults: Fault.Script) =>
  Effect.flatMap(Emulator.Emulator, (emulator) => Effect.zipRight(emulator.reset, emulator.script(faults)))

const count = (text: string, part: string): number => text.split(part).length - 1

describe("generate --stream", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.scoped(
      "draws each preview over the one before, and then the picture, where the terminal knows kitty's protocol",
      () =>
        inFolder((out) =>
          Effect.gen(function* () {
            yield* spoilt({ _tag: "Pace", chunkBytes: 20_000, everyMillis: 30 })
            const { drawn, stdout } = yield* watched(optionsOf(out), "kitty")
            expect(stdout).toHaveLength(1)
            const ids = [...drawn.matchAll(/_Ga=T,f=100,q=2,C=1,i=(\d+),/g)].map(([, id]) => id)
            expect(ids.length).toBeGreaterThan(1)
            expect(new Set(ids).size).toBe(1)
            expect(count(drawn, "\n".repeat(20))).toBe(1)
          })
        )
    )

    it.scoped("gives each of several pictures a place of its own", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const { drawn, stdout } = yield* watched(optionsOf(out, { n: 2 }), "iterm2")
          expect(stdout).toHaveLength(2)
          expect(count(drawn, "\n".repeat(20))).toBe(2)
          expect(count(drawn, "]1337;File=inline=1;size=")).toBeGreaterThan(1)
        })
      )
    )

    it.scoped("says how far it is where a terminal shows no pictures, or not of this format", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          yield* spoilt({ _tag: "Pace", chunkBytes: 20_000, everyMillis: 30 })
          const plain = yield* watched(optionsOf(out))
          expect(plain.drawn).toMatch(/preview \d after \d+\.\d s; openai\/gpt-image-1-mini is drawing: \d+ s/)
          expect(plain.drawn).not.toContain("_G")
          yield* spoilt({ _tag: "Pace", chunkBytes: 5000, everyMillis: 30 })
          const jpeg = yield* watched(optionsOf(out, { outputFormat: "jpeg" }), "kitty")
          expect(jpeg.drawn).toMatch(/preview \d after /)
          expect(jpeg.drawn).not.toContain("_G")
        })
      )
    )

    it.scoped("draws nothing in a pipe, and says the path on stdout as ever", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const { stderr, stdout } = yield* heard(generate(optionsOf(out)))
          expect(stdout).toEqual([expect.stringMatching(/a-paper-boat-\d{8}-\d{6}\.png$/)])
          expect(stdout[0] + stderr).not.toContain("\u001b")
        })
      )
    )

    it.scoped("keeps the last preview of a stream that ends before its picture, and says what it is", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          yield* spoilt({ _tag: "Stream", how: "endEarly" })
          const { exit, stderr, stdout } = yield* heard(Effect.flip(generate(optionsOf(out))))
          const failure = yield* exit
          expect([failure._tag, ExitCode.of(failure), stdout]).toEqual(["IncompleteStreamError", 6, []])
          const [file = "", ...others] = yield* fs.readDirectory(out)
          expect([file, others]).toEqual([expect.stringMatching(/^a-paper-boat-.*-preview\.png$/), []])
          expect(stderr).toContain(`preview     ${out}/${file} is the last preview; the picture did not arrive`)
          expect(GeneratedImage.make(yield* fs.readFile(`${out}/${file}`)).dimensions?.width).toBe(1024)
        })
      )
    )

    it.scoped("keeps the pictures that were finished before a failure", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const model = "black-forest-labs/flux.2-klein-4b"
          const options = optionsOf(out, { n: 4, seed: 3, model, quality: undefined, noProvenance: true })
          yield* spoilt()
          const whole = yield* heard(generate({ ...options, stream: false }))
          yield* spoilt({ _tag: "Reset", at: "body" })
          const broken = yield* heard(Effect.flip(generate(options)))
          expect((yield* broken.exit)._tag).toBe("ConnectionError")
          expect(broken.stdout.length).toBeGreaterThan(0)
          expect(broken.stdout.length).toBeLessThan(4)
          for (const [i, path] of broken.stdout.entries()) {
            expect(yield* fs.readFile(path)).toEqual(yield* fs.readFile(whole.stdout[i] ?? ""))
          }
        })
      )
    )

    it.scoped("says of a model that sends no previews which others do", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const without = yield* heard(generate(optionsOf(out, { model: small.model, quality: undefined })))
          expect(without.stderr).toMatch(
            /^stream {6}bytedance-seed\/seedream-5-lite sent no previews; `openrouter-images/m
          )
          expect((yield* heard(generate(optionsOf(out)))).stderr).not.toContain("sent no previews")
        })
      )
    )

    it.scoped("keeps the last preview when it is cancelled", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          yield* spoilt({ _tag: "Stall", at: "body", bytes: 300_000 })
          const written: Array<string> = []
          const { stderr } = yield* cancelledWhen(Effect.provide(generate(optionsOf(out)), terminalOf(written)), () =>
            Effect.sync(() => written.join("").includes("preview 3"))
          )
          expect(stderr).toContain("it is not known whether it is billed")
          expect(yield* fs.readDirectory(out)).toEqual([expect.stringMatching(/-preview\.png$/)])
        })
      )
    )
  })
})

describe("generate", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.scoped("draws the finished picture with --show, and says where it cannot", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const options = optionsOf(out, { stream: false, show: true })
          expect((yield* watched(options, "kitty")).drawn).toContain("_Ga=T,f=100,")
          const { drawn, stderr } = yield* watched(options)
          expect(drawn).not.toContain("_G")
          expect(stderr).toContain("--show: this terminal cannot show such pictures")
          expect((yield* watched({ ...options, show: false }, "kitty")).drawn).not.toContain("_G")
        })
      )
    )

    it.scoped("says with --json all that came in one document, also of what a failure leaves", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const { stdout } = yield* heard(generate(optionsOf(out, { json: true, stream: false, n: 2 })))
          const document = JSON.parse(stdout.join("\n"))
          expect(document).toMatchObject({ result: "ok", model: "openai/gpt-image-1-mini", prompt: "a paper boat" })
          expect(document.generationId).toMatch(/^gen-/)
          expect(document.costUsd).toBe(document.usage.cost)
          expect(document.pictures).toHaveLength(2)
          for (const file of document.files) expect(yield* fs.exists(file)).toBe(true)
          yield* spoilt({ _tag: "Corrupt", how: "cutEnd" })
          const failed = yield* heard(Effect.flip(generate(optionsOf(out, { json: true, stream: false }))))
          expect(JSON.parse(failed.stdout.join("\n"))).toMatchObject({
            result: "ResponseValidationError",
            files: [expect.stringMatching(/\.png$/)]
          })
          yield* spoilt({ _tag: "Status", status: 402 })
          expect((yield* heard(Effect.flip(generate(optionsOf(out, { json: true }))))).stdout).toEqual([])
        })
      )
    )

    it.scoped("writes into each picture where it comes from, unless it is told not to", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const readOf = (options: GenerateOptions) =>
            Effect.gen(function* () {
              const { stdout } = yield* heard(generate(options))
              return Provenance.read(yield* fs.readFile(stdout[0] ?? ""))
            })
          const known = yield* yield* readOf(optionsOf(out, { n: 2, user: "me" }))
          expect([known.prompt, known.model]).toEqual(["a paper boat", "openai/gpt-image-1-mini"])
          expect(known.costUsd).toBeGreaterThan(0)
          expect(known.request.user).toBeUndefined()
          expect((yield* readOf(optionsOf(out, { noProvenance: true })))._tag).toBe("None")
        })
      )
    )
  })
})
