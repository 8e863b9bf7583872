import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import { GeneratedImage } from "effect-openrouter-images"
import * as Report from "../../../src/commands/generate/Report.js"
import { strip } from "../../../src/terminal/Color.js"

const svg = GeneratedImage.make(
  new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg' width='8' height='4'/>")
)

/** The texts without their colours. */
const plain = {
  picture: (...of: Parameters<typeof Report.picture>) => strip(Report.picture(...of)),
  summary: (...of: Parameters<typeof Report.summary>) => strip(Report.summary(...of))
}

const report: Report.Summary = {
  response: {
    created: 0,
    data: [svg],
    usage: { promptTokens: 1, completionTokens: 1, totalTokens: 2, cost: 0.04 },
    generationId: "gen-1"
  },
  model: "author/slug",
  asked: 1,
  took: Duration.millis(12_340),
  emulated: false
}

describe("report", () => {
  it("says what a picture is", () => {
    expect(plain.picture(svg, 0, 1)).toBe("picture     image/svg+xml, 8 x 4 pixels, 62 B")
  })

  it("numbers several pictures, and admits a size that it cannot tell", () => {
    const blob = GeneratedImage.make(new Uint8Array(1500), "image/x-new")
    expect(plain.picture(blob, 1, 2)).toBe("picture 2   image/x-new, unknown size, 1.5 kB")
  })

  it("says what the generation cost, by whom it was made, how long it took and what its id is", () => {
    expect(plain.summary(report)).toBe(
      ["cost        $0.04", "model       author/slug", "time        12.3 s", "generation  gen-1"].join("\n")
    )
  })

  it("adds to the cost what a provider charges for a key of your own", () => {
    const usage = { promptTokens: 1, completionTokens: 1, totalTokens: 2, cost: 0, isByok: true }
    const own = { ...report.response, usage: { ...usage, costDetails: { upstreamInferenceCost: 0.036 } } }
    expect(plain.summary({ ...report, response: own })).toContain("cost        $0.036")
    const unsaid = { ...report.response, usage }
    expect(plain.summary({ ...report, response: unsaid })).toContain("cost        unknown")
  })

  it("does not make up a cost or an id that the answer lacks", () => {
    const text = plain.summary({ ...report, response: { created: 0, data: [svg] } })
    expect(text).toContain("cost        unknown")
    expect(text).toContain("generation  unknown")
  })

  it("has the line that asks for the cost where the answer names its generation and no cost", () => {
    const response = { created: 0, data: [svg], generationId: "gen-1" }
    const text = plain.summary({ ...report, response })
    expect(text.split("\n")[0]).toBe("cost        unknown; the line below asks for it")
    expect(text.split("\n").at(-1)).toBe("openrouter-images cost gen-1 --wait")
    expect(plain.summary({ ...report, response, emulated: true })).not.toContain("openrouter-images")
  })

  it("says when fewer pictures came than were asked for", () => {
    expect(plain.summary({ ...report, asked: 3 })).toContain("pictures    1 of the 3 that were asked for")
  })

  it("says that nothing is billed by the emulator", () => {
    expect(plain.summary({ ...report, emulated: true })).toContain("cost        $0.04 (emulated: nothing is billed)")
  })
})
