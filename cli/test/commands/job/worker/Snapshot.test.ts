import { describe, expect, it } from "@effect/vitest"
import * as Snapshot from "../../../../src/commands/job/worker/Snapshot.js"

const settlements = {
  waiting: { attempts: 1, minUsd: 0.04, maxUsd: 0.045 },
  billed: { attempts: 2, costUsd: 0.08 },
  unknown: { attempts: 0, minUsd: 0, maxUsd: 0 }
}

const progressOf = (job: string, more: Partial<Snapshot.Snapshot["jobs"][number]> = {}) => ({
  ...{ job, total: 4, waiting: 0, running: 0, undecided: 0, done: 4, failed: 0, cancelled: 0, unknown: 0, pictures: 4 },
  ...{ spentUsd: 0.16, emulatedUsd: 0, reservedUsd: 0, limitUsd: undefined, submitting: false, finished: true },
  ...{ unsettled: 0, paused: undefined, settlements, ...more }
})

const open = { waiting: 3, running: 1, done: 0, finished: false }

const namesOf = (all: ReadonlyArray<{ readonly job: string }>) => all.map(({ job }) => job)

describe("what a worker says of the jobs", () => {
  it("leaves out those that had ended before it came, until they are opened again", () => {
    const first = Snapshot.take(Snapshot.begin(0), [progressOf("old"), progressOf("new", open)], 0, true)
    expect(namesOf(first.jobs)).toEqual(["new"])
    const second = Snapshot.take(first.history, [progressOf("old"), progressOf("new"), progressOf("short")], 1, false)
    expect(namesOf(second.jobs)).toEqual(["new", "short"])
    const third = Snapshot.take(second.history, [progressOf("old", open), progressOf("new")], 2, false)
    expect(namesOf(third.jobs)).toEqual(["old", "new"])
    expect(namesOf(third.changed)).toEqual(["old"])
  })

  it("tells what has changed, and how many more wait for a decision", () => {
    const first = Snapshot.take(Snapshot.begin(0), [progressOf("a", open), progressOf("b", open)], 0, true)
    expect(namesOf(first.changed)).toEqual(["a", "b"])
    const now = [progressOf("a", open), progressOf("b", { ...open, running: 0, undecided: 1 })]
    const second = Snapshot.take(first.history, now, 1, false)
    expect([namesOf(second.changed), second.newlyUndecided]).toEqual([["b"], 1])
    expect(Snapshot.take(second.history, now, 2, false)).toMatchObject({ changed: [], newlyUndecided: 0 })
  })

  it("is done when nothing waits or runs; a submission may bring more for a while", () => {
    const lookAt = (more: Partial<Snapshot.Snapshot["jobs"][number]>) =>
      Snapshot.take(Snapshot.begin(0), [progressOf("a", { finished: false, ...more })], 0, true)
    expect(Snapshot.isIdle(lookAt({ waiting: 1 }), 0)).toBe(false)
    expect(Snapshot.isIdle(lookAt({ running: 1 }), 100_000)).toBe(false)
    expect(Snapshot.isIdle(lookAt({ undecided: 1 }), 0)).toBe(true)
    expect(Snapshot.isIdle(lookAt({ unsettled: 1 }), 100_000)).toBe(false)
    expect(Snapshot.isIdle(lookAt({ submitting: true }), 10_000)).toBe(false)
    expect(Snapshot.isIdle(lookAt({ submitting: true }), 31_000)).toBe(true)
    expect(Snapshot.isIdle(Snapshot.take(Snapshot.begin(0), [], 0, true), 0)).toBe(true)
  })
})
