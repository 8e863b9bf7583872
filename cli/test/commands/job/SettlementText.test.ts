import { describe, expect, it } from "@effect/vitest"
import * as SettlementText from "../../../src/commands/job/SettlementText.js"

const none = {
  waiting: { attempts: 0, minUsd: 0, maxUsd: 0 },
  billed: { attempts: 0, costUsd: 0 },
  unknown: { attempts: 0, minUsd: 0, maxUsd: 0 }
}

const some = {
  waiting: { attempts: 2, minUsd: 0.08, maxUsd: 0.09 },
  billed: { attempts: 1, costUsd: 0.04 },
  unknown: { attempts: 1, minUsd: 0, maxUsd: undefined }
}

describe("calls that may have been billed", () => {
  it("are told in groups, with what they cost or may have cost", () => {
    expect(SettlementText.rows(none, false)).toEqual([])
    expect(SettlementText.rows(some, false)).toEqual([
      [
        "unsettled",
        "2 calls may have been billed ($0.08 to $0.09); workers ask what they cost, for a week at most, and send again what was free"
      ],
      ["settled", "1 call gave no picture and was billed: $0.04"],
      [
        "unknown",
        "1 call may have been billed (cost unknown); the answer named no generation, or no record appeared within a week"
      ]
    ])
  })

  it("are marked where nobody paid for what was billed", () => {
    expect(SettlementText.rows(some, true)[1]?.[1]).toMatch(/ billed: \$0\.04 \(emulated: nothing is billed\)$/)
  })

  it("of several jobs are added up, and a cost that is not known stays so", () => {
    expect(SettlementText.total([])).toEqual(none)
    expect(SettlementText.total([some, none, some])).toEqual({
      waiting: { attempts: 4, minUsd: 0.16, maxUsd: 0.18 },
      billed: { attempts: 2, costUsd: 0.08 },
      unknown: { attempts: 2, minUsd: 0, maxUsd: undefined }
    })
  })
})
