/** What the server says: labelled lines, without characters that could steer a terminal. */
import { Errors } from "effect-openrouter-images"
import type { FileError } from "../../cli/src/failure/Failure.js"
import { renameFields } from "../../cli/src/options/OptionName.js"
import { sanitize } from "../../cli/src/output/Text.js"
import type { NoConsent } from "./drawing/Consent.js"

export type Rows = ReadonlyArray<readonly [label: string, value: string | undefined]>

/** `cost: $0.04`, a line each; what is not known is left out. */
export const lines = (rows: Rows): string =>
  rows.flatMap(([label, value]) => (value === undefined ? [] : [`${label}: ${sanitize(value)}`])).join("\n")

/** `aspectRatio` is `aspect_ratio` for agents, as it is in the API. */
const parameterOf = (field: string): string =>
  field === "inputReferences" ? "references" : field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Where a fault is, by the name of the parameter. */
const pathOf = ([field, index]: Errors.Issue["path"]): string => {
  const name = parameterOf(String(field ?? "the request"))
  return typeof index === "number" ? `${name}[${index}]` : name
}

const terms: Partial<Errors.Terms> = {
  path: pathOf,
  listModels: "`list_models`",
  kept: "saved, see below",
  paidFor: "the files that are named below",
  limit: "the budget, which only the person can do",
  settle: (id) => `\`generation_cost\` with generation_id ${id}`,
  program: "this server"
}

/** What can be said about each failure of a tool. */
export type Failure = Errors.OpenRouterError | FileError | NoConsent

/** A failure, and what is known beside it. */
export const failure = (error: Failure, more: Rows = [], options?: Errors.ExplainOptions): string => {
  switch (error._tag) {
    case "NoConsent":
      return lines([
        ["refused", error.problem],
        ["cost", Errors.explainBilling("notBilled")],
        ["what to do", error.advice],
        ...more
      ])
    case "FileError":
      return lines([["files", error.problem], ["cost", error.cost], ["what to do", error.advice], ...more])
    default: {
      const { action, cost, details, title, what } = Errors.explain(error, terms, options)
      const facts = details.map(({ label, value }) => [label, value] as const)
      return lines([
        ["failed", title],
        ["what", renameFields(what, parameterOf)],
        ["cost", cost],
        ["what to do", action],
        ...facts,
        ...more
      ])
    }
  }
}
