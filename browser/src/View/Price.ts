/** The price before the request is sent. */
import { Errors } from "effect-openrouter-images"
import { type Html, h } from "../Html.js"
import type { State } from "../State.js"
import { range } from "../Text.js"

const lines = (amount: string, note: string): ReadonlyArray<Html> => [
  h("p", { class: "amount" }, h("span", { class: "hint" }, "Price "), h("strong", {}, amount)),
  h("p", { class: "hint why", title: note }, note)
]

const sentence = (reasons: ReadonlyArray<string>): string => {
  const text = reasons.join("; ")
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

export const price = ({ models, quote }: State): ReadonlyArray<Html> => {
  if (quote === undefined) return lines("…", models === undefined || models._tag === "Right" ? "Asking." : "No models.")
  if (quote._tag === "Left") return lines("unknown", Errors.advice(quote.left))
  const { exact, reasons } = quote.right
  return lines(range(quote.right), exact ? "Exactly." : sentence(reasons))
}
