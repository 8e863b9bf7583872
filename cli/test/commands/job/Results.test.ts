import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { GeneratedImage, Provenance } from "effect-openrouter-images"
import { lines, resultsIn, script } from "../../support/batches.js"
import { Environment } from "../../support/emulated.js"
import { fetched, inPlace, made, type Place, submitted, worked } from "../../support/jobs.js"

const outOf = ({ folder }: Place) => ({ file: "", out: `${folder}/out` })

describe("job results", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.scoped("writes the pictures under the names of their prompts, with where they come from", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          yield* made(place, "animals", "a fox", "a dog")
          const { code, stderr, stdout } = yield* fetched(place)
          const names = ["0001-a-fox.png", "0002-a-dog.png"]
          expect([code, stdout]).toEqual([0, names.map((name) => `${outOf(place).out}/${name}`)])
          expect(stderr).toMatch(
            /^saved {7}2 pictures of 2 requests\ncost {8}\$0\.08 \(emulated\)\nresults {5}\S+results\.jsonl$/
          )
          const bytes = yield* fs.readFile(stdout[0] ?? "")
          expect(GeneratedImage.make(bytes).dimensions).toEqual({ width: 32, height: 32 })
          const provenance = Option.getOrThrow(Provenance.read(bytes))
          expect([provenance.prompt, provenance.costUsd]).toEqual(["a fox", 0.04])
          expect(yield* resultsIn(outOf(place))).toMatchObject([
            { index: 0, result: "ok", files: ["0001-a-fox.png"], cost: 0.04, billing: "billed" },
            { index: 1, result: "ok", files: ["0002-a-dog.png"] }
          ])
        })
      )
    )

    it.scoped("leaves alone what is there, and writes what is new or was deleted", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          yield* made(place, "animals", "a fox", "a dog")
          yield* fetched(place, { noProvenance: true })
          const again = yield* fetched(place)
          expect([again.stdout, again.stderr]).toEqual([
            [],
            expect.stringMatching(/^saved {7}nothing new; 2 were there before$/m)
          ])
          yield* fs.remove(`${outOf(place).out}/0001-a-fox.png`)
          yield* submitted(place, "animals", lines("a fox", "a dog", "a cat"))
          const open = yield* fetched(place)
          expect(open.stderr).toMatch(/^open {8}1 request not ended yet; the same command writes/m)
          expect(open.stdout).toEqual([`${outOf(place).out}/0001-a-fox.png`])
          yield* worked(place)
          expect((yield* fetched(place)).stdout).toEqual([`${outOf(place).out}/0003-a-cat.png`])
        })
      )
    )

    it.scoped("writes down what failed, once, and replaces it when it is made after all", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          yield* submitted(place, "animals", lines("a fox", "a dog"))
          yield* script({ _tag: "Status", status: 404 })
          yield* worked(place, { concurrency: 1 })
          for (let run = 0; run < 2; run++) {
            const { code, stderr } = yield* fetched(place)
            expect(code).toBe(0)
            expect(stderr).toMatch(/^failed {6}1 of 2 requests: 1 NotFoundResponseError$/m)
          }
          const failed = (yield* resultsIn(outOf(place))).filter(({ result }) => result !== "ok")
          expect(failed).toMatchObject([{ result: "NotFoundResponseError", billing: "notBilled", cost: 0, files: [] }])
        })
      )
    )

    it.scoped("writes over no file of somebody else, and beside no sidecar of another picture", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const { out } = outOf(place)
          yield* made(place, "animals", "a fox", "a dog")
          yield* fs.makeDirectory(out)
          yield* fs.writeFileString(`${out}/0001-a-fox.png`, "mine")
          const dog = Provenance.of({ model: "a/b", prompt: "another dog" }, { created: 1, data: [] })
          yield* fs.writeFileString(`${out}/0002-a-dog.png.xmp`, dog.xmp() ?? "")
          const { stdout } = yield* fetched(place, { noProvenance: true })
          expect(stdout).toEqual([`${out}/0001-a-fox-2.png`, `${out}/0002-a-dog.png`])
          expect(yield* fs.readFileString(`${out}/0001-a-fox.png`)).toBe("mine")
          expect((yield* fs.readDirectory(out)).sort()).toEqual([
            ...["0001-a-fox-2.png", "0001-a-fox.png", "0002-a-dog.png", "results.jsonl"]
          ])
        })
      )
    )

    it.scoped("writes no picture whose bytes are not those that were put, and the others beside it", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          yield* made(place, "animals", "a fox", "a dog")
          const stored = (yield* fs.readDirectory(place.store, { recursive: true })).filter((name) =>
            name.endsWith(".png")
          )
          expect(stored).toHaveLength(2)
          const bytes = yield* fs.readFile(`${place.store}/${stored[0]}`)
          yield* fs.writeFile(`${place.store}/${stored[0]}`, bytes.slice(0, -1))
          const { code, stderr, stdout } = yield* fetched(place)
          expect([code, stdout.length]).toEqual([8, 1])
          expect(stderr).toMatch(/ImageStoreError: .+ is damaged: its \d+ bytes are not those that were put/)
          expect((yield* resultsIn(outOf(place))).map(({ files, result }) => [result, files.length]).sort()).toEqual([
            ["ImageStoreError", 0],
            ["ok", 1]
          ])
          expect(yield* fs.readDirectory(outOf(place).out)).toHaveLength(2)
        })
      )
    )

    it.scoped("writes many in their order, and names only the first few that the store does not have", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const numbers = Array.from({ length: 60 }, (_, i) => i + 1)
          yield* made(place, "animals", ...numbers.map((number) => `animal ${number}`))
          const empty = `${place.folder}/empty`
          yield* fs.makeDirectory(empty)
          const missing = yield* fetched(place, { store: empty })
          expect(missing.stderr.match(/^line \d+/gm)).toEqual(["line 1", "line 2", "line 3"])
          expect(missing.stderr).toMatch(/^missing {5}the pictures of 60 requests/m)
          const { stdout } = yield* fetched(place)
          const files = numbers.map((number) => `${String(number).padStart(4, "0")}-animal-${number}.png`)
          expect(stdout).toEqual(files.map((file) => `${outOf(place).out}/${file}`))
          const written = yield* resultsIn(outOf(place))
          expect(written.slice(0, 60).every(({ result }) => result === "ImageStoreError")).toBe(true)
          expect(written.slice(60).map((entry) => entry.files)).toEqual(files.map((file) => [file]))
        })
      )
    )

    it.scoped("does not take the wrong store for an empty one", () =>
      inPlace((place) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          yield* made(place, "animals", "a fox")
          const other = `${place.folder}/other`
          const missing = yield* fetched(place, { store: other })
          expect([missing.code, missing.stderr]).toEqual([8, expect.stringContaining(`There is no store ${other}`)])
          expect(yield* fs.exists(other)).toBe(false)
          yield* fs.makeDirectory(other)
          const empty = yield* fetched(place, { store: other })
          expect([empty.code, empty.stderr]).toEqual([
            8,
            expect.stringMatching(/^missing {5}the pictures of 1 request/m)
          ])
          expect((yield* fetched(place)).stdout).toHaveLength(1)
        })
      )
    )
  })
})
