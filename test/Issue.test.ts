import { describe, expect, it } from "@effect/vitest"
import { Issue } from "effect-openrouter-images"

describe("a value in a message", () => {
  it.each<[unknown, string]>([
    ["a cat", '"a cat"'],
    ["x".repeat(61), `"${"x".repeat(60)}..."`],
    ["two\nlines", '"two\\nlines"'],
    ["sk-or-v1-0123456789abcdef", '"<redacted>"'],
    [`${"x".repeat(55)}sk-or-v1-0123456789abcdef`, `"${"x".repeat(55)}<reda..."`],
    [1.5, "1.5"],
    [Number.NaN, "NaN"],
    [10n, "10n"],
    [undefined, "undefined"],
    [null, "null"],
    [["a", "b"], "an array of 2"],
    [{ prompt: "a secret" }, "an object"],
    [() => 1, "a function"],
    [Symbol("s"), "a symbol"]
  ])("%o is short, and on one line", (value, text) => {
    expect(Issue.show(value)).toBe(text)
  })
})

describe("a positive integer", () => {
  it.each([1, 2, Number.MAX_SAFE_INTEGER])("%s is one", (value) => {
    expect(Issue.positiveInteger(["copies"], value)).toEqual([])
  })

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "1", undefined, null])(
    "%s is none, and the fault says where and what",
    (value) => {
      expect(Issue.positiveInteger(["batch", "copies"], value)).toEqual([
        { path: ["batch", "copies"], message: `must be a positive integer, got ${Issue.show(value)}` }
      ])
    }
  )
})
