import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import { Quote } from "effect-openrouter-images"

describe("an amount of dollars", () => {
  it.each([
    [0, "$0"],
    [5, "$5"],
    [40, "$40"],
    [0.1, "$0.10"],
    [12.5, "$12.50"],
    [0.04, "$0.04"],
    [0.0428, "$0.0428"],
    [0.0123456, "$0.01235"],
    [0.012, "$0.012"],
    [0.000001056, "$0.000001056"],
    [1.23456, "$1.235"],
    [9.99996, "$10"],
    [1234.567, "$1,234.57"],
    [0.1 + 0.2, "$0.30"],
    [-0.5, "-$0.50"],
    [Number.POSITIVE_INFINITY, "$∞"]
  ])("%f reads %s", (amount, text) => {
    expect(Quote.formatUsd(amount)).toBe(text)
  })

  it("is never more than half a thousandth away from what it says, down to a millionth of a dollar", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (amount) => {
        const read = Number(Quote.formatUsd(amount).slice(1).replaceAll(",", ""))
        expect(Math.abs(read - amount)).toBeLessThanOrEqual(Math.max(amount * 5.01e-4, 1e-12))
      })
    )
  })
})

describe("a range of dollars", () => {
  it.each([
    [{ minUsd: 0.04, maxUsd: 0.04 }, "$0.04"],
    [{ minUsd: 0.04, maxUsd: 0.06 }, "$0.04 to $0.06"],
    [{ minUsd: 0.040000001, maxUsd: 0.040000002 }, "$0.04"],
    [{ minUsd: 0.04, maxUsd: Number.POSITIVE_INFINITY }, "from $0.04"],
    [{ minUsd: 0, maxUsd: Number.POSITIVE_INFINITY }, "unknown"],
    [{ minUsd: 0, maxUsd: 0 }, "free"],
    [{ minUsd: 0, maxUsd: 0.5 }, "$0 to $0.50"]
  ])("%o reads %s", (range, text) => {
    expect(Quote.formatUsdRange(range)).toBe(text)
  })
})
