/** The price before the request is sent. */
import { Errors, Quote } from "effect-openrouter-images"
import { type Html, h } from "../Html.js"
import type { State } from "../State.js"

const figure = ({ models, quote }: State): string => {
  if (quote === undefined) return models?._tag === "Left" ? "not known" : "…"
  return quote._tag === "Left" ? "not known" : Quote.formatUsdRange(quote.right)
}

export const amount = (state: State): ReadonlyArray<Html> => [
  h("span", { class: "hint" }, "Price"),
  h("strong", {}, figure(state))
]

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

/** Why there is no price, or not just one. */
export const why = ({ quote }: State): string => {
  if (quote === undefined) return ""
  if (quote._tag === "Left") return `${quote.left.message} ${Errors.advice(quote.left)}`
  return quote.right.exact ? "That is what it will cost." : quote.right.reasons.map(sentence).join(" ")
}
