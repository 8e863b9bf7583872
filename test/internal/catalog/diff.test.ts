import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { Catalog, type ImagesSchema } from "effect-openrouter-images"
import { Catalogue } from "effect-openrouter-images-emulator"
import { catalogue, endpoint, entry, perPicture } from "../../support/catalogues.js"

const model = "krea/krea-2"
const fault = { path: ["data", 0, "name"], message: "must be a text" }
const unreadable = { path: ["pricing", 0, "cost_usd"], message: "must be US dollars" }

type Endpoint = ImagesSchema.ImageEndpoint

/** What changed at one endpoint, without the parts that say which one it is. */
const atEndpoint = (before: Partial<Endpoint>, after: Partial<Endpoint>) =>
  Catalog.diff(
    catalogue(entry(model, endpoint("Krea", [perPicture(0.04)], before))),
    catalogue(entry(model, endpoint("Krea", [perPicture(0.04)], after)))
  ).map((change) => {
    if (!("endpoint" in change)) return change
    const { endpoint, model: _, ...rest } = change
    expect(endpoint.providerName).toBe("Krea")
    return rest
  })

const tokens = (billable: "input_text" | "output_image", costUsd: number) =>
  ({ billable, unit: "token", costUsd }) as const
const picture = { billable: "output_image", unit: "image" } as const

describe("the difference of two catalogues", () => {
  it("is nothing between equal ones, whatever their order", () => {
    const all = Catalogue.catalogue.map(({ endpoints, model }) => ({ endpoints, model }))
    expect(Catalog.diff(catalogue(...all), catalogue(...all))).toEqual([])
    const backwards = [...all].reverse().map(({ endpoints, model }) => ({ model, endpoints: [...endpoints].reverse() }))
    expect(Catalog.diff(catalogue(...all), catalogue(...backwards))).toEqual([])
  })

  it("names models and endpoints that are new or gone", () => {
    const [a, b, c] = [entry("a/a"), entry("b/b"), entry("c/c")]
    expect(Catalog.diff(catalogue(a, b), catalogue(c, b))).toEqual([
      { _tag: "NewModel", model: "c/c", entry: c },
      { _tag: "GoneModel", model: "a/a", entry: a }
    ])
    const [one, other] = [endpoint("One", []), endpoint("Other", [])]
    expect(Catalog.diff(catalogue(entry(model, one)), catalogue(entry(model, other)))).toEqual([
      { _tag: "NewEndpoint", model, endpoint: other },
      { _tag: "GoneEndpoint", model, endpoint: one }
    ])
  })

  it("says of nothing that it is gone when a part of the answer could not be read", () => {
    const [one, other] = [endpoint("One", []), endpoint("Other", [])]
    expect(Catalog.diff(catalogue(entry(model, one)), { ...catalogue(), faults: [fault] })).toEqual([])
    const partly = { ...entry(model, one), faults: [fault] }
    expect(Catalog.diff(catalogue(entry(model, one, other)), catalogue(partly))).toEqual([])
  })

  it("tells endpoints of one provider apart by their tags", () => {
    const [global, europe] = ["google/global", "google/europe"].map((providerTag) =>
      endpoint("Google", [perPicture(0.04)], { providerTag })
    )
    if (global === undefined || europe === undefined) throw new Error("two endpoints")
    const dearer = { ...europe, pricing: [perPicture(0.05)] }
    expect(Catalog.diff(catalogue(entry(model, global, europe)), catalogue(entry(model, dearer, global)))).toEqual([
      { _tag: "Dearer", model, endpoint: dearer, ...picture, beforeUsd: 0.04, afterUsd: 0.05 }
    ])
  })
})

describe("a price", () => {
  it.each<[string, Endpoint["pricing"], Endpoint["pricing"], ReadonlyArray<object>]>([
    [
      "is dearer",
      [perPicture(0.04)],
      [perPicture(0.05)],
      [{ _tag: "Dearer", ...picture, beforeUsd: 0.04, afterUsd: 0.05 }]
    ],
    [
      "is cheaper",
      [perPicture(0.04)],
      [perPicture(0)],
      [{ _tag: "Cheaper", ...picture, beforeUsd: 0.04, afterUsd: 0 }]
    ],
    [
      "gets a variant, which cost what the others did",
      [perPicture(0.04)],
      [perPicture(0.04), perPicture(0.08, "4k")],
      [{ _tag: "Dearer", ...picture, variant: "4k", beforeUsd: 0.04, afterUsd: 0.08 }]
    ],
    [
      "loses a variant, which costs what the others do",
      [perPicture(0.04), perPicture(0.08, "4k")],
      [perPicture(0.04)],
      [{ _tag: "Cheaper", ...picture, variant: "4k", beforeUsd: 0.08, afterUsd: 0.04 }]
    ],
    [
      "is asked for what cost nothing",
      [perPicture(0.04)],
      [perPicture(0.04), tokens("input_text", 0.000005)],
      [{ _tag: "Dearer", billable: "input_text", unit: "token", beforeUsd: 0, afterUsd: 0.000005 }]
    ],
    ["of nothing is as good as none", [perPicture(0.04)], [perPicture(0.04), tokens("input_text", 0)], []],
    [
      "goes by another unit: neither dearer nor cheaper",
      [perPicture(0.04)],
      [tokens("output_image", 0.00003)],
      [
        { _tag: "PriceKnown", billable: "output_image", unit: "token", afterUsd: 0.00003 },
        { _tag: "PriceUnknown", ...picture, beforeUsd: 0.04 }
      ]
    ],
    [
      "of several lines alike is compared from the cheapest on",
      [perPicture(0.06), perPicture(0.04)],
      [perPicture(0.04), perPicture(0.05)],
      [{ _tag: "Cheaper", ...picture, beforeUsd: 0.06, afterUsd: 0.05 }]
    ],
    ["is unknown now", [perPicture(0.04)], [], [{ _tag: "PriceUnknown", ...picture, beforeUsd: 0.04 }]],
    ["is known now", [], [perPicture(0.04)], [{ _tag: "PriceKnown", ...picture, afterUsd: 0.04 }]],
    [
      "that is no amount is unknown",
      [perPicture(0.04)],
      [perPicture(-1)],
      [{ _tag: "PriceUnknown", ...picture, beforeUsd: 0.04 }]
    ],
    ["that was never known stays so", [perPicture(Number.NaN)], [perPicture(Number.POSITIVE_INFINITY)], []]
  ])("%s", (_, before, after, changes) => {
    expect(atEndpoint({ pricing: before }, { pricing: after })).toEqual(changes)
  })

  it("that could not be read is unknown, and the others are compared", () => {
    const variants = [perPicture(0.04), perPicture(0.08, "4k")]
    expect(atEndpoint({ pricing: variants }, { pricing: [perPicture(0.03)], faults: [unreadable] })).toEqual([
      { _tag: "Cheaper", ...picture, beforeUsd: 0.04, afterUsd: 0.03 },
      { _tag: "PriceUnknown", ...picture, variant: "4k", beforeUsd: 0.08 }
    ])
    expect(atEndpoint({ pricing: [], faults: [unreadable] }, { pricing: [tokens("input_text", 1)] })).toEqual([
      { _tag: "PriceKnown", billable: "input_text", unit: "token", afterUsd: 1 }
    ])
  })
})

describe("a capability", () => {
  const values = (...all: ReadonlyArray<string>) => ({ type: "enum", values: all }) as const
  const yes = { type: "boolean" } as const

  it("comes, goes or changes, with what it was and is", () => {
    const before = { resolution: values("1K", "2K"), n: { type: "range", min: 1, max: 4 }, seed: yes } as const
    const after = { resolution: values("4K", "2K", "1K"), n: { type: "range", min: 1, max: 4 }, quality: yes } as const
    expect(atEndpoint({ supportedParameters: before }, { supportedParameters: after })).toEqual([
      { _tag: "CapabilityChanged", parameter: "resolution", before: before.resolution, after: after.resolution },
      { _tag: "CapabilityChanged", parameter: "quality", after: yes },
      { _tag: "CapabilityChanged", parameter: "seed", before: yes }
    ])
  })

  it("stays the same when its values are listed in another order", () => {
    expect(
      atEndpoint(
        { supportedParameters: { resolution: values("1K", "2K") } },
        { supportedParameters: { resolution: values("2K", "1K") } }
      )
    ).toEqual([])
  })

  it("is also to stream, and what is passed through", () => {
    expect(atEndpoint({ supportsStreaming: true }, { allowedPassthroughParameters: ["moderation"] })).toEqual([
      { _tag: "CapabilityChanged", parameter: "provider.options.moderation", after: yes },
      { _tag: "CapabilityChanged", parameter: "streaming", before: yes }
    ])
  })
})

describe("a snapshot", () => {
  it("is the same when it comes back from JSON", () => {
    const odd = { supportedParameters: { steps: { type: "unknown", descriptor: { type: "steps", by: 2 } } } } as const
    const snapshot: Catalog.Snapshot = {
      ...catalogue(
        {
          ...entry(model, endpoint("Krea", [perPicture(0.04, "4k")], { ...odd, faults: [unreadable] })),
          faults: [fault]
        },
        ...Catalogue.catalogue.map(({ endpoints, model }) => ({ endpoints, model }))
      ),
      faults: [fault]
    }
    const json = Schema.parseJson(Catalog.Snapshot)
    expect(Schema.decodeSync(json)(Schema.encodeSync(json)(snapshot))).toEqual(snapshot)
  })
})
