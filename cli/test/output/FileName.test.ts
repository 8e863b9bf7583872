import { describe, expect, it } from "@effect/vitest"
import { FastCheck } from "effect"
import { candidate, slug, stem } from "../../src/output/FileName.js"

describe("file names", () => {
  it.each([
    ["A red panda, in space!", "a-red-panda-in-space"],
    ["../../etc/passwd", "etc-passwd"],
    ["日本語の 絵", "日本語の-絵"],
    ["हिन्दी", "हिन्दी"],
    ["🎨 …", "picture"],
    ["", "picture"]
  ])("makes a slug of %j", (prompt, expected) => {
    expect(slug(prompt)).toBe(expected)
  })

  it("cuts a long prompt between words, and a long word within", () => {
    expect(slug("one two three four five six seven eight nine ten")).toBe("one-two-three-four-five-six-seven-eight")
    expect(slug("x".repeat(100))).toBe("x".repeat(40))
    expect(slug(`a ${"x".repeat(100)} b`)).toBe("a")
  })

  it("adds the second at which the pictures were asked for", () => {
    expect(stem("a boat", Date.UTC(2026, 0, 31, 23, 59, 59, 999))).toBe("a-boat-20260131-235959")
  })

  it("numbers several pictures, and a single one only when its name is taken", () => {
    expect(candidate("a", 0, 1, 0)).toBe("a")
    expect(candidate("a", 0, 1, 1)).toBe("a-2")
    expect([0, 1, 2].map((index) => candidate("a", index, 3, 0))).toEqual(["a-1", "a-2", "a-3"])
  })

  it("are short enough for any folder, with the name of a sidecar, whatever the prompt", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.string({ unit: "binary", maxLength: 400 }), (prompt) => {
        const name = `${candidate(`${stem(prompt, 0)}-preview`, 9, 10, 99)}.jpeg.xmp`
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255)
      })
    )
    expect(Buffer.byteLength(slug("🂡".repeat(100)) + slug("𠜎".repeat(100)))).toBe(167)
  })
})
