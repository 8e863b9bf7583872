/** What a generation cost, by how it ended. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { GenerateStreamError, OpenRouterError } from "../../Errors.js"
import type { RequestOptions } from "../../Images.js"
import { type ImageGenerationUsage, totalCostUsd } from "../../Schema/ImageGenerationUsage.js"
import { withListener } from "../layer/attemptHooks.js"
import { isAmount } from "../schema/amount.js"
import type { Outcome } from "./ledger.js"

/** An attempt that may have been billed. Interruption and defects leave it open. */
const open: Outcome = { spentUsd: 0, unknown: 1 }

const outcomeOfFailure = ({ billing }: OpenRouterError, reservedUsd: number): Outcome => {
  if (billing === "unknown") return open
  return { spentUsd: billing === "billed" ? reservedUsd : 0, unknown: 0 }
}

/** Which cost counts: what OpenRouter charges alone, or what a provider charges for a key of yours as well. */
export const costOf = (usage: ImageGenerationUsage | undefined, countsUpstream: boolean): number | undefined =>
  countsUpstream ? totalCostUsd(usage) : [usage?.cost].find(isAmount)

/** Of an answer that does not say what it cost, everything that was set aside is taken to be spent, and never less than what it does say. */
export const outcomeOfUsage = (
  usage: ImageGenerationUsage | undefined,
  reservedUsd: number,
  countsUpstream: boolean
): Outcome => ({
  spentUsd:
    costOf(usage, countsUpstream) ??
    Math.max(reservedUsd, ...[usage?.cost, usage?.costDetails?.upstreamInferenceCost].filter(isAmount)),
  unknown: 0
})

export const outcomeOfCause = (cause: Cause.Cause<GenerateStreamError>, reservedUsd: number): Outcome =>
  Cause.isInterrupted(cause)
    ? open
    : Option.match(Cause.failureOption(cause), {
        onNone: () => open,
        onSome: (error) => outcomeOfFailure(error, reservedUsd)
      })

/**
 * A record of a call's attempts. With a policy that tries again what may have been billed, an attempt before the last one may have been billed as well.
 */
export class Attempts {
  /** Attempts that may have been billed, and that another attempt followed. */
  private lost = 0
  private lastFailure: OpenRouterError | undefined

  /** The call's options, with this record listening. */
  listen = (options?: RequestOptions): RequestOptions =>
    withListener(
      {
        onAttempt: Effect.sync(() => this.begin()),
        onAttemptEnd: (exit) => Effect.sync(() => this.end(exit))
      },
      options
    )

  /** The call's outcome with what its earlier attempts may have cost. A call that fails does so with the failure of its last attempt. */
  with = (outcome: Outcome, exit: Exit.Exit<unknown, OpenRouterError>): Outcome => {
    const own = Exit.isFailure(exit) ? Option.getOrUndefined(Cause.failureOption(exit.cause)) : undefined
    const isTold = own !== undefined && own.billing !== "notBilled"
    return { ...outcome, unknown: outcome.unknown + this.lost + (isTold ? 0 : this.mayBeBilled()) }
  }

  private begin(): void {
    this.lost += this.mayBeBilled()
    this.lastFailure = undefined
  }

  private end(exit: Exit.Exit<void, OpenRouterError>): void {
    this.lastFailure = Exit.isFailure(exit) ? Option.getOrUndefined(Cause.failureOption(exit.cause)) : undefined
  }

  private mayBeBilled(): number {
    return this.lastFailure === undefined || this.lastFailure.billing === "notBilled" ? 0 : 1
  }
}
