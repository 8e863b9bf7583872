/** What a generation cost, depending on how it ended. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { GenerateStreamError, OpenRouterError } from "../../Errors.js"
import type { RequestOptions } from "../../Images.js"
import type { GenerationCall } from "../../Schema/GenerationCall.js"
import type { ImageGenerationResponse } from "../../Schema/ImageGenerationResponse.js"
import { type ImageGenerationUsage, totalCostUsd } from "../../Schema/ImageGenerationUsage.js"
import { generationIdIn } from "../errors/generationIdIn.js"
import { failureOf, type Listener, withListener } from "../layer/attemptHooks.js"
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

/**
 * The calls in place of one share its reservation. What one of them may have cost without saying so is at most what the
 * others have left of it, by the number of pictures that each asked for.
 */
const outcomeOfCalls = (
  calls: ReadonlyArray<GenerationCall>,
  reservedUsd: number,
  countsUpstream: boolean
): Outcome => {
  const costs = calls.map((call) => ({ call, usd: costOfCall(call, countsUpstream) }))
  const spentUsd = sumOf(costs.flatMap(({ usd }) => usd ?? []))
  const open = costs.flatMap(({ call, usd }) => (usd === undefined ? [call] : []))
  const left = Math.max(0, reservedUsd - spentUsd)
  const pictures = open.reduce((sum, { request: { n = 1 } }) => sum + n, 0)
  return {
    spentUsd,
    unknown: open.map(({ generationId, request: { n = 1 } }) => ({ generationId, usd: (left * n) / pictures }))
  }
}

const costOfCall = ({ error, usage }: GenerationCall, countsUpstream: boolean): number | undefined =>
  costOf(usage, countsUpstream) ?? (error?.billing === "notBilled" ? 0 : undefined)

/** What an answer cost: what it reports, or what its calls report. */
export const outcomeOfAnswer = (
  { calls, usage }: Pick<ImageGenerationResponse, "calls" | "usage">,
  reservedUsd: number,
  countsUpstream: boolean
): Outcome =>
  calls === undefined
    ? outcomeOfUsage(usage, reservedUsd, countsUpstream)
    : outcomeOfCalls(calls, reservedUsd, countsUpstream)

/** The failure that a call ended with. What failed beside an interruption is not its end. */
const failureIn = <E>(cause: Cause.Cause<E>): E | undefined =>
  Cause.isInterrupted(cause) ? undefined : Option.getOrUndefined(Cause.failureOption(cause))

/**
 * Records a call's attempts. With a policy that retries what may have been billed, an earlier attempt may have been
 * billed too.
 */
export class Attempts {
  /** Attempts that may have been billed and that were retried. */
  private readonly lost: Array<Unknown> = []
  /** The calls that a layer below makes in place of this one. */
  private readonly calls: Array<Attempts> = []
  private lastFailure: OpenRouterError | undefined
  /** Whether the latest attempt was begun, and is not known to have cost nothing. */
  private mayHaveCost = false
  /** The generation of the latest attempt, once it is known. */
  private generationId: string | undefined

  /** `onNamed` is told the generation of each attempt, and none when an attempt has failed. */
  constructor(private readonly onNamed: (generationId: string | undefined) => Effect.Effect<void>) {}

  /** The call's options, with this record listening to its attempts. */
  listen = (options?: RequestOptions): RequestOptions => withListener(this.listener, options)

  /**
   * The call's outcome with what its earlier attempts may have cost. A failed call has the failure of its last attempt.
   * `idInAnswer` is for a server whose heads name no generation.
   */
  with = (outcome: Outcome, exit: Exit.Exit<unknown, OpenRouterError>, idInAnswer?: string): Outcome => {
    const own = Exit.isFailure(exit) ? failureIn(exit.cause) : undefined
    const isTold = own !== undefined && own.billing !== "notBilled"
    const { generationId = idInAnswer } = this
    return {
      ...outcome,
      generationId,
      unknown: [
        ...outcome.unknown.map((one) => ({ generationId, ...one })),
        ...this.lost,
        ...(isTold ? [] : this.mayBeBilled()),
        ...this.calls.flatMap(({ lost }) => lost)
      ]
    }
  }

  /** What a call without an answer cost. */
  outcomeOfCause = (cause: Cause.Cause<GenerateStreamError>, reservedUsd: number): Outcome => {
    const error = failureIn(cause)
    if (error === undefined) return { spentUsd: 0, unknown: this.openOf(reservedUsd) }
    if (error.billing === "unknown") return { spentUsd: 0, unknown: this.sharesOf(reservedUsd) }
    const isBilled = error.billing === "billed"
    return { spentUsd: isBilled ? reservedUsd : 0, isEstimate: isBilled, unknown: [] }
  }

  /**
   * The attempts in flight, which may have been billed: interruption and defects leave that open. Where a layer below made
   * several calls, each that may have cost something has an equal share of the reservation, under the id of its own
   * generation. Between two attempts nothing is in flight: the failure of the earlier one says what it cost.
   */
  private openOf(reservedUsd: number): ReadonlyArray<Unknown> {
    return this.lastFailure !== undefined && this.calls.length === 0 ? [] : this.sharesOf(reservedUsd)
  }

  private sharesOf(reservedUsd: number): ReadonlyArray<Unknown> {
    const open = this.calls.filter((call) => call.mayHaveCost)
    return open.length === 0 ? [{}] : open.map(({ generationId }) => ({ generationId, usd: reservedUsd / open.length }))
  }

  private get listener(): Listener {
    return {
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
        }),
      fork: () => this.fork()
    }
  }

  /** A ledger knows one generation of a reservation. That of one call must not stand for all of them. */
  private fork(): Listener {
    const call = new Attempts(() => Effect.void)
    this.calls.push(call)
    return call.listener
  }

  private begin(): void {
    this.lost.push(...this.mayBeBilled())
    this.lastFailure = undefined
    this.mayHaveCost = true
    this.generationId = undefined
  }

  private end(exit: Exit.Exit<void, OpenRouterError>): void {
    this.lastFailure = Option.getOrUndefined(failureOf(exit))
    this.mayHaveCost = this.lastFailure?.billing !== "notBilled"
    this.generationId ??= this.lastFailure === undefined ? undefined : generationIdIn(this.lastFailure)
  }

  private mayBeBilled(): ReadonlyArray<Unknown> {
    const { generationId, lastFailure } = this
    return lastFailure === undefined || lastFailure.billing === "notBilled" ? [] : [{ generationId }]
  }
}
