import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Provenance } from "effect-openrouter-images"
import { generate } from "../../../src/commands/generate/Generate.js"
import { applyChanges, type RegenerateOptions, regenerate } from "../../../src/commands/generate/Regenerate.js"
import * as ExitCode from "../../../src/failure/ExitCode.js"
import { Environment, heard, inFolder, output, small } from "../../support/emulated.js"

const { model: _, prompt: __, ...shape } = { ...small, size: undefined, seed: undefined }

const optionsOf = (out: string, file: string, more: Partial<RegenerateOptions> = {}): RegenerateOptions => ({
  ...shape,
  ...output,
  ...{ out, file, prompt: undefined, model: undefined },
  ...more
})

const made = (out: string, more = {}) =>
  Effect.map(heard(generate({ ...small, ...output, out, ...more })), ({ stdout }) => stdout[0] ?? "")

const requestIn = (file: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    return (yield* Provenance.read(yield* fs.readFile(file))).request
  })

describe("regenerate", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.scoped("sends the request of a picture again, as a new file", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const file = yield* made(out, { seed: 5, providerOnly: ["seed"] })
          const { stderr, stdout } = yield* heard(regenerate(optionsOf(out, file)))
          expect(stdout).toHaveLength(1)
          expect(stdout[0]).not.toBe(file)
          expect(stderr).toMatch(/^again {7}a paper boat\nby {10}bytedance-seed\/seedream-5-lite\n/)
          expect(yield* requestIn(stdout[0] ?? "")).toEqual(yield* requestIn(file))
        })
      )
    )

    it.scoped("lets the options of the command line win", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const file = yield* made(out, { seed: 5 })
          const { stdout } = yield* heard(
            regenerate(optionsOf(out, file, { seed: 6, prompt: "a fox", aspectRatio: "16:9" }))
          )
          const { aspectRatio, prompt, seed, size } = yield* requestIn(stdout[0] ?? "")
          expect([prompt, seed, aspectRatio, size]).toEqual(["a fox", 6, "16:9", undefined])
        })
      )
    )

    it.scoped("asks for one picture, of however many the file is one, unless -n says otherwise", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const file = yield* made(out, { n: 3 })
          const one = yield* heard(regenerate(optionsOf(out, file)))
          expect(one.stdout).toHaveLength(1)
          expect(one.stderr).not.toMatch(/^pictures/m)
          const two = yield* heard(regenerate(optionsOf(out, file, { n: 2 })))
          expect(two.stdout).toHaveLength(2)
          expect(two.stderr).toMatch(/^by .*\npictures {4}2\n/m)
        })
      )
    )

    it.scoped("says of a file that does not say where it comes from, and of one that is not there", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const file = yield* made(out, { noProvenance: true })
          const unknown = yield* Effect.flip(regenerate(optionsOf(out, file)))
          expect(unknown).toMatchObject({ problem: `${file} does not say where it comes from.` })
          const missing = yield* Effect.flip(regenerate(optionsOf(out, `${out}/none.png`)))
          expect([ExitCode.of(unknown), ExitCode.of(missing)]).toEqual([8, 8])
        })
      )
    )

    it.scoped("asks for references that the file does not hold", () =>
      inFolder((out) =>
        Effect.gen(function* () {
          const reference = yield* made(out)
          const file = yield* made(out, { reference: [reference] })
          const failure = yield* Effect.flip(regenerate(optionsOf(out, file)))
          expect(failure).toMatchObject({ problem: `${file} was made from 1 reference that the file does not hold.` })
          expect((yield* heard(regenerate(optionsOf(out, file, { reference: [reference] })))).stdout).toHaveLength(1)
        })
      )
    )
  })

  const request = { model: "a/b", prompt: "a fox", n: 2, aspectRatio: "1:1", resolution: "2K" }

  it("puts aside a size of before that contradicts the one that is given", () => {
    expect(applyChanges(request, { size: "512x512" })).toEqual({ model: "a/b", prompt: "a fox", n: 2, size: "512x512" })
    expect(applyChanges({ model: "a/b", prompt: "a fox", size: "512x512" }, { resolution: "1K" })).toEqual({
      ...{ model: "a/b", prompt: "a fox", resolution: "1K" }
    })
    expect(applyChanges(request, { resolution: "4K" })).toEqual({ ...request, resolution: "4K" })
  })

  it("changes one preference of providers and keeps the others", () => {
    const provider = { only: ["seed"], sort: "price" }
    expect(applyChanges({ ...request, provider }, { provider: { sort: "latency" } }).provider).toEqual({
      ...provider,
      sort: "latency"
    })
    expect(applyChanges(request, { seed: undefined, model: undefined })).toEqual(request)
  })
})
