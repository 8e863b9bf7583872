/** What a generation cost, by how it ended. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { GenerateStreamError, OpenRouterError } from "../../Errors.js"
import type { RequestOptions } from "../../Images.js"
import { type ImageGenerationUsage, totalCostUsd } from "../../Schema/ImageGenerationUsage.js"
import { heardBy } from "../layer/attemptHooks.js"
import { isAmount } from "../schema/amount.js"
import type { Outcome } from "./ledger.js"

/** An attempt that may have been billed. Interruption and defects leave it open. */
const open: Outcome = { spentUsd: 0, unknown: 1 }

const failed = ({ billing }: OpenRouterError, reservedUsd: number): Outcome => {
  if (billing === "unknown") return open
  return { spentUsd: billing === "billed" ? reservedUsd : 0, unknown: 0 }
}

/** Which cost counts: what OpenRouter charges alone, or what a provider charges for a key of yours as well. */
export const costOf = (usage: ImageGenerationUsage | undefined, countsUpstream: boolean): number | undefined =>
  countsUpstream ? totalCostUsd(usage) : [usage?.cost].find(isAmount)

/** Of an answer that does not say what it cost, everything that was set aside is taken to be spent, and never less than what it does say. */
export const paid = (
  usage: ImageGenerationUsage | undefined,
  reservedUsd: number,
  countsUpstream: boolean
): Outcome => ({
  spentUsd:
    costOf(usage, countsUpstream) ??
    Math.max(reservedUsd, ...[usage?.cost, usage?.costDetails?.upstreamInferenceCost].filter(isAmount)),
  unknown: 0
})

export const ofCause = (cause: Cause.Cause<GenerateStreamError>, reservedUsd: number): Outcome =>
  Cause.isInterrupted(cause)
    ? open
    : Option.match(Cause.failureOption(cause), { onNone: () => open, onSome: (error) => failed(error, reservedUsd) })

/** A record of attempts that failed and were tried again: with a policy that accepts it, such an attempt may have been billed as well. */
export class Attempts {
  private readonly failures: Array<OpenRouterError> = []

  /** The call's options, with this record listening. */
  heard = (options?: RequestOptions): RequestOptions =>
    heardBy({ failed: (error) => Effect.sync(() => void this.failures.push(error)) }, options)

  /** The call's outcome with what its earlier attempts may have cost; the last failure is the call's own. */
  with = (outcome: Outcome, exit: Exit.Exit<unknown, OpenRouterError>): Outcome => {
    const last = Exit.isFailure(exit) ? Option.getOrUndefined(Cause.failureOption(exit.cause)) : undefined
    const lost = this.failures.filter((error) => error !== last && error.billing !== "notBilled").length
    return { ...outcome, unknown: outcome.unknown + lost }
  }
}
