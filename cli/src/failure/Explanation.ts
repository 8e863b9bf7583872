/** The library's errors in the terms of the command: its options, and actions that a terminal can take. */
import { Errors } from "effect-openrouter-images"
import { quote } from "../options/CommandLine.js"
import { nameOptions, optionOf } from "../options/OptionName.js"
import { block, sanitize } from "../output/Text.js"
import * as Color from "../terminal/Color.js"

const operations: { readonly [O in Errors.Operation]?: string } = {
  generateStream: "generate --stream",
  listModels: "models",
  listModelEndpoints: "endpoints",
  getGeneration: "cost",
  getKey: "key"
}

/** The command line that asks what a generation cost. The id is whole, and no shell finds a meaning in it. */
export const costCommand = (generationId: string): string =>
  `openrouter-images cost ${quote(sanitize(generationId))} --wait`

const terms: Errors.Terms = {
  operation: (operation) => operations[operation] ?? operation,
  path: (path) => optionOf(path),
  baseUrl: "the base URL (OPENROUTER_BASE_URL)",
  timeout: "--timeout",
  listModels: "`openrouter-images models`",
  generateStream: "--stream",
  fetchOptions: "settings of the runtime",
  kept: "saved, see above",
  paidFor: "the files that are named above",
  preferences: "the --provider options",
  limit: "--budget or --max-cost",
  settle: () => "the line below",
  program: "this program"
}

/** An action that only the command has; every other is the library's. */
const ownAction = (error: Errors.OpenRouterError): string | undefined => {
  switch (error._tag) {
    case "InvalidRequestError":
      return error.operation === "generate" || error.operation === "generateStream"
        ? "Correct what is named; `openrouter-images check` finds the nearest request."
        : undefined
    case "BudgetExceededError":
      if (error.reason === "limit") return "Raise --budget or --max-cost, or ask for less."
      return error.reason === "unknownCost" ? "Choose another model, or leave out --budget and --max-cost." : undefined
    default:
      return undefined
  }
}

/** The same fault, which names options where it names fields. */
const inOptions = (error: Errors.OpenRouterError): Errors.OpenRouterError =>
  error._tag === "InvalidRequestError"
    ? new Errors.InvalidRequestError({
        operation: error.operation,
        issues: error.issues.map(({ message, path }) => ({ path, message: nameOptions(message) }))
      })
    : error

/** The line that asks what a failure cost, if that is not known and can be asked. */
const askLine = (error: Errors.OpenRouterError): ReadonlyArray<string> =>
  error.billing === "unknown" && "generationId" in error && error.generationId !== undefined
    ? [costCommand(error.generationId)]
    : []

interface Layout extends Errors.ExplainOptions {
  readonly width?: number | undefined
}

/** An error of the library as a block of text. A line to type stands by itself at the end, to be copied whole. */
export const format = (error: Errors.OpenRouterError, { emulated = false, width }: Layout): string => {
  const { action, cost, details, title, what } = Errors.explain(inOptions(error), terms, { emulated })
  const rows = [
    ["what", what],
    ["cost", cost],
    ["what to do", ownAction(error) ?? action],
    ...details.map(({ label, value }) => [label, value] as const)
  ] as const
  return [Color.error(sanitize(title)), block(rows, { width }), ...(emulated ? [] : askLine(error))].join("\n")
}
