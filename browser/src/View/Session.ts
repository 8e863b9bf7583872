/** The head of the page: who answers, and what was spent since it was opened. */
import { Quote } from "effect-openrouter-images"
import { staysHere } from "../Address.js"
import { type Html, h } from "../Html.js"
import type { Spending } from "../Spending.js"
import type { State } from "../State.js"
import { counted } from "../Text.js"
import { dollars } from "./Price.js"

export const where = (baseUrl: string): string =>
  staysHere(baseUrl) ? "Emulator: nothing is paid" : `Paid at ${new URL(baseUrl).host}`

const uncertain = ({ uncertain, uncertainUsd }: Spending): ReadonlyArray<Html> =>
  uncertain === 0
    ? []
    : [
        h(
          "p",
          {
            class: "hint perhaps",
            title: `${counted(uncertain, "generation")} may have been billed: the account's activity tells`
          },
          Number.isFinite(uncertainUsd) ? `perhaps ${Quote.formatUsd(uncertainUsd)} more` : "perhaps more"
        )
      ]

/** Nothing about the emulator is uncertain: it bills nothing. */
export const session = (state: State): ReadonlyArray<Html> => [
  h("p", { class: "hint" }, state.emulated ? "Emulated this session" : "Spent this session"),
  h("p", { class: "total" }, dollars(state.spending.usd, state)),
  ...(state.emulated ? [] : uncertain(state.spending))
]
