import { describe, expect, it } from "@effect/vitest"
import { FastCheck } from "effect"
import { firstPauseMillis, isFrequent, pauseAfter } from "../../../src/internal/settlement/schedule.js"

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** When each question is asked, after the first one. */
const times = (): ReadonlyArray<number> => {
  const all = [0]
  for (let at = 0; ; ) {
    const pause = pauseAfter(at)
    if (pause === undefined) return all
    at += pause
    all.push(at)
  }
}

describe("the times of the questions", () => {
  it("grow apart for twelve minutes, then come every five for an hour, then daily for a week", () => {
    const all = times()
    const between = (from: number, to: number) => all.filter((at) => at >= from && at < to).length
    expect(firstPauseMillis).toBe(20 * second)
    expect(all.slice(0, 8).map((at) => Math.round(at / second))).toEqual([0, 20, 40, 60, 90, 135, 203, 304])
    expect(between(0, 12.5 * minute)).toBe(11)
    expect(between(12.5 * minute, hour)).toBe(10)
    expect(between(hour, 8 * day)).toBe(8)
    expect(all.at(-1)).toBeGreaterThanOrEqual(7 * day)
  })

  it("never grow closer, nor are asked for ever", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.double({ min: -day, max: 30 * day, noNaN: true }), (elapsed) => {
        const pause = pauseAfter(elapsed)
        expect(pause === undefined).toBe(elapsed >= 7 * day)
        if (pause === undefined) return
        expect(pause).toBeGreaterThanOrEqual(firstPauseMillis)
        expect(pause).toBeLessThanOrEqual(day)
        expect(pauseAfter(elapsed + pause) ?? day).toBeGreaterThanOrEqual(pause)
        // Whoever waits for a frequent question waits five minutes at most
        if (isFrequent(elapsed)) expect(pause).toBeLessThanOrEqual(5 * minute)
      })
    )
  })
})
