import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Emulator } from "effect-openrouter-images-emulator"
import { quote, range } from "../../../src/commands/catalog/Quote.js"
import * as ExitCode from "../../../src/failure/ExitCode.js"
import type { RequestOptions } from "../../../src/options/RequestOptions.js"
import { Environment, heard, sent, small, terminalOf } from "../../support/emulated.js"

const options = { ...small, size: undefined, json: false }

const quoted = (more: Partial<RequestOptions> & { readonly json?: boolean }) => heard(quote({ ...options, ...more }))

describe("quote", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.effect("says from what to what a request may cost, why, and line by line how that comes about", () =>
      Effect.gen(function* () {
        const { stderr, stdout } = yield* quoted({ n: 2 })
        expect(stdout.join("\n").split("\n")).toEqual([
          "cost  from $0.04 to $0.12",
          "why   - 2 endpoints of bytedance-seed/seedream-5-lite may serve it, at different prices",
          "      - fewer than 2 pictures may come back",
          "      - no size is given, and BytePlus offers 1K, 2K, 4K",
          "",
          "PROVIDER  BILLABLE      UNIT   QUANTITY  PRICE   VARIANT",
          "Seed      output image  image  1 to 2    $0.04   -",
          "BytePlus  output image  image  0 to 2    $0.045  -",
          "BytePlus  output image  image  0 to 2    $0.06   4k"
        ])
        expect(stderr).toBe("")
      })
    )

    it.effect("says one price where it is certain", () =>
      Effect.gen(function* () {
        const { stdout } = yield* quoted({ model: "krea/krea-2" })
        expect(stdout.join("\n")).toBe(
          [
            "cost  $0.01",
            "",
            "PROVIDER  BILLABLE      UNIT     QUANTITY  PRICE  VARIANT",
            "Krea      output image  request  1         $0.01  -"
          ].join("\n")
        )
      })
    )

    it.effect("has the prices of tokens by the million, and quantities in full", () =>
      Effect.gen(function* () {
        const { stdout } = yield* quoted({ model: "openai/gpt-image-1", seed: undefined })
        expect(stdout.join("\n")).toMatch(/^Azure +output image +token +\d+ to \d,\d{3} +\$40 \/ M +-$/m)
      })
    )

    it.effect("sends nothing but questions to the catalogue", () =>
      Effect.gen(function* () {
        yield* quoted({})
        const emulator = yield* Emulator.Emulator
        expect(yield* sent).toBe(0)
        expect(yield* emulator.ledger).toEqual([])
      })
    )

    it.effect("is JSON with --json, whose numbers are those of the table", () =>
      Effect.gen(function* () {
        const { stdout } = yield* quoted({ json: true })
        const [json = ""] = stdout
        expect(JSON.parse(json)).toMatchObject({ minUsd: 0.04, maxUsd: 0.06, exact: false })
        expect(JSON.parse(json).lines[0]).toMatchObject({ costUsd: 0.04, quantity: { min: 1, max: 1 } })
      })
    )

    it.effect("fits a terminal", () =>
      Effect.gen(function* () {
        const { stdout } = yield* Effect.provide(quoted({ n: 2 }), terminalOf([], 60))
        for (const line of stdout.join("\n").split("\n")) expect(line.length).toBeLessThanOrEqual(60)
      })
    )

    it.effect("refuses what no endpoint takes, in the words of the command", () =>
      Effect.gen(function* () {
        const failure = yield* Effect.flip(quote({ ...options, model: "krea/krea-2", resolution: "4K" }))
        expect([failure._tag, ExitCode.of(failure)]).toEqual(["InvalidRequestError", 2])
      })
    )
  })

  it("says that no upper bound is known", () => {
    const unknown = { minUsd: 0.01, maxUsd: Number.POSITIVE_INFINITY, exact: false, lines: [], reasons: [] }
    expect(range(unknown)).toBe("from $0.01, and no upper bound is known")
  })
})
