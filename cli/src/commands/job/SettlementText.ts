/** What became of calls that may have been billed, in words. */
import { Quote } from "effect-openrouter-images"
import type { Jobs } from "effect-openrouter-images-jobs"
import { pluralize } from "../../output/Text.js"

type Rows = ReadonlyArray<readonly [label: string, text: string]>

/** `1 call may have been billed ($0.04 to $0.045)` */
const mayHaveCost = ({ attempts, maxUsd = Number.POSITIVE_INFINITY, minUsd }: Jobs.UnknownCost): string => {
  const range = Quote.formatUsdRange({ minUsd, maxUsd })
  return `${pluralize(attempts, "call")} may have been billed (${range === "unknown" ? "cost unknown" : range})`
}

/** A row for each group in which there are some. */
export const rows = ({ billed, unknown, waiting }: Jobs.Settlements): Rows => [
  ...(waiting.attempts > 0
    ? [
        [
          "unsettled",
          `${mayHaveCost(waiting)}; workers ask what that cost for a week, and send again what cost nothing`
        ] as const
      ]
    : []),
  ...(billed.attempts > 0
    ? [
        [
          "settled",
          `${pluralize(billed.attempts, "call")} gave no picture and ${billed.attempts === 1 ? "was" : "were"} billed: ${Quote.formatUsd(billed.costUsd)}`
        ] as const
      ]
    : []),
  ...(unknown.attempts > 0
    ? [
        [
          "unknown",
          `${mayHaveCost(unknown)}; the answer named no generation, or no record appeared within a week`
        ] as const
      ]
    : [])
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
