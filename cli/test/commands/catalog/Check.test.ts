import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { Emulator } from "effect-openrouter-images-emulator"
import { check } from "../../../src/commands/catalog/Check.js"
import * as ExitCode from "../../../src/failure/ExitCode.js"
import type { RequestOptions } from "../../../src/options/RequestOptions.js"
import { Environment, heard, inFolder, sent, small } from "../../support/emulated.js"

const plain = { ...small, size: undefined, seed: undefined, emulator: false }

const accepted = (more: Partial<RequestOptions>) =>
  Effect.map(heard(check({ ...plain, ...more })), ({ exit, stdout }) => {
    expect(Exit.isSuccess(exit)).toBe(true)
    return stdout.join("\n")
  })

const refused = (more: Partial<RequestOptions & { readonly emulator: boolean }>) =>
  Effect.gen(function* () {
    const { exit, stdout } = yield* heard(Effect.flip(check({ ...plain, ...more })))
    const failure = yield* exit
    expect([failure._tag, ExitCode.of(failure)]).toEqual(["UsageError", 2])
    return stdout.join("\n")
  })

/** The last line: what is to be typed. */
const typed = (text: string): string | undefined => text.split("\n").at(-1)

describe("check", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.effect("says who takes a request", () =>
      Effect.gen(function* () {
        expect(yield* accepted({})).toBe("accepted by Seed, BytePlus")
        expect(yield* sent).toBe(0)
        expect(yield* (yield* Emulator.Emulator).ledger).toEqual([])
      })
    )

    it.effect("says which models may be meant by a name that none has", () =>
      Effect.gen(function* () {
        const one = yield* heard(Effect.flip(check({ ...plain, model: "krea/krae-2" })))
        expect(one.stdout.join("\n")).toMatch(
          /^nearest {2}--model krea\/krae-2 becomes krea\/krea-2\n\n.* --model krea\/krea-2$/m
        )
        expect(one.stderr).toBe("")
        const several = yield* heard(Effect.flip(check({ ...plain, model: "seedreem" })))
        expect(several.stderr).toMatch(/^model {7}seedreem: did you mean bytedance-seed\/\S+, \S+ or \S+\?$/)
        expect(several.stdout.join("\n")).toMatch(/^nearest {2}--model seedreem becomes bytedance-seed\/seedream/m)
      })
    )

    it.effect("says what those have against it that do not take it", () =>
      Effect.gen(function* () {
        expect(yield* accepted({ model: "black-forest-labs/flux.2-flex", resolution: "2K" })).toBe(
          [
            "accepted by Black Forest Labs",
            "",
            "OPTION        VALUE  WHY                     WHERE",
            "--resolution  2K     must be one of 512, 1K  Together"
          ].join("\n")
        )
      })
    )

    it.effect("names each option that is refused, and shows the nearest request as it is typed", () =>
      Effect.gen(function* () {
        const options = { model: "krea/krea-2", resolution: "4K", outputFormat: "png", prompt: "it's a boat" }
        expect(yield* refused(options)).toBe(
          [
            "refused: no endpoint of krea/krea-2 accepts it",
            "",
            "OPTION           VALUE  WHY                               WHERE",
            "--resolution     4K     must be one of 512, 768, 1K       Krea",
            "--output-format  png    --output-format is not supported  Krea",
            "",
            "nearest  --resolution 4K becomes 1K",
            "         --output-format png is left out",
            "",
            "openrouter-images generate 'it'\\''s a boat' --model krea/krea-2 --resolution 1K"
          ].join("\n")
        )
      })
    )

    it.effect("writes the nearest request with a prompt that begins with a hyphen, and asks the same server", () =>
      Effect.gen(function* () {
        const text = yield* refused({ prompt: "-x", n: 12, emulator: true })
        expect(text).toMatch(/^-n +12 +must be an integer from 1 to 10 +everywhere$/m)
        expect(typed(text)).toBe(
          "openrouter-images generate --model bytedance-seed/seedream-5-lite -n 10 --emulator -- -x"
        )
      })
    )

    it.scoped("names references as they were given, and keeps as many as are taken", () =>
      inFolder((folder) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const file = `${folder}/a b.svg`
          yield* fs.writeFileString(file, "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='4'/>")
          const url = "https://example.com/a.png"
          const text = yield* refused({
            model: "google/gemini-2.5-flash-image",
            reference: [url, file, url, url]
          })
          expect(text).toMatch(/^--reference +4 +must be from 0 to 3 +/m)
          expect(text).toMatch(/^nearest {2}--reference 4 becomes 3$/m)
          expect(typed(text)).toContain(`--reference ${url} --reference '${file}' --reference ${url}`)
        })
      )
    )

    it.effect("names models that there are, where there is no such model", () =>
      Effect.gen(function* () {
        const text = yield* refused({ model: "qwen/qwen-image-9" })
        expect(text).toMatch(
          /^--model +qwen\/qwen-image-9 +must be a model that makes pictures \(available: qwen\/qwen-image-3\) +everywhere$/m
        )
      })
    )

    it.effect("changes a request for the model that may be meant, where that does not take all of it", () =>
      Effect.gen(function* () {
        const text = yield* refused({ model: "krea/krae-2", resolution: "4K" })
        expect(text).toMatch(/^nearest {2}--model krea\/krae-2 becomes krea\/krea-2\n {9}--resolution 4K becomes 1K$/m)
        expect(typed(text)).toMatch(/ --model krea\/krea-2 --resolution 1K$/)
      })
    )

    it.effect("offers no model that has nothing to do with the name, and says what lists them", () =>
      Effect.gen(function* () {
        const text = yield* refused({ model: "nobody/nothing" })
        expect(text).toMatch(
          / must be a model that makes pictures \(`openrouter-images models` lists them\) +everywhere$/m
        )
        expect(typed(text)).toBe("nearest  there is no model of such a name")
      })
    )

    it.effect("says where nothing can be done", () =>
      Effect.gen(function* () {
        const text = yield* refused({ reference: ["ftp://x"] })
        expect(text).toMatch(/^--reference number 1 +ftp:\/\/x +must be an http\(s\) URL.* +everywhere$/m)
        expect(typed(text)).toBe("nearest  there is none")
      })
    )
  })
})
