/** What an answer cost. */
import type { GenerationCall } from "../../Schema/GenerationCall.js"
import type { ImageGenerationResponse } from "../../Schema/ImageGenerationResponse.js"
import { type ImageGenerationUsage, totalCostUsd } from "../../Schema/ImageGenerationUsage.js"
import { isAmount, sumOf } from "../schema/amount.js"
import type { Outcome, Unknown } from "./ledger.js"

/** The cost that counts: what OpenRouter charges alone, or also what a provider charges for your own key. */
export const costOf = (usage: ImageGenerationUsage | undefined, countsUpstream: boolean): number | undefined =>
  countsUpstream ? totalCostUsd(usage) : [usage?.cost].find(isAmount)

/**
 * An answer that does not report its cost counts as the whole reservation, and never as less than what it does report.
 */
const outcomeOfUsage = (
  usage: ImageGenerationUsage | undefined,
  reservedUsd: number,
  countsUpstream: boolean
): Outcome => {
  const cost = costOf(usage, countsUpstream)
  if (cost !== undefined) return { spentUsd: cost, unknown: [] }
  const told = [usage?.cost, usage?.costDetails?.upstreamInferenceCost].filter(isAmount)
  return { spentUsd: Math.max(reservedUsd, ...told), isEstimate: true, unknown: [] }
}

/** Finds the attempt that leaves open what a call has cost. None where the call has certainly cost nothing. */
export type FindOpen = (
  call: GenerationCall,
  index: number
) => { readonly generationId?: string | undefined } | undefined

/**
 * The most that one of several calls may cost, of what is reserved for all: its share by the number of its pictures, or
 * an equal share where that is more, because a part of the price does not depend on the pictures.
 */
export const shareOf = (reservedUsd: number, pictures: number, allPictures: number, calls: number): number =>
  reservedUsd * Math.min(1, Math.max(pictures / allPictures, 1 / calls))

/** What each of the calls in place of one has cost. One that does not say so may have cost its share. */
const outcomeOfCalls = (
  calls: ReadonlyArray<GenerationCall>,
  reservedUsd: number,
  countsUpstream: boolean,
  findOpen: FindOpen
): Outcome => {
  const costs = calls.map((call) => costOfCall(call, countsUpstream))
  const pictures = calls.reduce((sum, { request: { n = 1 } }) => sum + n, 0)
  const openOf = (call: GenerationCall, index: number): ReadonlyArray<Unknown> => {
    const open = costs[index] === undefined ? findOpen(call, index) : undefined
    const { n = 1 } = call.request
    if (open === undefined) return []
    return [{ generationId: open.generationId, usd: shareOf(reservedUsd, n, pictures, calls.length) }]
  }
  return { spentUsd: sumOf(costs.filter((usd) => usd !== undefined)), unknown: calls.flatMap(openOf) }
}

const costOfCall = ({ error, usage }: GenerationCall, countsUpstream: boolean): number | undefined =>
  costOf(usage, countsUpstream) ?? (error?.billing === "notBilled" ? 0 : undefined)

/** What tells the cost of an answer. */
export type Bill = Pick<ImageGenerationResponse, "calls" | "usage">

/** What an answer cost: what it reports, or what its calls report. */
export const outcomeOfAnswer = (
  { calls, usage }: Bill,
  reservedUsd: number,
  countsUpstream: boolean,
  findOpen: FindOpen
): Outcome =>
  calls === undefined
    ? outcomeOfUsage(usage, reservedUsd, countsUpstream)
    : outcomeOfCalls(calls, reservedUsd, countsUpstream, findOpen)
