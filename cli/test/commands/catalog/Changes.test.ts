import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { Emulator } from "effect-openrouter-images-emulator"
import { Connection } from "../../../src/Connection.js"
import { changes } from "../../../src/commands/catalog/Changes.js"
import * as ExitCode from "../../../src/failure/ExitCode.js"
import { Environment, heard, inFolder, reset } from "../../support/emulated.js"
import { format } from "../../support/plain.js"

type Options = Parameters<typeof changes>[0]

const unfiltered = { sort: undefined, supports: [], maxPrice: undefined }
const nothing: Options = { ...unfiltered, save: undefined, diff: undefined, json: false }

const run = (options: Partial<Options>) => heard(changes({ ...nothing, ...options }))

/** Saves the catalogue, and changes in the file what the texts say. */
const saved = (file: string, ...edits: ReadonlyArray<readonly [from: string | RegExp, to: string]>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* run({ save: file })
    const text = yield* fs.readFileString(file)
    const edited = edits.reduce((text, [from, to]) => {
      expect(text).toMatch(from)
      return text.replace(from, to)
    }, text)
    yield* fs.writeFileString(file, edited)
  })

const codeOf = (exit: Exit.Exit<void, Parameters<typeof ExitCode.of>[0]>): number =>
  Exit.match(exit, {
    onSuccess: () => ExitCode.ok,
    onFailure: (cause) => (cause._tag === "Fail" ? ExitCode.of(cause.error) : ExitCode.unexpected)
  })

const edits = [
  [/"id": "openai\/gpt-image-2"/, '"id": "openai/gpt-image-0"'],
  ["0.00004", "0.00005"],
  ["0.01", "0.02"]
] as const

describe("the changes of the catalogue", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.scoped("are none right after it was saved: exit code 0", () =>
      inFolder((folder) =>
        Effect.gen(function* () {
          yield* reset
          const file = `${folder}/models.json`
          expect((yield* run({ save: file })).stdout).toEqual([`26 models with 32 endpoints saved: ${file}`])
          const { requests } = yield* Emulator.Emulator
          expect(yield* requests).toHaveLength(27)
          const { exit, stderr, stdout } = yield* run({ diff: file })
          expect([codeOf(exit), stdout]).toEqual([0, []])
          expect(stderr).toMatch(/^nothing changed since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/)
          expect(yield* requests).toHaveLength(2 * 27)
        })
      )
    )

    it.scoped("are listed by kind and model, with an exit code of their own", () =>
      inFolder((folder) =>
        Effect.gen(function* () {
          const file = `${folder}/models.json`
          yield* saved(file, ...edits)
          const { exit, stdout } = yield* run({ diff: file })
          expect(stdout.join("\n")).toMatchInlineSnapshot(`
            "CHANGE   MODEL                         PROVIDER           NOW
            new      openai/gpt-image-2            -                  OpenAI $8 / M input image tokens, $5 / M input text tokens, $30 / M output image tokens
            gone     openai/gpt-image-0            -                  OpenAI: GPT Image 2
            cheaper  black-forest-labs/flux.2-pro  Black Forest Labs  $0.015 / megapixel (input image), was $0.025
            cheaper  openai/gpt-image-1            OpenAI             $40 / M output image tokens, was $50 / M"
          `)
          expect(codeOf(exit)).toBe(12)
          const failure = yield* Effect.flip(exit)
          expect(format(failure)).toMatch(/^changed +\d+ changes since /)
        })
      )
    )

    it.scoped("are JSON for programs", () =>
      inFolder((folder) =>
        Effect.gen(function* () {
          const file = `${folder}/models.json`
          yield* saved(file, ["0.00004", "0.00005"])
          const { stdout } = yield* run({ diff: file, json: true })
          expect(JSON.parse(stdout.join("\n"))).toEqual([
            {
              ...{ _tag: "Cheaper", model: "openai/gpt-image-1", billable: "output_image", unit: "token" },
              ...{ beforeUsd: 0.00005, afterUsd: 0.00004 },
              endpoint: { providerName: "OpenAI", providerSlug: "openai", providerTag: "openai" }
            }
          ])
          yield* run({ save: file })
          expect(JSON.parse((yield* run({ diff: file, json: true })).stdout.join("\n"))).toEqual([])
          expect(JSON.parse((yield* run({ save: file, json: true })).stdout.join("\n"))).toEqual({
            ...{ saved: file, models: 26, endpoints: 32 }
          })
        })
      )
    )

    it.scoped("are told once when the file is saved again", () =>
      inFolder((folder) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const file = `${folder}/models.json`
          yield* saved(file, ...edits)
          expect(codeOf((yield* run({ diff: file, save: file })).exit)).toBe(ExitCode.changed)
          expect(codeOf((yield* run({ diff: file })).exit)).toBe(ExitCode.ok)
          expect(yield* fs.readDirectory(folder)).toEqual(["models.json"])
        })
      )
    )

    it.scoped("are not looked for with a file that is no saved catalogue", () =>
      inFolder((folder) =>
        Effect.gen(function* () {
          yield* reset
          const fs = yield* FileSystem.FileSystem
          const file = `${folder}/models.json`
          const refused = function* (text: string) {
            yield* fs.writeFileString(file, text)
            const { exit } = yield* run({ diff: file })
            expect(codeOf(exit)).toBe(ExitCode.files)
            return format(yield* Effect.flip(exit))
          }
          expect(yield* refused("no JSON")).toMatch(`${file} is no saved catalogue`)
          expect(yield* refused("[]")).toMatch(`${file} is no saved catalogue`)
          expect(yield* refused('{"emulated": false, "takenAtMillis": 0}')).toMatch(
            `${file} is no saved catalogue: entries is missing`
          )
          expect(yield* refused('{"emulated": false, "takenAtMillis": 0, "entries": [{"endpoints": []}]}')).toMatch(
            `${file} is no saved catalogue: entries.0.model is missing`
          )
          const { exit } = yield* run({ diff: `${folder}/none.json` })
          expect(format(yield* Effect.flip(exit))).toMatch(/none\.json cannot be read: .*ENOENT/)
          expect(yield* (yield* Emulator.Emulator).requests).toEqual([])
        })
      )
    )

    it.scoped("are not looked for between the emulator's models and OpenRouter's", () =>
      inFolder((folder) =>
        Effect.gen(function* () {
          const file = `${folder}/models.json`
          yield* saved(file)
          const { exit } = yield* Effect.provideService(run({ diff: file }), Connection, {
            emulated: true,
            attempts: 1
          })
          expect(codeOf(exit)).toBe(ExitCode.usage)
          expect(format(yield* Effect.flip(exit))).toMatch("has OpenRouter's models")
        })
      )
    )

    it.effect("take no filter, which would look like models that are gone", () =>
      Effect.gen(function* () {
        const { exit } = yield* run({ save: "models.json", sort: "price", maxPrice: 1 })
        expect(codeOf(exit)).toBe(ExitCode.usage)
        expect(format(yield* Effect.flip(exit))).toMatch("--sort and --max-price cannot be given")
      })
    )

    it.scoped("say where the file could not be written", () =>
      inFolder((folder) =>
        Effect.gen(function* () {
          const { exit } = yield* run({ save: `${folder}/no/models.json` })
          expect(codeOf(exit)).toBe(ExitCode.files)
        })
      )
    )
  })
})
