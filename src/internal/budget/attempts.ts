/** The attempts of a call, and what they cost depending on how the call ended. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { GenerateStreamError, OpenRouterError } from "../../Errors.js"
import type { RequestOptions } from "../../Images.js"
import { generationIdIn } from "../errors/generationIdIn.js"
import { type Attempt, failureOf, type Listener, type Part, withListener } from "../layer/attemptHooks.js"
import { free, type Outcome, type Unknown } from "./ledger.js"
import { type Bill, type FindOpen, outcomeOfAnswer, shareOf } from "./spending.js"

/** The failure that a call ended with. What failed beside an interruption is not its end. */
const failureIn = <E>(cause: Cause.Cause<E>): E | undefined =>
  Cause.isInterrupted(cause) ? undefined : Option.getOrUndefined(Cause.failureOption(cause))

const failureOfAttempt = ({ exit }: Attempt): OpenRouterError | undefined =>
  exit && Option.getOrUndefined(failureOf(exit))

const mayHaveCost = (attempt: Attempt): boolean => failureOfAttempt(attempt)?.billing !== "notBilled"

/** Stands for all attempts of a call that nobody tells of. */
const untold: Attempt = {}

/** What a record of attempts is about. */
interface Call {
  /** Whether a key of your own counts. See `Budget.Options`. */
  readonly countsUpstream: boolean
  /** The pictures that it asks for, and its place among the calls that are made in place of one. */
  readonly part: Part
  /** Whether each attempt is told. A call without an attempt has then sent nothing. */
  readonly isTold: boolean
  /** Is told the generation of each attempt, and none when an attempt has failed. */
  readonly onNamed: (generationId: string | undefined) => Effect.Effect<void>
}

/**
 * Records a call's attempts. With a policy that retries what may have been billed, an earlier attempt may have been
 * billed too.
 */
export class Attempts {
  /** Attempts that may have been billed and that were retried. */
  private readonly lost: Array<Attempt> = []
  /** The calls that a layer below makes in place of this one, with their places. */
  private readonly calls: Array<Attempts> = []
  /** The latest attempt, if there was one. */
  private latest: Attempt | undefined
  /** Whether the latest attempt is that of another caller, who shares it. */
  private isShared = false

  constructor(private readonly call: Call) {
    this.latest = call.isTold ? undefined : untold
  }

  /** The call's options, with this record listening to its attempts. */
  listen = (options?: RequestOptions): RequestOptions => withListener(this.listener, options)

  /** What a call with an answer cost. `idInAnswer` is for a server whose heads name no generation. */
  outcomeOfAnswer = (answer: Bill, reservedUsd: number, idInAnswer?: string): Outcome => {
    const outcome = outcomeOfAnswer(answer, reservedUsd, this.call.countsUpstream, this.findOpen)
    return this.whole({ ...outcome, unknown: [...outcome.unknown, ...this.failed] }, reservedUsd, idInAnswer)
  }

  /** What a call without an answer cost. */
  outcomeOfCause = (cause: Cause.Cause<GenerateStreamError>, reservedUsd: number): Outcome =>
    this.whole(this.outcomeOfFailure(failureIn(cause), reservedUsd), reservedUsd)

  /** With what earlier attempts may have cost. */
  private whole(outcome: Outcome, reservedUsd: number, idInAnswer?: string): Outcome {
    const generationId = this.latest?.generationId ?? idInAnswer
    return {
      ...outcome,
      generationId,
      unknown: [
        ...outcome.unknown.map((one) => ({ generationId, ...one })),
        ...this.lost.map(({ generationId }) => ({ generationId })),
        ...this.calls.flatMap((call) => call.lost.map((one) => this.openShare(call, one, reservedUsd)))
      ]
    }
  }

  private outcomeOfFailure(error: GenerateStreamError | undefined, reservedUsd: number): Outcome {
    if (error?.billing === "notBilled") return { spentUsd: 0, unknown: this.failed }
    if (error === undefined || this.calls.length > 0) return { spentUsd: 0, unknown: this.openOf(reservedUsd) }
    if (this.isShared) return free
    return error.billing === "billed"
      ? { spentUsd: reservedUsd, isEstimate: true, unknown: [] }
      : { spentUsd: 0, unknown: [{}] }
  }

  /** The latest attempt, where its own failure says that it may have been billed. */
  private get failed(): ReadonlyArray<Unknown> {
    const { latest } = this
    return latest !== undefined && failureOfAttempt(latest) !== undefined && mayHaveCost(latest) ? [{}] : []
  }

  /** The latest attempts that may have been billed: interruption and defects leave that open where one is in flight. */
  private openOf(reservedUsd: number): ReadonlyArray<Unknown> {
    return [
      ...(this.isOpen ? [{}] : []),
      ...this.calls.filter(({ isOpen }) => isOpen).map((call) => this.openShare(call, call.latest, reservedUsd))
    ]
  }

  private get isOpen(): boolean {
    return this.latest !== undefined && mayHaveCost(this.latest)
  }

  /** A call that died tells neither what it cost nor its generation. The cost of a shared one is another's. */
  private readonly findOpen: FindOpen = (call, index) => {
    const record = this.calls.filter(({ call }) => call.part.index === index).at(-1)
    if (record === undefined) return call
    const isDead = call.error === undefined && call.pictures.length === 0
    if (record.isShared || (isDead && !record.isOpen)) return undefined
    return { generationId: call.generationId ?? record.latest?.generationId }
  }

  /** An attempt of a call in place of this one, which has its share of the reservation. */
  private openShare({ call }: Attempts, attempt: Attempt | undefined, reservedUsd: number): Unknown {
    const { calls, pictures } = call.part
    return { generationId: attempt?.generationId, usd: shareOf(reservedUsd, pictures, this.call.part.pictures, calls) }
  }

  private get listener(): Listener {
    const { onNamed } = this.call
    return {
      onSend: Effect.sync(() => this.begin()),
      onGenerationId: (generationId) =>
        Effect.suspend(() => {
          if (this.isShared) return Effect.void
          this.latest = { ...this.latest, generationId }
          return onNamed(generationId)
        }),
      onAttemptEnd: (exit) =>
        Effect.suspend(() => {
          if (this.isShared || this.latest?.exit !== undefined) return Effect.void
          const isNamed = this.latest?.generationId !== undefined
          this.end(exit)
          return isNamed && Exit.isFailure(exit) ? onNamed(undefined) : Effect.void
        }),
      onTakeOver: (attempt) =>
        Effect.suspend(() => {
          this.latest = attempt
          this.isShared = attempt === undefined
          return onNamed(
            attempt?.exit === undefined || Exit.isSuccess(attempt.exit) ? attempt?.generationId : undefined
          )
        }),
      fork: (part) => this.fork(part)
    }
  }

  /** A ledger knows one generation of a reservation. That of one call must not stand for all of them. */
  private fork(part: Part): Listener {
    const call = new Attempts({ ...this.call, part, onNamed: () => Effect.void })
    this.calls.push(call)
    if (!this.call.isTold) this.latest = undefined
    return call.listener
  }

  private begin(): void {
    const { latest } = this
    const isKnown = latest === undefined || latest === untold || (latest.exit && Exit.isSuccess(latest.exit))
    // One that has not ended was given up by a layer below.
    if (!isKnown && mayHaveCost(latest)) this.lost.push(latest)
    this.latest = {}
    this.isShared = false
  }

  private end(exit: Exit.Exit<void, OpenRouterError>): void {
    const error = failureOfAttempt({ exit })
    this.latest = { exit, generationId: this.latest?.generationId ?? (error && generationIdIn(error)) }
  }
}
