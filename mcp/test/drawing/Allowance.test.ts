import { describe, expect, it } from "@effect/vitest"
import type { Budget } from "effect-openrouter-images"
import { whenFits } from "../../src/drawing/Allowance.js"

const limit = { limitUsd: 1, window: 1000 }

const reservation = (usd: number, at: number, state: Budget.Reservation["state"]): Budget.Reservation => ({
  ...{ id: `${at}`, model: "a/b", usd, at, state }
})

describe("whenFits", () => {
  it("is when enough of what was spent has left the window", () => {
    const spent = [
      { usd: 0.3, at: 300 },
      { usd: 0.5, at: 100 },
      { usd: 0.2, at: 200 }
    ]
    expect(whenFits({ spent, reserved: [] }, limit, 0.4)).toBe(1100)
    expect(whenFits({ spent, reserved: [] }, limit, 0.6)).toBe(1200)
    expect(whenFits({ spent, reserved: [] }, limit, 1)).toBe(1300)
  })

  it("adds dollars without drift", () => {
    const spent = [
      { usd: 0.1, at: 1 },
      { usd: 0.2, at: 2 },
      { usd: 0.7, at: 3 }
    ]
    expect(whenFits({ spent, reserved: [] }, limit, 0.3)).toBe(1002)
  })

  it("counts what nobody knows yet, and waits for no call that runs", () => {
    const unknown = reservation(0.6, 100, "unknown")
    expect(whenFits({ spent: [], reserved: [unknown] }, limit, 0.5)).toBe(1100)
    const running = reservation(0.6, 100, "running")
    expect(whenFits({ spent: [], reserved: [running] }, limit, 0.5)).toBe(undefined)
  })

  it("is never for more than the whole limit", () => {
    expect(whenFits({ spent: [{ usd: 0.5, at: 1 }], reserved: [] }, limit, 1.5)).toBe(undefined)
  })
})
