/** The head of the page: who answers, and what was spent since it was opened. */
import { Quote } from "effect-openrouter-images"
import { staysHere } from "../Address.js"
import { type Html, h } from "../Html.js"
import type { Spending } from "../Spending.js"
import type { State } from "../State.js"
import { counted } from "../Text.js"

export const where = (baseUrl: string): string =>
  staysHere(baseUrl) ? "Emulator: nothing is paid" : `Paid at ${new URL(baseUrl).host}`

const uncertain = (spending: Spending): string => {
  if (spending.uncertain === 0) return ""
  return Number.isFinite(spending.uncertainUsd)
    ? `perhaps ${Quote.formatUsd(spending.uncertainUsd)} more`
    : "perhaps more"
}

export const session = ({ spending }: State): ReadonlyArray<Html> => [
  h("p", { class: "hint" }, "Spent this session"),
  h("p", { class: "total" }, Quote.formatUsd(spending.usd)),
  h(
    "p",
    {
      class: "hint perhaps",
      title: `${counted(spending.uncertain, "generation")} may have been billed: the account's activity tells`
    },
    uncertain(spending)
  )
]
