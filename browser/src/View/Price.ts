/** Dollars, and the price before the request is sent. */
import { Errors, Quote } from "effect-openrouter-images"
import { type Html, h } from "../Html.js"
import { isQuoted, lastQuote, type State } from "../State.js"

/** Whose dollars they are. */
type Payer = Pick<State, "emulated">

/** `$0.04`, or `$0.04 emulated` where nothing is paid. */
export const dollars = (usd: number, { emulated }: Payer): string =>
  emulated ? `${Quote.formatUsd(usd)} emulated` : Quote.formatUsd(usd)

export const dollarRange = (range: Quote.UsdRange, { emulated }: Payer): string => {
  const words = Quote.formatUsdRange(range)
  return emulated && words.includes("$") ? `${words} emulated` : words
}

/** `$0.04 to $0.06`, `not known`, or `…` while it is asked for. */
export const figure = (state: State): string => {
  const quote = lastQuote(state)
  if (quote === undefined) return state.models?._tag === "Left" ? "not known" : "…"
  return quote._tag === "Left" ? "not known" : dollarRange(quote.right, state)
}

export const amount = (state: State): ReadonlyArray<Html> => [
  h("span", { class: "hint" }, "Price"),
  h("strong", { class: isQuoted(state) ? "" : "stale" }, figure(state))
]

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

/** Why there is no price, or not just one. */
export const why = (state: State): string => {
  const quote = lastQuote(state)
  if (quote === undefined) return ""
  if (quote._tag === "Left") return `${quote.left.message} ${Errors.advice(quote.left)}`
  if (!quote.right.exact) return quote.right.reasons.map(sentence).join(" ")
  return state.emulated ? "Nothing is paid: the emulator answers." : "That is what it will cost."
}
