/** `openrouter-images quote`: what a request may cost, before it is sent. */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { type Catalog, type Errors, Quote } from "effect-openrouter-images"
import type { FileError, UsageError } from "../../failure/Failure.js"
import * as Flag from "../../options/Flag.js"
import * as RequestOptions from "../../options/RequestOptions.js"
import { listing, width } from "../../output/Listing.js"
import { type Column, lines } from "../../output/Table.js"
import { escapeJson, sanitize } from "../../output/Text.js"
import type { Screen } from "../../terminal/Screen.js"
import * as Command from "../Command.js"
import { ask, layer } from "./Ask.js"
import { amountOf, words } from "./Price.js"
import { withSuggestion } from "./UnknownModel.js"

const config = {
  ...RequestOptions.config,
  json: Flag.toggle("json", "The quote as JSON; an unknown bound is null"),
  emulator: Flag.emulator
}

/** `from $0.04 to $0.12`, or one price. */
export const range = ({ exact, maxUsd, minUsd }: Quote.Quote): string => {
  if (exact) return Quote.formatUsd(minUsd)
  return Number.isFinite(maxUsd)
    ? `from ${Quote.formatUsd(minUsd)} to ${Quote.formatUsd(maxUsd)}`
    : `from ${Quote.formatUsd(minUsd)}, and no upper bound is known`
}

/** Whole numbers as they are; parts, such as megapixels, to the thousandth. */
const number = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 3 })

const quantity = ({ quantity: { max, min } }: Quote.QuoteLine): string => {
  if (min === max) return number(min)
  return Number.isFinite(max) ? `${number(min)} to ${number(max)}` : `${number(min)} or more`
}

const columns: ReadonlyArray<Column<Quote.QuoteLine>> = [
  { title: "PROVIDER", cell: ({ endpoint }) => endpoint.providerName },
  { title: "BILLABLE", cell: ({ billable }) => words(billable) },
  { title: "UNIT", cell: ({ unit }) => words(unit) },
  { title: "QUANTITY", cell: quantity },
  { title: "PRICE", cell: amountOf },
  { title: "VARIANT", cell: ({ variant }) => variant ?? "-" }
]

const format = (quote: Quote.Quote): Effect.Effect<string, never, Screen> =>
  Effect.gen(function* () {
    const reasons = quote.reasons.map((reason, i) => [i === 0 ? "why" : "", `- ${sanitize(reason)}`] as const)
    const head = lines([["cost", range(quote)], ...reasons], yield* width)
    return quote.lines.length === 0 ? head : `${head}\n\n${yield* listing(columns, quote.lines)}`
  })

/** Says what a request may cost and why that is not certain. Nothing but questions to the catalogue is sent. */
export const quote = (
  options: RequestOptions.RequestOptions & { readonly json: boolean }
): Effect.Effect<
  void,
  Errors.ListModelEndpointsError | FileError | UsageError,
  Catalog.Catalog | Screen | FileSystem.FileSystem
> =>
  Effect.gen(function* () {
    const request = yield* RequestOptions.toRequest(options)
    const found = yield* ask("prices", Quote.estimate(request))
    yield* Console.log(options.json ? escapeJson(JSON.stringify(found, null, 2)) : yield* format(found))
  })

export const command = Command.make({
  name: "quote",
  summary: "Show what a request may cost, without sending it",
  usage: "[options] [prompt]",
  stdout: "the answer on stdout",
  examples: [
    "openrouter-images quote 'a red panda' -n 4 --resolution 4K",
    "openrouter-images quote 'a red panda' --json | jq .maxUsd"
  ],
  config,
  run: (options) => quote(options).pipe(withSuggestion(options.model), Effect.provide(layer(options.emulator)))
})
