/** What a generation cost, depending on how it ended. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { GenerateStreamError, OpenRouterError } from "../../Errors.js"
import type { RequestOptions } from "../../Images.js"
import { type ImageGenerationUsage, totalCostUsd } from "../../Schema/ImageGenerationUsage.js"
import { generationIdIn } from "../errors/generationIdIn.js"
import { failureOf, withListener } from "../layer/attemptHooks.js"
import { isAmount } from "../schema/amount.js"
import type { Outcome, Unknown } from "./ledger.js"

/** An attempt that may have been billed. Interruption and defects leave its cost open. */
const open: Outcome = { spentUsd: 0, unknown: [{}] }

const outcomeOfFailure = ({ billing }: OpenRouterError, reservedUsd: number): Outcome =>
  billing === "unknown"
    ? open
    : { spentUsd: billing === "billed" ? reservedUsd : 0, isEstimate: billing === "billed", unknown: [] }

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
): Outcome => {
  const cost = costOf(usage, countsUpstream)
  if (cost !== undefined) return { spentUsd: cost, unknown: [] }
  const told = [usage?.cost, usage?.costDetails?.upstreamInferenceCost].filter(isAmount)
  return { spentUsd: Math.max(reservedUsd, ...told), isEstimate: true, unknown: [] }
}

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
  private readonly lost: Array<Unknown> = []
  private lastFailure: OpenRouterError | undefined
  /** The generation of the latest attempt, once it is known. */
  private generationId: string | undefined

  /** `onNamed` is told the generation of each attempt, and none when an attempt has failed. */
  constructor(private readonly onNamed: (generationId: string | undefined) => Effect.Effect<void>) {}

  /** The call's options, with this record listening to its attempts. */
  listen = (options?: RequestOptions): RequestOptions =>
    withListener(
      {
        onAttempt: Effect.sync(() => this.begin()),
        onGenerationId: (generationId) =>
          Effect.suspend(() => {
            this.generationId = generationId
            return this.onNamed(generationId)
          }),
        onAttemptEnd: (exit) =>
          Effect.suspend(() => {
            const isNamed = this.generationId !== undefined
            this.end(exit)
            return isNamed && Exit.isFailure(exit) ? this.onNamed(undefined) : Effect.void
          })
      },
      options
    )

  /**
   * The call's outcome with what its earlier attempts may have cost. A failed call has the failure of its last attempt.
   * `idInAnswer` is for a server whose heads name no generation.
   */
  with = (outcome: Outcome, exit: Exit.Exit<unknown, OpenRouterError>, idInAnswer?: string): Outcome => {
    const own = Option.getOrUndefined(failureOf(exit))
    const isTold = own !== undefined && own.billing !== "notBilled"
    const { generationId = idInAnswer } = this
    return {
      ...outcome,
      generationId,
      unknown: [...outcome.unknown.map(() => ({ generationId })), ...this.lost, ...(isTold ? [] : this.mayBeBilled())]
    }
  }

  private begin(): void {
    this.lost.push(...this.mayBeBilled())
    this.lastFailure = undefined
    this.generationId = undefined
  }

  private end(exit: Exit.Exit<void, OpenRouterError>): void {
    this.lastFailure = Option.getOrUndefined(failureOf(exit))
    this.generationId ??= this.lastFailure === undefined ? undefined : generationIdIn(this.lastFailure)
  }

  private mayBeBilled(): ReadonlyArray<Unknown> {
    const { generationId, lastFailure } = this
    return lastFailure === undefined || lastFailure.billing === "notBilled" ? [] : [{ generationId }]
  }
}
