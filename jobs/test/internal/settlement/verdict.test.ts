import { describe, expect, it } from "@effect/vitest"
import { FastCheck } from "effect"
import type { Billing } from "effect-openrouter-images/Errors"
import { JobErrors } from "effect-openrouter-images-jobs"
import type { Outcome } from "../../../src/Generation.js"
import { type Attempt, billingOfAll, verdictOn } from "../../../src/internal/settlement/verdict.js"

const { array, boolean, constant, constantFrom, integer, nat, oneof, record } = FastCheck

const failed = (billing: Billing): Outcome => {
  switch (billing) {
    case "notBilled":
      return { _tag: "Failed", error: new JobErrors.CancelledError({ job: "any" }), pictures: [] }
    case "billed":
      return { _tag: "Failed", error: new JobErrors.PictureLostError({ description: "full" }), pictures: [] }
    case "unknown":
      return {
        _tag: "Failed",
        error: new JobErrors.OutcomeUnknownError({ item: "any/0", attempt: 1, begunAt: 0 }),
        pictures: []
      }
  }
}

const made: Outcome = { _tag: "Made", generation: { pictures: [], created: 1 } }

const hour = 3_600_000

const anyAttempt: FastCheck.Arbitrary<Attempt> = record({
  round: nat(2),
  outcome: oneof(
    constant(undefined),
    constant(made),
    constantFrom<Billing>("notBilled", "billed", "unknown").map(failed)
  ),
  wasUnknown: boolean(),
  settlement: constantFrom("billed" as const, "notBilled" as const, "answered" as const, null),
  costUsd: constant(undefined),
  isAwaited: boolean(),
  askedForMillis: integer({ min: 0, max: 2 * hour })
})

const anyAttempts = array(anyAttempt, { maxLength: 6 }).map((all) =>
  all.sort(({ round: one }, { round: other }) => one - other)
)

const anyItem = record({
  state: constantFrom("waiting", "running", "undecided", "unsettled", "failed", "cancelled"),
  round: nat(2),
  isJobCancelled: boolean()
})

const assertAlways = (check: (item: Parameters<typeof verdictOn>[0], attempts: ReadonlyArray<Attempt>) => void) =>
  FastCheck.assert(FastCheck.property(anyItem, anyAttempts, check), { numRuns: 2_000 })

describe("the verdict on an item", () => {
  it("is to send it again only where it is proved that no attempt was billed", () => {
    assertAlways((item, attempts) => {
      if (verdictOn(item, attempts)._tag !== "SendAgain") return
      expect(billingOfAll(attempts)).toBe("notBilled")
      for (const { outcome, settlement, wasUnknown } of attempts) {
        const isProved =
          settlement === "notBilled" || (outcome?._tag === "Failed" && outcome.error.billing === "notBilled")
        // One that is under way has no end, and nobody has given it up
        expect(isProved || (outcome === undefined && !wasUnknown)).toBe(true)
      }
      expect(["failed", "unsettled", "undecided"]).toContain(item.state)
    })
  })

  it("is to take pictures that are there, unless somebody works at it", () => {
    assertAlways((item, attempts) => {
      const hasPictures = attempts.some(({ outcome }) => outcome?._tag === "Made")
      const verdict = verdictOn(item, attempts)._tag
      if (item.state === "running") expect(verdict).toBe("Stay")
      else if (hasPictures) expect(verdict).toBe(item.state === "undecided" ? "Fail" : "Finish")
      else expect(verdict).not.toBe("Finish")
    })
  })

  it("lets a job wait for an hour, and for none that was cancelled", () => {
    assertAlways((item, attempts) => {
      if (item.state !== "unsettled" || verdictOn(item, attempts)._tag !== "Stay") return
      expect(item.isJobCancelled).toBe(false)
      expect(attempts.some(({ askedForMillis, isAwaited }) => isAwaited && askedForMillis < hour)).toBe(true)
    })
  })

  it("is to send it again three times at most", () => {
    const free: Attempt = {
      ...{ round: 0, outcome: failed("unknown"), wasUnknown: true, settlement: "notBilled", costUsd: undefined },
      ...{ isAwaited: false, askedForMillis: 0 }
    }
    const verdictAfter = (count: number) =>
      verdictOn(
        { state: "unsettled", round: count - 1, isJobCancelled: false },
        Array.from({ length: count }, (_, round) => ({ ...free, round }))
      )._tag
    expect([1, 2, 3, 4].map(verdictAfter)).toEqual(["SendAgain", "SendAgain", "SendAgain", "Fail"])
  })
})
