import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { endpoints } from "../../../src/commands/catalog/Endpoints.js"
import { models } from "../../../src/commands/catalog/Models.js"
import * as PriceRange from "../../../src/commands/catalog/PriceRange.js"
import * as ExitCode from "../../../src/failure/ExitCode.js"
import { Environment, heard } from "../../support/emulated.js"

type Options = Parameters<typeof models>[0]

const listed = (options: Partial<Options> = {}) =>
  Effect.map(
    heard(models({ sort: undefined, supports: [], maxPrice: undefined, json: false, ...options })),
    ({ stderr, stdout }) => ({ stderr, rows: stdout.join("\n").split("\n").slice(1), text: stdout.join("\n") })
  )

const idsOf = (rows: ReadonlyArray<string>): ReadonlyArray<string> => rows.map((row) => row.split(" ")[0] ?? "")

describe("models", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.effect("has the price of a picture for each, in the order of the API", () =>
      Effect.gen(function* () {
        const { rows } = yield* listed()
        // All but the one that nobody serves.
        expect(rows).toHaveLength(26)
        expect(rows[0]).toMatch(/^openai\/gpt-image-2 /)
        expect(rows[3]).toMatch(/^bytedance-seed\/seedream-4\.5 +\$0\.04 to \$0\.06 /)
      })
    )

    it.effect("says what a model supports, a range of one number as that number", () =>
      Effect.gen(function* () {
        const { text } = yield* listed()
        expect(text).toMatch(/^black-forest-labs\/flux\.2-pro .* n 1, reference 0-8, seed$/m)
        expect(text).not.toMatch(/\b(\d+)-\1\b/)
      })
    )

    it.effect("puts them in the order of name or price", () =>
      Effect.gen(function* () {
        const byName = idsOf((yield* listed({ sort: "name" })).rows)
        expect(byName).toEqual([...byName].sort((a, b) => a.localeCompare(b, "en")))
        const { text } = yield* listed({ sort: "price", json: true })
        const all: ReadonlyArray<{ readonly price: PriceRange.PriceRange | null }> = JSON.parse(text)
        const prices = all.map(({ price }) => price?.maxUsd ?? Number.POSITIVE_INFINITY)
        expect(prices).toEqual([...prices].sort((a, b) => a - b))
      })
    )

    it.effect("leaves out what does not take a parameter, or not the value", () =>
      Effect.gen(function* () {
        const all = yield* listed({ supports: ["resolution"] })
        const large = yield* listed({ supports: ["resolution=4K", "seed"] })
        expect(idsOf(large.rows)).toContain("bytedance-seed/seedream-4.5")
        expect(large.rows.length).toBeLessThan(all.rows.length)
        expect(idsOf((yield* listed({ supports: ["streaming"] })).rows)).toContain("openai/gpt-image-1")
        expect(idsOf((yield* listed({ supports: ["reference=16"] })).rows)).not.toContain("openai/gpt-image-1-mini")
      })
    )

    it.effect("counts the price with the values that are asked for", () =>
      Effect.gen(function* () {
        const model = "google/gemini-3-pro-image"
        expect(idsOf((yield* listed({ maxPrice: 0.2, supports: ["resolution=1K"] })).rows)).toContain(model)
        expect(idsOf((yield* listed({ maxPrice: 0.2, supports: ["resolution=4K"] })).rows)).not.toContain(model)
      })
    )

    it.effect("knows no parameter by the name of what every object has", () =>
      Effect.gen(function* () {
        for (const name of ["constructor", "toString", "__proto__"]) {
          expect((yield* listed({ supports: [name] })).stderr).toBe("no model fits")
          const { exit } = yield* heard(
            Effect.flip(models({ sort: undefined, supports: [`${name}=1`], maxPrice: undefined, json: false }))
          )
          expect(yield* exit).toMatchObject({
            _tag: "UsageError",
            problem: `--supports ${name}=1: it takes no such value.`
          })
        }
      })
    )

    it.effect("says where nothing fits, and what is wrong with a filter", () =>
      Effect.gen(function* () {
        expect(yield* listed({ supports: ["resolution=8K"] })).toMatchObject({ stderr: "no model fits", text: "" })
        for (const supports of ["n=many", "colour=red", "=4K", "resolution="]) {
          const options = { sort: undefined, supports: [supports], maxPrice: undefined, json: false }
          const failure = yield* Effect.flip(models(options))
          expect([failure._tag, ExitCode.of(failure)]).toEqual(["UsageError", 2])
        }
      })
    )

    it.effect("gives JSON for programs", () =>
      Effect.gen(function* () {
        const { text } = yield* listed({ json: true, supports: ["aspect-ratio=16:9"], maxPrice: 0.05 })
        const [first] = JSON.parse(text)
        expect(first).toMatchObject({ id: expect.any(String), supportedParameters: expect.any(Object) })
        expect(first.price.maxUsd).toBeLessThanOrEqual(0.05)
      })
    )
  })
})

describe("endpoints", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.effect("puts the cheaper first, or those whose names come first", () =>
      Effect.gen(function* () {
        const providers = (sort: "price" | "provider") =>
          Effect.map(heard(endpoints({ model: "bytedance-seed/seedream-4.5", sort, json: false })), ({ stdout }) =>
            idsOf(stdout.join("\n").split("\n").slice(1))
          )
        expect(yield* providers("price")).toEqual(["Seed", "BytePlus"])
        expect(yield* providers("provider")).toEqual(["BytePlus", "Seed"])
      })
    )

    it.effect("gives JSON for programs", () =>
      Effect.gen(function* () {
        const { stdout } = yield* heard(endpoints({ model: "krea/krea-2", sort: undefined, json: true }))
        expect(JSON.parse(stdout.join("\n"))).toMatchObject([
          { providerName: "Krea", price: { minUsd: 0.01, maxUsd: 0.01 } }
        ])
      })
    )
  })
})

describe("a range of prices", () => {
  it.each([
    [{ minUsd: 0.04, maxUsd: 0.04 }, "$0.04"],
    [{ minUsd: 0.04, maxUsd: 0.06 }, "$0.04 to $0.06"],
    [{ minUsd: 0.04, maxUsd: Number.POSITIVE_INFINITY }, "from $0.04"],
    [{ minUsd: 0, maxUsd: Number.POSITIVE_INFINITY }, "unknown"],
    [undefined, "unknown"]
  ])("says %j as %s", (range, text) => {
    expect(PriceRange.format(range)).toBe(text)
  })

  it("puts what has no price last", () => {
    const all = [
      undefined,
      { minUsd: 2, maxUsd: 2 },
      { minUsd: 1, maxUsd: Number.POSITIVE_INFINITY },
      { minUsd: 1, maxUsd: 1 }
    ]
    expect(
      [...all]
        .map((price) => ({ price }))
        .sort((a, b) => PriceRange.compare(a.price, b.price))
        .map(({ price }) => price)
    ).toEqual([all[3], all[1], all[2], undefined])
  })
})
