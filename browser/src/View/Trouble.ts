/** What went wrong, what it cost, and what to do. */
import * as Either from "effect/Either"
import { Errors } from "effect-openrouter-images"
import type { Generation } from "../Generation.js"
import { type Html, h } from "../Html.js"
import type { State } from "../State.js"
import { dollarRange } from "./Price.js"

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

const ofError = (error: Errors.OpenRouterError, { emulated }: State): Html => {
  const { action, cost, details, title, what } = Errors.explain(error, {}, { emulated })
  return block("error", title, [
    { label: "what", value: what },
    { label: "cost", value: cost },
    { label: "what to do", value: action },
    ...details
  ])
}

const cancelled = ({ quote, sent }: Generation, state: State): Html => {
  if (!sent)
    return block("notice", "Cancelled", [
      { label: "what", value: "Nothing had been sent yet." },
      { label: "cost", value: "Nothing was billed." }
    ])
  return state.emulated
    ? block("notice", "Cancelled", [
        { label: "what", value: "The connection was closed." },
        { label: "cost", value: "Nothing was billed." }
      ])
    : block("notice", "Cancelled", [
        { label: "what", value: "The connection was closed. The provider may draw on all the same." },
        {
          label: "cost",
          value: `It is not known whether the generation was billed${quote ? `: ${dollarRange(quote, state)} if it was` : ""}.`
        },
        { label: "what to do", value: "Look at the account's activity before you send it again: you may pay twice." }
      ])
}

export const trouble = (state: State): ReadonlyArray<Html> => {
  const { generation, models } = state
  if (generation === undefined) return models && Either.isLeft(models) ? [ofError(models.left, state)] : []
  switch (generation.outcome._tag) {
    case "Failed":
      return [ofError(generation.outcome.error, state)]
    case "Cancelled":
      return [cancelled(generation, state)]
    case "Broken":
      return [block("error", "This page failed", [{ label: "what", value: generation.outcome.description }])]
    default:
      return []
  }
}
