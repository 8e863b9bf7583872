import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as ProgressText from "../../../src/commands/job/ProgressText.js"
import { linesOf } from "../../../src/commands/job/Watch.js"

const progress = {
  ...{ job: "animals", total: 50, waiting: 33, running: 4, undecided: 0, done: 12, failed: 1, cancelled: 0 },
  ...{
    unknown: 0,
    pictures: 12,
    spentUsd: 0.48,
    emulatedUsd: 0,
    reservedUsd: 0,
    limitUsd: undefined,
    submitting: false
  },
  unsettled: 0,
  paused: undefined,
  settlements: {
    waiting: { attempts: 0, minUsd: 0, maxUsd: 0 },
    billed: { attempts: 0, costUsd: 0 },
    unknown: { attempts: 0, minUsd: 0, maxUsd: 0 }
  },
  finished: false
}
const pace = { picturesPerMinute: 31.4, remaining: Duration.seconds(74) }
const target = { _tag: "File", path: "jobs.db", typed: undefined } as const

describe("how far a job is", () => {
  it("is said in a line, without what there is none of", () => {
    expect(ProgressText.format({ ...progress, ...pace })).toBe(
      "12 of 50 done, 1 failed, 4 running, 33 waiting, $0.48, 31 a minute, 1 min 14 s left"
    )
    const ended = { ...progress, waiting: 0, running: 0, done: 48, failed: 2, unknown: 1, limitUsd: 5, finished: true }
    expect(ProgressText.format({ ...ended, ...pace })).toBe("48 of 50 done, 2 failed (1 perhaps billed), $0.48 of $5")
  })

  it("marks what the emulator has said, and nothing else", () => {
    const spent = (money: Partial<typeof progress>) => ProgressText.spending({ ...progress, ...money })
    expect(spent({ emulatedUsd: 0.48 })).toBe("$0.48 (emulated)")
    expect(spent({ spentUsd: 0.1 + 0.2, emulatedUsd: 0.3 })).toBe("$0.30 (emulated)")
    expect(spent({ emulatedUsd: 0.04 })).toBe("$0.48 ($0.04 emulated)")
    expect(spent({ spentUsd: 0, emulatedUsd: 0 })).toBe("$0")
    expect(ProgressText.spending({ ...progress, emulatedUsd: 0.48, limitUsd: 5 })).toBe("$0.48 of $5 (emulated)")
  })

  it("names what waits for somebody, and a submission that is not whole", () => {
    expect(ProgressText.format({ ...progress, undecided: 3, unsettled: 1, cancelled: 2, submitting: true })).toBe(
      "12 of 50 done, 1 failed, 2 cancelled, 3 undecided, 1 unsettled, 4 running, 33 waiting, $0.48, not fully submitted"
    )
  })

  it("is a table with a bar in a terminal, and a hint where nothing goes on", () => {
    expect(linesOf(target, { ...progress, ...pace }, 0)(80).join("\n")).toBe(
      `JOB      DONE      FAILED  RUNNING  WAITING  SPENT  A MINUTE  LEFT
animals  12 of 50  1       4        33       $0.48  31        1 min 14 s

██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░ 13 of 50 (26 %)`
    )
    expect(linesOf(target, { ...progress, ...pace, submitting: true }, 0)(80).join("\n")).toContain("12 of 50+")
    const still = { ...progress, ...pace, running: 0 }
    expect(linesOf(target, still, 10_000)(80).join("\n")).toContain("openrouter-images job worker")
    expect(linesOf(target, still, 0)(80).join("\n")).not.toContain("job worker")
    const settling = linesOf(target, { ...progress, ...pace, running: 0, waiting: 0, unsettled: 2 }, 0)(120).join(" ")
    expect(settling).toContain("UNSETTLED")
    expect(settling).toContain("2 may have been billed; a worker asks what they cost")
    const asked = linesOf(target, { ...progress, ...pace, undecided: 2 }, 0)(80).join(" ")
    expect(asked.replaceAll(/\s+/g, " ")).toContain("2 wait for a decision: openrouter-images job status animals")
  })

  it.each([24, 40, 60, 80, 200])("fits into %d columns", (columns) => {
    for (const line of linesOf(target, { ...progress, ...pace, undecided: 2 }, 10_000)(columns)) {
      // Words of a command are not broken.
      if (!line.includes("openrouter-images")) expect(Array.from(line).length, line).toBeLessThan(columns)
    }
  })

  it("is for programs what the library says, with the time in seconds", () => {
    expect(ProgressText.document({ ...progress, ...pace })).toMatchObject({
      job: "animals",
      done: 12,
      remainingSeconds: 74
    })
    expect(ProgressText.document({ ...progress, picturesPerMinute: 0, remaining: undefined })).not.toHaveProperty(
      "remaining"
    )
  })
})
