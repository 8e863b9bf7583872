import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import { Quote } from "effect-openrouter-images"
import { price } from "../../src/commands/catalog/Price.js"
import * as Timeout from "../../src/options/Timeout.js"
import { escapeJson, formatBytes, formatDuration, formatEstimate, sanitize } from "../../src/output/Text.js"
import { block } from "../support/plain.js"

describe("text", () => {
  it.each([
    [0, "$0"],
    [0.04, "$0.04"],
    [0.045, "$0.045"],
    [2.5, "$2.50"],
    [40, "$40"],
    [0.000005, "$0.000005"],
    [0.1 + 0.2, "$0.30"]
  ])("writes %d dollars as %s", (amount, text) => {
    expect(Quote.formatUsd(amount)).toBe(text)
  })

  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [999_949, "999.9 kB"],
    [999_950, "1.0 MB"],
    [12_345_678, "12.3 MB"]
  ])("writes %d bytes as %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })

  it.each([
    ["40 millis", "0.0 s"],
    ["12340 millis", "12.3 s"],
    ["59960 millis", "1 min 0 s"],
    ["125 seconds", "2 min 5 s"]
  ] as const)("writes %s as %s", (took, text) => {
    expect(formatDuration(Duration.decode(took))).toBe(text)
  })

  it.each([
    ["10 millis", "1 s"],
    ["59 seconds", "59 s"],
    ["125 seconds", "2 min 5 s"],
    ["3725 seconds", "1 h 2 min"],
    ["100 hours", "4 d 4 h"]
  ] as const)("writes about %s as %s", (about, text) => {
    expect(formatEstimate(Duration.decode(about))).toBe(text)
  })

  it("leaves no control character in JSON, and its value as it is", () => {
    const value = { name: "a\u009b31m\u007f\nb" }
    const json = escapeJson(JSON.stringify(value))
    expect(json).not.toMatch(/\p{Cc}/u)
    expect(JSON.parse(json)).toEqual(value)
  })

  it("takes escape sequences out of the words of strangers", () => {
    expect(sanitize("\u001b[31mred\u001b[0m\u0007\r\n\tend\u009b")).toBe("[31mred[0m\n\tend")
  })

  it("puts the further lines of a value below its first", () => {
    expect(block([["cost", "a\nb"]])).toBe("cost        a\n            b")
  })

  it("breaks a value at words, where there is room for some", () => {
    const long = "one two three four five six seven"
    expect(block([["what", long]], 40)).toBe("what        one two three four five six\n            seven")
    expect(block([["what", long]], 30)).toBe(`what        ${long}`)
  })

  it("takes the characters of strangers out of a block, and leaves its own colours", () => {
    expect(block([["la\u001bbel", "\u001b[31mred"]])).toBe("label       [31mred")
  })
})

describe("price", () => {
  it.each([
    [{ billable: "output_image", unit: "image", costUsd: 0.04 }, "$0.04 / image"],
    [{ billable: "output_image", unit: "image", costUsd: 0.06, variant: "4k" }, "$0.06 / image at 4k"],
    [{ billable: "input_reference", unit: "image", costUsd: 0.01 }, "$0.01 / input reference"],
    [{ billable: "output_image", unit: "token", costUsd: 0.00004 }, "$40 / M output image tokens"],
    [{ billable: "input_text", unit: "token", costUsd: 0.000005 }, "$5 / M input text tokens"],
    [{ billable: "output_image", unit: "megapixel", costUsd: 0.03 }, "$0.03 / megapixel"],
    [{ billable: "input_image", unit: "megapixel", costUsd: 0.015 }, "$0.015 / megapixel (input image)"],
    [{ billable: "output_image", unit: "fortnight", costUsd: 0 }, "$0 / fortnight"]
  ])("reads %o as %s", (entry, text) => {
    expect(price(entry)).toBe(text)
  })
})

describe("timeout", () => {
  it.each([
    ["90", 90_000],
    ["90s", 90_000],
    ["1.5 minutes", 90_000],
    ["2m", 120_000],
    ["1 hour", 3_600_000],
    ["500ms", 500]
  ])("takes %s for %d milliseconds", (text, millis) => {
    expect(Option.map(Timeout.parse(text), Duration.toMillis)).toEqual(Option.some(millis))
  })

  it.each(["", "0", "-1", "soon", "5 parsecs", "1e3", "5m30s"])("does not take %j for a duration", (text) => {
    expect(Option.isNone(Timeout.parse(text))).toBe(true)
  })
})
