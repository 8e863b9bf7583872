/** The price of several requests together. */
import type * as Arr from "effect/Array"
import type { Quote, QuoteLine } from "../../Quote.js"
import { same } from "../request/same.js"
import { sumOf } from "../schema/amount.js"

const sumOfEnds = (ends: ReadonlyArray<number>): number =>
  ends.includes(Number.POSITIVE_INFINITY) ? Number.POSITIVE_INFINITY : sumOf(ends)

/** Endpoints of two answers of the catalogue are equal, and not the same. */
const isSameLine = ({ quantity: _, ...one }: QuoteLine, { quantity: __, ...other }: QuoteLine): boolean =>
  same(one, other)

/** One line for equal ones, with the quantity of all of them. */
const mergeLines = (lines: ReadonlyArray<QuoteLine>): ReadonlyArray<QuoteLine> =>
  lines
    .filter((line, i) => lines.findIndex((other) => isSameLine(line, other)) === i)
    .map((line) => {
      const all = lines.filter((other) => isSameLine(line, other)).map(({ quantity }) => quantity)
      const quantity = { min: sumOfEnds(all.map(({ min }) => min)), max: sumOfEnds(all.map(({ max }) => max)) }
      return { ...line, quantity }
    })

export const totalOf = (quotes: Arr.NonEmptyReadonlyArray<Quote>): Quote => {
  if (quotes.length === 1) return quotes[0]
  const minUsd = sumOfEnds(quotes.map((quote) => quote.minUsd))
  const maxUsd = sumOfEnds(quotes.map((quote) => quote.maxUsd))
  return {
    minUsd,
    maxUsd,
    exact: minUsd === maxUsd,
    lines: mergeLines(quotes.flatMap(({ lines }) => lines)),
    reasons: [...new Set(quotes.flatMap(({ reasons }) => reasons))]
  }
}
