import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { batch } from "../../../src/commands/batch/Batch.js"
import { gallery } from "../../../src/commands/gallery/Gallery.js"
import { generate } from "../../../src/commands/generate/Generate.js"
import * as ExitCode from "../../../src/failure/ExitCode.js"
import { lines, optionsOf, script, withFile } from "../../support/batches.js"
import { Environment, heard, inFolder, output, small } from "../../support/emulated.js"

const made = (out: string, prompt: string, more = {}) => heard(generate({ ...small, ...output, out, prompt, ...more }))

const read = (file: string) => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(file))

describe("gallery", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.scoped("shows the pictures of a folder with what they say of themselves", () =>
      inFolder((folder) =>
        Effect.gen(function* () {
          yield* made(folder, 'a "fox" <b>', { seed: 9 })
          yield* made(folder, "unknown", { noProvenance: true })
          const { stderr, stdout } = yield* heard(gallery({ folder, out: undefined, open: false }))
          expect([stdout, stderr]).toEqual([
            [`${folder}/index.html`],
            "gallery     2 pictures, $0.04 (emulated: nothing is billed); the cost of 1 is unknown"
          ])
          const html = yield* read(`${folder}/index.html`)
          expect(html).toContain('alt="a &quot;fox&quot; &lt;b&gt;"')
          expect(html).toContain("<dt>seed</dt><dd>9</dd>")
          expect(html).toContain(
            "generate &#39;a &quot;fox&quot; &lt;b&gt;&#39; --model bytedance-seed/seedream-5-lite"
          )
          expect(html).toContain("--seed 9 --emulator</code>")
          expect(html).toMatch(/<h1>2 pictures, \d+ \w+ \d{4}<\/h1>/)
          expect(html).toMatch(/src="\.\/a-fox-b-[\d-]+\.png"/)
          expect(html).toMatch(/alt="unknown-[\d-]+\.png"/)
        })
      )
    )

    it.scoped("marks a picture that is not what its request asked for", () =>
      inFolder((folder) =>
        Effect.gen(function* () {
          yield* made(folder, "a fox")
          yield* script({ _tag: "Deviate", height: 16 })
          yield* made(folder, "a dog")
          yield* heard(gallery({ folder, out: undefined, open: false }))
          const html = yield* read(`${folder}/index.html`)
          expect(html.match(/<b[^>]*>not as asked<\/b>/g)).toEqual([
            '<b title="asked 32x32, got 32x16">not as asked</b>'
          ])
          expect(html).toContain("<dt>differs</dt><dd>asked 32x32, got 32x16</dd>")
        })
      )
    )

    it.scoped("takes cost and generation from the results of a batch whose pictures do not say them", () =>
      withFile(lines("a fox", "a dog"), (folder) =>
        Effect.gen(function* () {
          yield* heard(batch(optionsOf(folder, { noProvenance: true })))
          const page = `${folder.out}/../sheet.html`
          const { stderr } = yield* heard(gallery({ folder: folder.out, out: page, open: false }))
          expect(stderr).toBe("gallery     2 pictures, $0.08 (emulated: nothing is billed)")
          const html = yield* read(page)
          expect(html).toContain('src="./out/0001-a-fox.png"')
          expect(html).toContain("<dt>generation</dt><dd>gen-")
        })
      )
    )

    it.scoped("passes over what cannot be read, and says what it was", () =>
      inFolder((folder) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          yield* made(folder, "a fox")
          yield* fs.makeDirectory(`${folder}/folder.png`)
          yield* fs.symlink(`${folder}/nowhere`, `${folder}/link.png`)
          const { stderr, stdout } = yield* heard(gallery({ folder, out: undefined, open: false }))
          expect(stdout).toEqual([`${folder}/index.html`])
          expect(stderr).toMatch(/^skipped {5}folder\.png: /m)
          expect(stderr).toMatch(/^skipped {5}link\.png: /m)
          expect(stderr).toMatch(/^gallery {5}1 picture, \$0\.04 \(emulated: nothing is billed\)$/m)
        })
      )
    )

    it.scoped("counts no cost that cannot be one", () =>
      inFolder((folder) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const costs = ["-5", "1e999", "0.04"]
          const results = costs.map((cost, i) => `{"files":["${i}.png"],"cost":${cost},"generation":"gen-${i}"}`)
          const file = (yield* made(folder, "a fox", { noProvenance: true })).stdout[0] ?? ""
          for (const i of costs.keys()) yield* fs.copyFile(file, `${folder}/${i}.png`)
          yield* fs.remove(file)
          yield* fs.writeFileString(`${folder}/results.jsonl`, results.join("\n"))
          const { stderr } = yield* heard(gallery({ folder, out: undefined, open: false }))
          expect(stderr).toBe("gallery     3 pictures, $0.04; the cost of 2 is unknown")
          expect(yield* read(`${folder}/index.html`)).toContain("<dd>gen-0</dd>")
        })
      )
    )

    it.scoped("writes its own page anew, and over no other", () =>
      inFolder((folder) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          yield* made(folder, "a fox")
          const options = { folder, out: undefined, open: false }
          yield* heard(gallery(options))
          yield* heard(gallery(options))
          yield* fs.writeFileString(`${folder}/index.html`, "<h1>mine</h1>")
          const failure = yield* Effect.flip(gallery(options))
          expect([ExitCode.of(failure), failure.problem]).toEqual([
            8,
            `${folder}/index.html exists already, and is not a gallery.`
          ])
          expect(yield* read(`${folder}/index.html`)).toBe("<h1>mine</h1>")
        })
      )
    )

    it.scoped("passes over what is no picture, and says when there is none", () =>
      inFolder((folder) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          yield* fs.writeFileString(`${folder}/liar.png`, "no picture")
          yield* fs.makeDirectory(`${folder}/none`)
          for (const one of [folder, `${folder}/none`, `${folder}/missing`]) {
            const failure = yield* Effect.flip(gallery({ folder: one, out: undefined, open: false }))
            expect(ExitCode.of(failure)).toBe(8)
          }
          expect(Option.isNone(yield* Effect.option(read(`${folder}/index.html`)))).toBe(true)
        })
      )
    )
  })
})
