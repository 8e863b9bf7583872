/** What several calls used together. A sum of which a part is unknown is unknown: it must not pass for the whole. */
import type { GenerationCall } from "../../Schema/GenerationCall.js"
import type { CostDetails, ImageGenerationUsage } from "../../Schema/ImageGenerationUsage.js"
import { isAmount, sumOf } from "../schema/amount.js"
import { present } from "../schema/present.js"
import { commonOf } from "./common.js"

type Usages = ReadonlyArray<ImageGenerationUsage>

const sumOfKnown = (amounts: ReadonlyArray<number | undefined>): number | undefined =>
  amounts.every(isAmount) ? sumOf(amounts) : undefined

/** The sums of the amounts that all of them tell. */
const sumOfEach = <A extends object>(all: ReadonlyArray<A | undefined>): A | undefined => {
  const [first = {}, ...others] = all.map((one): Readonly<Record<string, number>> => ({ ...one }))
  const sums = Object.entries(first).flatMap(([name, amount]) => {
    const sum = sumOfKnown([amount, ...others.map((one) => one[name])])
    return sum === undefined ? [] : [[name, sum] as const]
  })
  // They are the fields of A, whose values are amounts.
  return sums.length === 0 ? undefined : (Object.fromEntries(sums) as A)
}

/** Whether your own key paid, by the rule of `totalCostUsd`. */
const isOwn = ({ cost, costDetails, isByok }: ImageGenerationUsage): boolean => {
  const upstream = costDetails?.upstreamInferenceCost
  return isByok ?? (isAmount(cost) && isAmount(upstream) && upstream > cost)
}

/**
 * Where your own key paid for some calls, the upstream cost is that of those calls alone. So `totalCostUsd` of the sum is
 * the sum of each call's.
 */
const ofPayer = (all: Usages): Pick<ImageGenerationUsage, "costDetails" | "isByok"> => {
  const own = all.filter(isOwn)
  const costDetails = sumOfEach(all.map((one) => one.costDetails))
  if (own.length === 0) return present({ costDetails, isByok: all.find(({ isByok }) => isByok === false)?.isByok })
  const { upstreamInferenceCost: _, ...others }: CostDetails = costDetails ?? {}
  const upstreamInferenceCost = sumOfKnown(own.map((one) => one.costDetails?.upstreamInferenceCost))
  return { isByok: true, costDetails: { ...others, ...present({ upstreamInferenceCost }) } }
}

const sumOfUsages = (all: Usages): ImageGenerationUsage => ({
  ...sumOfEach(
    all.map(({ completionTokens, cost, promptTokens, totalTokens }) =>
      present({ promptTokens, completionTokens, totalTokens, cost })
    )
  ),
  ...ofPayer(all),
  ...present({
    promptTokensDetails: sumOfEach(all.map((one) => one.promptTokensDetails)),
    completionTokensDetails: sumOfEach(all.map((one) => one.completionTokensDetails)),
    serverToolUse: sumOfEach(all.map((one) => one.serverToolUse)),
    serviceTier: commonOf(all.map(({ serviceTier }) => serviceTier)),
    speed: commonOf(all.map(({ speed }) => speed))
  })
})

/** A call that certainly cost nothing adds nothing. None where a call that may have cost something does not say what. */
export const usageOf = (calls: ReadonlyArray<GenerationCall>): ImageGenerationUsage | undefined => {
  const paid = calls
    .filter(({ error, usage }) => error?.billing !== "notBilled" || usage !== undefined)
    .map(({ usage }) => usage)
  const known = paid.filter((usage) => usage !== undefined)
  return known.length === paid.length ? sumOfUsages(known) : undefined
}
