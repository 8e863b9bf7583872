/** The head of the page: who answers, and what was spent since it was opened. */
import { staysHere } from "../Address.js"
import { type Html, h } from "../Html.js"
import type { Spending } from "../Spending.js"
import type { State } from "../State.js"
import { counted, dollars } from "../Text.js"

export const where = (baseUrl: string): string =>
  staysHere(baseUrl) ? `The emulator at ${new URL(baseUrl).host}: nothing is paid` : `Paid at ${new URL(baseUrl).host}`

const uncertain = (spending: Spending): string => {
  if (spending.uncertain === 0) return ""
  const most = Number.isFinite(spending.uncertainUsd) ? `up to ${dollars(spending.uncertainUsd)}` : "an unknown amount"
  return `and perhaps ${most} for ${counted(spending.uncertain, "generation")}`
}

export const session = ({ spending }: State): ReadonlyArray<Html> => [
  h("p", { class: "hint" }, "Spent in this session"),
  h("p", { class: "total" }, dollars(spending.usd)),
  h("p", { class: "hint perhaps" }, uncertain(spending))
]
