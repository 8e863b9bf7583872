import { execFileSync } from "node:child_process"
import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { Provenance } from "effect-openrouter-images"
import * as Again from "../../../src/commands/gallery/Again.js"

const provenanceOf = (request: Provenance.Provenance["request"]) => new Provenance.Provenance({ request, created: 1 })
const reference = (url: string) => ({ type: "image_url" as const, imageUrl: { url } })

/** The words that a shell reads in a command. */
const wordsOf = (command: string): ReadonlyArray<string> =>
  execFileSync("sh", ["-c", command.replace(/^openrouter-images/, "printf '%s\\0'")], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1)

describe("the command that makes a picture again", () => {
  it("asks for one picture with the options of its request", () => {
    const provenance = provenanceOf({ model: "a/b", prompt: "a red panda", n: 4, seed: 7, aspectRatio: "16:9" })
    expect(Again.of(provenance, false)).toEqual({
      command: "openrouter-images generate 'a red panda' --model a/b --aspect-ratio 16:9 --seed 7",
      missing: []
    })
    expect(Again.of(provenance, true).command).toMatch(/ --emulator$/)
  })

  it("names a picture that the file does not hold, so that it cannot make another one by mistake", () => {
    const inputReferences = [reference("https://example.com/a.png"), reference("data:image/png;base64,")]
    expect(Again.of(provenanceOf({ model: "a/b", prompt: "x", inputReferences }), false)).toEqual({
      command: "openrouter-images generate x --model a/b --reference https://example.com/a.png --reference PICTURE-2",
      missing: ["PICTURE-2"]
    })
  })

  it("is read by a shell as the prompt and nothing more, and holds no key of a terminal", () => {
    const hostile = FastCheck.oneof(
      FastCheck.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 40 }),
      FastCheck.constantFrom("'; rm -rf ~ #", "$(id)`id`", "=ls", "a\nb", "\u001b[201~\u0003id\r", 'it\'s \\ "x" !!')
    ).filter((prompt) => !prompt.startsWith("-"))
    FastCheck.assert(
      FastCheck.property(hostile, (prompt) => {
        const { command } = Again.of(provenanceOf({ model: "a/b", prompt }), false)
        expect(command).not.toMatch(/[^\P{Cc}\n\t]/u)
        expect(wordsOf(command)[1]).toBe(prompt.replace(/[^\P{Cc}\n\t]/gu, ""))
      }),
      { numRuns: 30 }
    )
  })
})
