import { describe, expect, it } from "@effect/vitest"
import type { Entry } from "../../../src/commands/gallery/Entry.js"
import * as Words from "../../../src/commands/gallery/Words.js"

const entry: Entry = {
  ...{ file: "a.png", mediaType: "image/png", byteSize: 1200, dimensions: undefined, prompt: undefined },
  ...{
    model: undefined,
    parameters: [],
    deviation: undefined,
    costUsd: 0.04,
    generationId: undefined,
    emulated: false,
    again: undefined
  },
  created: undefined
}
const unknown = { ...entry, costUsd: undefined }
const at = (...days: ReadonlyArray<string>) => days.map((day) => ({ ...entry, created: Date.parse(day) / 1000 }))

describe("the words of a gallery", () => {
  it("title it by the number of pictures and their days", () => {
    expect(Words.title([entry])).toBe("1 picture")
    expect(Words.title([...at("2026-11-25T23:59:59Z"), entry])).toBe("2 pictures, 25 November 2026")
    expect(Words.title(at("2026-11-25", "2026-11-03"))).toBe("2 pictures, 3 to 25 November 2026")
    expect(Words.title(at("2026-10-25", "2026-11-25"))).toBe("2 pictures, 25 October to 25 November 2026")
    expect(Words.title(at("2025-12-30", "2026-01-02"))).toBe("2 pictures, 30 December 2025 to 2 January 2026")
    expect(Words.title([{ ...entry, created: 1e300 }])).toBe("1 picture")
  })

  it("add up what is known of the costs, and say of how many it is not", () => {
    expect(Words.summary([entry, entry])).toBe("2 pictures, $0.08")
    expect(Words.summary([entry, unknown])).toBe("2 pictures, $0.04; the cost of 1 is unknown")
    expect(Words.summary([unknown])).toBe("1 picture, cost unknown")
  })

  it("never add dollars of the emulator to those that were paid", () => {
    const emulated = { ...entry, emulated: true }
    expect(Words.costs([emulated, emulated])).toBe("$0.08 (emulated: nothing is billed)")
    expect(Words.costs([entry, emulated, unknown])).toBe(
      "$0.04, and $0.04 (emulated: nothing is billed); the cost of 1 is unknown"
    )
    expect(Words.costs([{ ...emulated, costUsd: undefined }])).toBe("emulated: nothing is billed")
  })
})
