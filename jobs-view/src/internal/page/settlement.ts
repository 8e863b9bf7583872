/** What became of attempts that may have been billed, as people read it. */
import { formatUsd, formatUsdRange } from "effect-openrouter-images/Quote"
import type { Jobs } from "effect-openrouter-images-jobs"
import { formatPlural, formatTime } from "./format.js"
import { empty, type Html, html } from "./html.js"

/** ` ($0.04 to $0.045)`; nothing where no quote is known. */
export const formatCost = ({ maxUsd = Number.POSITIVE_INFINITY, minUsd }: Jobs.UnknownCost): string => {
  const range = formatUsdRange({ minUsd, maxUsd })
  return range === "unknown" ? "" : ` (${range})`
}

const formatAsked = ({ asked, askedAt }: Jobs.Settlement): string =>
  askedAt === undefined
    ? "its record has not been asked for yet"
    : `its record was asked for ${asked === 1 ? "once" : `${asked} times`}, last at ${formatTime(askedAt)}`

const formatSettlement = (settlement: Jobs.Settlement): string => {
  const { costUsd, generationId, state } = settlement
  switch (state) {
    case "waiting":
      return `A worker asks what it cost: ${formatAsked(settlement)}.`
    case "billed":
      return `Its record says that it cost ${formatUsd(costUsd ?? 0)}.`
    case "notBilled":
      return "Its record says that it cost nothing."
    case "unknown":
      return generationId === undefined
        ? "Nobody can ask what it cost: no answer named its generation."
        : `Nobody knows what it cost: ${formatAsked(settlement)}.`
  }
}

/** What is known of the last attempt of an item whose billing was unknown. */
export const settlementOf = ({ settlements }: Jobs.Item): Html => {
  const last = settlements.at(-1)
  return last === undefined ? empty : html`<p class="soft">${formatSettlement(last)}</p>`
}

/** Changes when anything in it does. */
export const versionOf = ({ billing, settlements }: Jobs.Item): string =>
  `${billing}-${settlements.reduce((sum, { asked }) => sum + asked, 0)}`

/** `2 calls` */
export const formatCalls = (count: number): string => formatPlural(count, "call")
