import { describe, expect, it } from "@effect/vitest"
import { Either } from "effect"
import { check } from "../../src/requests/Checks.js"
import { costOf } from "../../src/requests/Price.js"

const model = "bytedance-seed/seedream-5-lite"

const answer = (body: unknown) => check(JSON.stringify(body))
const asked = (more: object) => answer({ model, prompt: "x", ...more })

/** What a refusal says, or that there was none. */
const refusal = (result: ReturnType<typeof check>): string =>
  Either.match(result, { onLeft: ({ response }) => response.message ?? "", onRight: () => "accepted" })

const accepted = (result: ReturnType<typeof check>) => Either.getOrThrowWith(result, ({ response }) => response.message)

describe("the size", () => {
  it.each(["6K", "20K", "100K", "-5", "2K"])("refuses the tier %s beside another resolution", (size) => {
    expect(refusal(asked({ size, resolution: "1K" }))).toMatch(/^size .*(contradicts resolution 1K|must be a tier)/)
  })

  it.each(["potato", "2048X1024", "", "2K ", "0K", "1e3"])("refuses %j, which is neither tier nor pixels", (size) => {
    expect(refusal(asked({ size }))).toBe(
      `size must be a tier such as "2K" or pixels such as "2048x2048", got ${JSON.stringify(size)}`
    )
  })

  it.each(["6K", "20K", "100K", "99999"])(
    "refuses a tier %s that the model lacks, also beside resolution auto",
    (size) => {
      const said = "size: not supported. Accepted: 1K, 2K, 4K"
      const allowed = `No provider for ${model} supports the requested parameter(s): size "${size}". Provider rejections: Seed: ${said}; BytePlus: ${said}`
      expect(refusal(asked({ size }))).toBe(allowed)
      expect(refusal(asked({ size, resolution: "auto" }))).toBe(allowed)
    }
  )

  it("takes a tier twice when both agree, and one beside auto", () => {
    expect(accepted(asked({ size: "2K", resolution: "2K" })).size).toEqual({ width: 2048, height: 2048 })
    expect(accepted(asked({ size: "2K", resolution: "auto" })).size).toEqual({ width: 2048, height: 2048 })
    expect(accepted(asked({ size: "auto", resolution: "2K" })).size).toEqual({ width: 2048, height: 2048 })
  })

  it("stays within what can be drawn for every tier and ratio of the catalogue", () => {
    expect(accepted(asked({ resolution: "4K", aspect_ratio: "21:9" })).size).toEqual({ width: 6256, height: 2680 })
    expect(refusal(asked({ size: "5000x1000" }))).toMatch(/^size must be from 16x16 to 4096x4096/)
    expect(refusal(asked({ size: "8x8" }))).toMatch(/^size must be from 16x16/)
  })

  it("is billed by its pixels: 4096x4096 costs what 4K costs", () => {
    const cost = (more: object) => costOf(accepted(asked({ provider: { only: ["byteplus"] }, ...more })), 1)
    expect(cost({ size: "4096x4096" })).toBe(0.06)
    expect(cost({ resolution: "4K", aspect_ratio: "16:9" })).toBe(0.06)
    expect(cost({ size: "2048x2048" })).toBe(0.045)
    expect(cost({ size: "4K" })).toBe(0.06)
  })
})

describe("the provider preferences", () => {
  const provider = (preferences: object, more: object = {}) =>
    accepted(asked({ provider: preferences, ...more })).endpoint.providerSlug

  it("prefer providers in the order of the list", () => {
    expect(provider({ order: ["byteplus", "seed"] })).toBe("byteplus")
    expect(provider({ order: ["seed", "byteplus"] })).toBe("seed")
    expect(provider({ order: ["nobody", "byteplus"] })).toBe("byteplus")
  })

  it("leave only the listed ones when there may be no fallback", () => {
    const body = { model: "black-forest-labs/flux.2-flex", prompt: "x", resolution: "2K" }
    const order = ["together"]
    expect(accepted(answer({ ...body, provider: { order } })).endpoint.providerSlug).toBe("black-forest-labs")
    expect(refusal(answer({ ...body, provider: { order, allow_fallbacks: false } }))).toMatch(
      / Provider rejections: Together: resolution: not supported\. Accepted: 512, 1K$/
    )
    expect(refusal(asked({ provider: { order: ["nobody"], allow_fallbacks: false } }))).toMatch(
      /^provider: .*seed, byteplus/
    )
  })

  it("sort by the price of the request", () => {
    const cheapest = (sort: unknown) =>
      accepted(answer({ model: "black-forest-labs/flux.2-klein-4b", prompt: "x", provider: { sort } })).endpoint
        .providerSlug
    expect([cheapest("price"), cheapest({ by: "price" })]).toEqual(["deepinfra", "deepinfra"])
    expect(provider({ sort: "price", order: ["byteplus"] })).toBe("byteplus")
    expect(provider({ sort: "price", ignore: ["seed"] })).toBe("byteplus")
  })
})

describe("a refusal", () => {
  it.each([
    [
      "a value of a list",
      { model: "openai/gpt-image-1-mini", aspect_ratio: "21:9" },
      'No provider for openai/gpt-image-1-mini supports the requested parameter(s): aspect_ratio "21:9". Provider rejections: OpenAI: aspect_ratio: not supported. Accepted: 1:1, 3:2, 2:3, auto'
    ],
    [
      "a number where one is allowed",
      { model: "black-forest-labs/flux.2-pro", n: 5 },
      'No provider for black-forest-labs/flux.2-pro supports the requested parameter(s): n "5". Provider rejections: Black Forest Labs: n: must be exactly 1'
    ],
    [
      "a number out of a range",
      { model: "qwen/qwen-image-3", n: 7 },
      'No provider for qwen/qwen-image-3 supports the requested parameter(s): n "7". Provider rejections: Alibaba: n: must be between 1 and 6'
    ],
    [
      "several parameters, of which each provider rejects its own",
      { model: "black-forest-labs/flux.2-flex", resolution: "2K", quality: "high" },
      'No provider for black-forest-labs/flux.2-flex supports the requested parameter(s): resolution "2K", quality "high". Provider rejections: Black Forest Labs: quality: not supported; Together: resolution: not supported. Accepted: 512, 1K; Together: quality: not supported'
    ]
  ])("names in OpenRouter's words what every provider has against %s", (_, body, message) => {
    const answered = answer({ prompt: "x", ...body })
    expect(refusal(answered)).toBe(message)
    expect(Either.getOrThrow(Either.flip(answered))).toMatchObject({
      status: 400,
      response: { metadata: { failed_routing_step: "Filter by Image Capabilities" } }
    })
  })

  it("says of a model that nobody serves that no endpoint was found", () => {
    expect(Either.getOrThrow(Either.flip(answer({ model: "meta/muse-image", prompt: "x" })))).toMatchObject({
      status: 404,
      response: {
        message: "No endpoints found for meta/muse-image.",
        metadata: { routing_funnel: [{ step: "Initial Endpoints", endpoint_count: 0 }] }
      }
    })
  })

  it.each([[[]], [null], [3], ["text"]])("is short for the body %j", (body) => {
    expect(refusal(answer(body))).toBe(`Request body must be a JSON object, got ${JSON.stringify(body)}`)
  })

  it("is short for references of a wrong shape", () => {
    expect(refusal(asked({ input_references: 3 }))).toBe("input_references: must be an array of references, got 3")
    expect(refusal(asked({ input_references: [3] }))).toMatch(/^input_references\.0: must be a reference .*, got 3$/)
  })

  it.each([
    [{ order: "seed" }, 'provider.order: must be an array of providers, got "seed"'],
    [{ only: ["seed", 3] }, "provider.only.1: must be a provider's name or slug, got 3"],
    [{ sort: 3 }, 'provider.sort: must be a string such as "price", or { by, partition }, got 3'],
    [{ options: { seed: 1 } }, "provider.options.seed: must be a JSON object, got 1"],
    [{ allow_fallbacks: "no" }, 'provider.allow_fallbacks: must be true or false, got "no"']
  ])("says of the provider preferences %j what is allowed", (provider, message) => {
    expect(refusal(asked({ provider }))).toBe(message)
  })

  it("asks for references where a model needs them", () => {
    expect(refusal(answer({ model: "sourceful/riverflow-v2", prompt: "x" }))).toBe(
      'No provider for sourceful/riverflow-v2 supports the requested parameter(s): input_references "0". Provider rejections: Sourceful: input_references: must be between 1 and 4'
    )
  })
})

describe("a reference as data URL", () => {
  const reference = (url: string) => refusal(asked({ input_references: [{ type: "image_url", image_url: { url } }] }))

  it("is taken when it is an image in base64, and so is one by http", () => {
    expect(reference("data:image/png;base64,iVBORw0KGgo=")).toBe("accepted")
    expect(reference("https://example.com/a.png")).toBe("accepted")
  })

  it.each([
    ["data:text/plain;base64,aGVsbG8=", /data URL of an image/],
    ["data:,hello", /data URL of an image/],
    ["data:image/png,hello", /in base64/],
    ["data:image/png;base64,", /valid base64/],
    ["data:image/png;base64,****", /valid base64/],
    ["data:image/png;base64,abcde", /valid base64/]
  ])("is refused as %s", (url, message) => {
    const said = reference(url)
    expect(said).toMatch(/^input_references\.0\.image_url\.url: must be /)
    expect(said).toMatch(message)
  })
})
