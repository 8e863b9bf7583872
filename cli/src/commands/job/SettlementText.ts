/** What became of calls that may have been billed, in words. */
import { Quote } from "effect-openrouter-images"
import type { Jobs } from "effect-openrouter-images-jobs"
import * as Cost from "../../output/Cost.js"
import { pluralize } from "../../output/Text.js"

type Row = readonly [label: string, text: string]

/** `1 call may have been billed ($0.04 to $0.045)` */
const mayHaveCost = ({ attempts, maxUsd = Number.POSITIVE_INFINITY, minUsd }: Jobs.UnknownCost): string => {
  const range = Quote.formatUsdRange({ minUsd, maxUsd })
  return `${pluralize(attempts, "call")} may have been billed (${range === "unknown" ? "cost unknown" : range})`
}

const waitingRow = (waiting: Jobs.UnknownCost): Row => {
  const what = waiting.attempts === 1 ? "what it cost" : "what they cost"
  return ["unsettled", `${mayHaveCost(waiting)}; workers ask ${what}, for a week at most, and send again what was free`]
}

const billedRow = ({ attempts, costUsd }: Jobs.Settlements["billed"], emulated: boolean): Row => {
  const were = attempts === 1 ? "was" : "were"
  return [
    "settled",
    `${pluralize(attempts, "call")} gave no picture and ${were} billed: ${Cost.format(costUsd, emulated)}`
  ]
}

const unknownRow = (unknown: Jobs.UnknownCost): Row => [
  "unknown",
  `${mayHaveCost(unknown)}; the answer named no generation, or no record appeared within a week`
]

/** A row for each group in which there are some; `emulated` says that nobody paid for what was billed. */
export const rows = ({ billed, unknown, waiting }: Jobs.Settlements, emulated: boolean): ReadonlyArray<Row> => [
  ...(waiting.attempts > 0 ? [waitingRow(waiting)] : []),
  ...(billed.attempts > 0 ? [billedRow(billed, emulated)] : []),
  ...(unknown.attempts > 0 ? [unknownRow(unknown)] : [])
]

/** What a job waits for that has nothing else to do. */
export const waitingText = (unsettled: number): string =>
  `${unsettled} may have been billed; a worker asks what they cost, which can take some minutes`

const sumOf = (costs: ReadonlyArray<Jobs.UnknownCost>): Jobs.UnknownCost =>
  costs.reduce(
    (sum, { attempts, maxUsd, minUsd }) => ({
      attempts: sum.attempts + attempts,
      minUsd: sum.minUsd + minUsd,
      maxUsd: sum.maxUsd === undefined || maxUsd === undefined ? undefined : sum.maxUsd + maxUsd
    }),
    { attempts: 0, minUsd: 0, maxUsd: 0 }
  )

/** Those of several jobs together. */
export const total = (all: ReadonlyArray<Jobs.Settlements>): Jobs.Settlements => ({
  waiting: sumOf(all.map(({ waiting }) => waiting)),
  billed: {
    attempts: all.reduce((sum, { billed }) => sum + billed.attempts, 0),
    costUsd: all.reduce((sum, { billed }) => sum + billed.costUsd, 0)
  },
  unknown: sumOf(all.map(({ unknown }) => unknown))
})
