import { describe, expect, it } from "@effect/vitest"
import { FastCheck } from "effect"
import * as Turns from "../../../src/internal/items/turns.js"

const job = (name: string, priority = 1, isPaused = false): Turns.WaitingJob => ({ job: name, priority, isPaused })

const placesOf = (turns: ReadonlyArray<Turns.Turn>) =>
  Object.fromEntries(turns.map(({ items, job }) => [job.job, items]))

describe("jobs that wait", () => {
  it("share the places by their priorities", () => {
    expect(placesOf(Turns.make().next([job("one"), job("three", 3)], 8))).toEqual({ one: 2, three: 6 })
  })

  it("share them also where each look has one place", () => {
    const turns = Turns.make()
    const got = { small: 0, large: 0 }
    for (let i = 0; i < 90; i++) {
      for (const { job: next } of turns.next([job("small"), job("large", 2)], 1)) got[next.job as "small"] += 1
    }
    expect(got).toEqual({ small: 30, large: 60 })
  })

  it("make up for nothing when they come back", () => {
    const turns = Turns.make()
    for (let i = 0; i < 50; i++) turns.next([job("early")], 4)
    expect(placesOf(turns.next([job("early"), job("late")], 10))).toEqual({ early: 5, late: 5 })
  })

  it("have one place while they are paused", () => {
    expect(placesOf(Turns.make().next([job("paused", 9, true), job("other")], 5))).toEqual({ paused: 1, other: 4 })
    expect(placesOf(Turns.make().next([job("paused", 9, true)], 5))).toEqual({ paused: 1 })
  })

  it("are none of them left out for long, and use every place", () => {
    const priorities = FastCheck.array(FastCheck.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 8 })
    FastCheck.assert(
      FastCheck.property(priorities, FastCheck.integer({ min: 1, max: 12 }), (given, places) => {
        const jobs = given.map((priority, i) => job(String(i), priority))
        const total = given.reduce((sum, priority) => sum + priority, 0)
        const turns = Turns.make()
        const got = new Map<string, number>()
        const looks = 40
        for (let look = 0; look < looks; look++) {
          const next = turns.next(jobs, places)
          expect(next.reduce((sum, { items }) => sum + items, 0)).toBe(places)
          for (const { items, job } of next) got.set(job.job, (got.get(job.job) ?? 0) + items)
        }
        for (const { job: name, priority } of jobs) {
          expect(Math.abs((got.get(name) ?? 0) - (looks * places * priority) / total)).toBeLessThanOrEqual(jobs.length)
        }
      })
    )
  })
})
