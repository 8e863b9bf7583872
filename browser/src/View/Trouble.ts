/** What went wrong, what it cost, and what to do. */
import * as Either from "effect/Either"
import { Errors, Quote } from "effect-openrouter-images"
import type { Generation } from "../Generation.js"
import { type Html, h } from "../Html.js"
import type { State } from "../State.js"

interface Row {
  readonly label: string
  readonly value: string
}

const block = (kind: string, title: string, rows: ReadonlyArray<Row>): Html =>
  h(
    "div",
    { class: `trouble ${kind}` },
    h("h2", {}, title),
    h("dl", {}, ...rows.map(({ label, value }) => h("div", {}, h("dt", {}, label), h("dd", {}, value))))
  )

const ofError = (error: Errors.OpenRouterError): Html => {
  const { action, cost, details, title, what } = Errors.explain(error)
  return block("error", title, [
    { label: "what", value: what },
    { label: "cost", value: cost },
    { label: "what to do", value: action },
    ...details
  ])
}

const cancelled = ({ quote, sent }: Generation): Html =>
  sent
    ? block("notice", "Cancelled", [
        { label: "what", value: "The connection was closed. The provider may draw on all the same." },
        {
          label: "cost",
          value: `It is not known whether the generation was billed${quote ? `: ${Quote.formatUsdRange(quote)} if it was` : ""}.`
        },
        { label: "what to do", value: "Look at the account's activity before you send it again: you may pay twice." }
      ])
    : block("notice", "Cancelled", [
        { label: "what", value: "Nothing had been sent yet." },
        { label: "cost", value: "Nothing was billed." }
      ])

export const trouble = ({ generation, models }: State): ReadonlyArray<Html> => {
  if (generation === undefined) return models && Either.isLeft(models) ? [ofError(models.left)] : []
  switch (generation.outcome._tag) {
    case "Failed":
      return [ofError(generation.outcome.error)]
    case "Cancelled":
      return [cancelled(generation)]
    case "Broken":
      return [block("error", "This page failed", [{ label: "what", value: generation.outcome.description }])]
    default:
      return []
  }
}
