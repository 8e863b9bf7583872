/** What the record of all attempts at an item says about the item. */
import * as Data from "effect/Data"
import type { Billing } from "effect-openrouter-images/Errors"
import type { Made, Outcome } from "../../Generation.js"
import { worseBilling } from "./billing.js"
import { isFrequent } from "./schedule.js"

/** One attempt in the record. */
export interface Attempt {
  readonly round: number
  /** Absent where none was recorded. */
  readonly outcome: Outcome | undefined
  /** Whether its billing was unknown when it ended, or when it was given up. */
  readonly wasUnknown: boolean
  /** What was found out since: from the record of its generation, or because its answer came after all. */
  readonly settlement: "billed" | "notBilled" | "answered" | null
  readonly costUsd: number | undefined
  /** Whether its record is still asked for, to find out whether it was billed. */
  readonly isAwaited: boolean
  /** From the first question to the last one. */
  readonly askedForMillis: number
}

export interface Item {
  readonly state: string
  readonly round: number
  readonly isJobCancelled: boolean
}

/** What is to become of an item. */
export type Verdict = Data.TaggedEnum<{
  /** Nothing but its billing may change. */
  Stay: object
  /** Its pictures came after all. */
  Finish: { readonly made: Made }
  /** It is sent again: it cost nothing. */
  SendAgain: object
  /** It stays failed, and nothing that is still to come holds up the job. */
  Fail: object
}>
export const Verdict = Data.taggedEnum<Verdict>()

/** How often an item is sent again by itself. One that fails so each time would go on for ever. */
const maxResends = 3

/** An attempt that is under way has none yet. */
const billingOf = ({ outcome, settlement, wasUnknown }: Attempt): Billing | undefined => {
  if (settlement === "billed" || settlement === "notBilled") return settlement
  if (outcome === undefined) return wasUnknown ? "unknown" : undefined
  return outcome._tag === "Made" ? "billed" : outcome.error.billing
}

/** What all attempts that have ended may have cost; `undefined` where there are none. */
export const billingOfAll = (attempts: ReadonlyArray<Attempt>): Billing | undefined =>
  attempts
    .flatMap((attempt) => billingOf(attempt) ?? [])
    .reduce<Billing | undefined>((all, each) => (all === undefined ? each : worseBilling(all, each)), undefined)

/** What the settled attempts cost together; `undefined` where none was billed. */
export const settledCost = (attempts: ReadonlyArray<Attempt>): number | undefined => {
  const costs = attempts.flatMap(({ costUsd }) => costUsd ?? [])
  return costs.length === 0 ? undefined : costs.reduce((sum, cost) => sum + cost, 0)
}

const isProvedFree = (attempt: Attempt): boolean => attempt.wasUnknown && billingOf(attempt) === "notBilled"

/** Whether nothing but a call that turned out to be free stands between the item and another try. */
const maySendAgain = ({ round }: Item, attempts: ReadonlyArray<Attempt>): boolean => {
  const last = attempts.filter((attempt) => attempt.round === round).at(-1)
  return (
    last !== undefined &&
    isProvedFree(last) &&
    billingOfAll(attempts) === "notBilled" &&
    attempts.filter(isProvedFree).length <= maxResends
  )
}

const isAwaitedSoon = ({ askedForMillis, isAwaited }: Attempt): boolean => isAwaited && isFrequent(askedForMillis)

/**
 * The attempts are in the order in which they were made. An item that is done, or that somebody works at, stays as it
 * is. A picture that is there ends everything else.
 */
export const verdictOn = (item: Item, attempts: ReadonlyArray<Attempt>): Verdict => {
  const made = attempts.flatMap(({ outcome }) => (outcome?._tag === "Made" ? [outcome] : []))[0]
  switch (item.state) {
    case "waiting":
    case "cancelled":
      return made === undefined ? Verdict.Stay() : Verdict.Finish({ made })
    case "failed":
    case "unsettled":
      if (made !== undefined) return Verdict.Finish({ made })
      if (maySendAgain(item, attempts)) return Verdict.SendAgain()
      return item.state === "unsettled" && !item.isJobCancelled && attempts.some(isAwaitedSoon)
        ? Verdict.Stay()
        : Verdict.Fail()
    case "undecided":
      if (made !== undefined) return Verdict.Fail()
      if (maySendAgain(item, attempts)) return Verdict.SendAgain()
      return billingOfAll(attempts) === "unknown" ? Verdict.Stay() : Verdict.Fail()
    default:
      return Verdict.Stay()
  }
}
