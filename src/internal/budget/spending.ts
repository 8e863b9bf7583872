/** What a generation cost, depending on how it ended. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { GenerateStreamError, OpenRouterError } from "../../Errors.js"
import type { RequestOptions } from "../../Images.js"
import { type ImageGenerationUsage, totalCostUsd } from "../../Schema/ImageGenerationUsage.js"
import { failureOf, withListener } from "../layer/attemptHooks.js"
import { isAmount } from "../schema/amount.js"
import type { Outcome } from "./ledger.js"

/** An attempt that may have been billed. Interruption and defects leave its cost open. */
const open: Outcome = { spentUsd: 0, unknown: 1 }

const outcomeOfFailure = ({ billing }: OpenRouterError, reservedUsd: number): Outcome => {
  if (billing === "unknown") return open
  return { spentUsd: billing === "billed" ? reservedUsd : 0, unknown: 0 }
}

/** The cost that counts: what OpenRouter charges alone, or also what a provider charges for your own key. */
export const costOf = (usage: ImageGenerationUsage | undefined, countsUpstream: boolean): number | undefined =>
  countsUpstream ? totalCostUsd(usage) : [usage?.cost].find(isAmount)

/**
 * An answer that does not report its cost counts as the whole reservation, and never as less than what it does report.
 */
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
 * Records a call's attempts. With a policy that retries what may have been billed, an earlier attempt may have been
 * billed too.
 */
export class Attempts {
  /** Attempts that may have been billed and that were retried. */
  private lost = 0
  private lastFailure: OpenRouterError | undefined

  /** The call's options, with this record listening to its attempts. */
  listen = (options?: RequestOptions): RequestOptions =>
    withListener(
      {
        onAttempt: Effect.sync(() => this.begin()),
        onAttemptEnd: (exit) => Effect.sync(() => this.end(exit))
      },
      options
    )

  /**
   * The call's outcome with what its earlier attempts may have cost. A failed call has the failure of its last attempt.
   */
  with = (outcome: Outcome, exit: Exit.Exit<unknown, OpenRouterError>): Outcome => {
    const own = Option.getOrUndefined(failureOf(exit))
    const isTold = own !== undefined && own.billing !== "notBilled"
    return { ...outcome, unknown: outcome.unknown + this.lost + (isTold ? 0 : this.mayBeBilled()) }
  }

  private begin(): void {
    this.lost += this.mayBeBilled()
    this.lastFailure = undefined
  }

  private end(exit: Exit.Exit<void, OpenRouterError>): void {
    this.lastFailure = Option.getOrUndefined(failureOf(exit))
  }

  private mayBeBilled(): number {
    return this.lastFailure === undefined || this.lastFailure.billing === "notBilled" ? 0 : 1
  }
}
