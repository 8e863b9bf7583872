import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import { type Errors, Images, ImagesSchema } from "effect-openrouter-images"
import { fromParseError } from "../../src/internal/schema/issues.js"
import { valuesOf } from "../fuzz/support/values.js"
import {
  camelCase,
  enums,
  fieldsOf,
  holding,
  lacking,
  minimal,
  optional,
  type Pair,
  untouched,
  variants
} from "../support/apiFixture.js"
import { json, scripted } from "../support/memoryHttp.js"
import { prop } from "../support/properties.js"

const requests: Readonly<Record<string, Schema.Schema.AnyNoContext>> = {
  ImageGenerationRequest: ImagesSchema.ImageGenerationRequest,
  ImageGenerationProviderPreferences: ImagesSchema.ImageGenerationProviderPreferences,
  InputReference: ImagesSchema.InputReference
}

const answers: Readonly<Record<string, Schema.Schema.AnyNoContext>> = {
  ImageGenerationResponse: ImagesSchema.ImageGenerationResponse,
  ImageGenerationUsage: ImagesSchema.ImageGenerationUsage,
  ImageModelsListResponse: ImagesSchema.ImageModelsListResponse,
  ImageModelListItem: ImagesSchema.ImageModelListItem,
  ImageModelEndpointsResponse: ImagesSchema.ImageModelEndpointsResponse,
  ImageEndpoint: ImagesSchema.ImageEndpoint,
  ImagePricingEntry: ImagesSchema.ImagePricingEntry
}

const all = Object.entries({ ...requests, ...answers })

const decode = (schema: Schema.Schema.AnyNoContext, wire: unknown): unknown => Schema.decodeUnknownSync(schema)(wire)
const encode = (schema: Schema.Schema.AnyNoContext, value: unknown): unknown => Schema.encodeUnknownSync(schema)(value)
const record = (value: unknown): object => value as object

const expectBothWays = (schema: Schema.Schema.AnyNoContext, { domain, wire }: Pair): void => {
  const decoded = decode(schema, wire)
  expect(decoded).toStrictEqual(domain)
  expect(encode(schema, decoded)).toStrictEqual(wire)
}

describe.each(all)("%s", (name, schema) => {
  it.each(Object.keys(fieldsOf(name)).map((field) => [field.replace("*", ""), field]))(
    "has the field %s, with every value it is documented to have and one it is not",
    (_, field) => {
      const pairs = holding(name, field)
      expect(pairs.length).toBeGreaterThan(0)
      for (const pair of pairs) expectBothWays(schema, pair)
    }
  )

  it("does not mind a field that no document lists", () => {
    const { wire } = minimal(name)
    const decoded = decode(schema, { ...record(wire), never_documented: { any: 1 } })
    expect(decoded).toMatchObject(record(decode(schema, wire)))
  })

  prop(
    "decodes what it has encoded to the same value",
    [valuesOf(schema)],
    ([value]) => {
      expect(decode(schema, encode(schema, value))).toEqual(value)
    },
    { numRuns: 100 }
  )
})

/** What an endpoint does without: it then promises nothing. */
const promises = ["provider_tag", "allowed_passthrough_parameters", "supports_streaming", "pricing"]

/** Usage is read field by field, and fails nothing. */
const isLenient = (name: string, path: ReadonlyArray<PropertyKey>): boolean =>
  name === "ImageGenerationUsage" || path.includes("usage") || promises.includes(String(path.at(-1)))

describe("a required field", () => {
  const cases = all.flatMap(([name, schema]) =>
    lacking(name, ["CostDetails"])
      .filter(({ path }) => !isLenient(name, path))
      .map(({ path, wire }) => [name, path.join("."), { schema, path, wire }] as const)
  )

  it.each(cases)("of %s is required and named when it is missing: %s", (_, __, { path, schema, wire }) => {
    const result = Schema.decodeUnknownEither(schema, { errors: "all" })(wire)
    // An item of a list is left out and named.
    const issues: ReadonlyArray<Errors.Issue> = Either.match(result, {
      onLeft: (error) => fromParseError(error),
      onRight: (value) => (value as { readonly faults?: ReadonlyArray<Errors.Issue> }).faults ?? []
    })
    expect(issues.map((issue) => ({ path: issue.path, message: issue.message }))).toContainEqual({
      path,
      message: "is missing"
    })
  })
})

describe("an optional field of an answer", () => {
  const cases = Object.entries(answers).flatMap(([name, schema]) =>
    optional(name)
      .filter((field) => !untouched.includes(field))
      .map((field) => [name, field, schema] as const)
  )

  it.each(cases)("of %s is absent also when the server sends null: %s", (name, field, schema) => {
    const { domain, wire } = minimal(name)
    expect(decode(schema, { ...record(wire), [field]: null })).toStrictEqual(domain)
  })
})

describe("an endpoint with a price that could not be read", () => {
  it("has no known price either after it was written down and read again", () => {
    const schema = ImagesSchema.ImageModelEndpointsResponse
    const { wire } = minimal("ImageEndpoint")
    const pricing = [{ billable: "output_image", unit: "image", cost_usd: "free" }]
    const response = Schema.decodeUnknownSync(schema)({ id: "a/b", endpoints: [{ ...record(wire), pricing }] })
    expect(response.endpoints[0]?.faults).toHaveLength(1)
    const again = Schema.decodeUnknownSync(schema)(JSON.parse(JSON.stringify(Schema.encodeSync(schema)(response))))
    expect(again).toEqual(response)
    const spoiled = Schema.decodeUnknownSync(schema)({
      id: "a/b",
      endpoints: [{ ...record(wire), faults: "none" }, wire]
    })
    expect(spoiled.endpoints).toHaveLength(2)
  })
})

describe("usage", () => {
  const minimum = { prompt_tokens: 0, completion_tokens: 4175, total_tokens: 4175 }
  const usage = (wire: object) => Schema.decodeUnknownSync(ImagesSchema.ImageGenerationUsage)({ ...minimum, ...wire })

  it("takes null for absent in its details too", () => {
    for (const name of ["CostDetails", "PromptTokensDetails", "CompletionTokensDetails", "ServerToolUse"]) {
      const field = name.replace(/(?!^)[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).toLowerCase()
      const details = Object.fromEntries(Object.keys(fieldsOf(name)).map((key) => [key.replace("*", ""), null]))
      expect(usage({ [field]: details })).toHaveProperty(camelCase(field), {})
    }
  })

  it("is read although the cost details lack a documented field: the picture is paid for", () => {
    expect(usage({ cost_details: { upstream_inference_cost: 0.04 } }).costDetails).toEqual({
      upstreamInferenceCost: 0.04
    })
  })

  it("keeps every field that it does not know, and gives it back", () => {
    const extra = { never_documented: { snake_key: [1, null] }, "any key!": null }
    const value = usage(extra)
    expect(value.additionalProperties).toStrictEqual(extra)
    expect(Schema.encodeSync(ImagesSchema.ImageGenerationUsage)(value)).toStrictEqual({ ...minimum, ...extra })
  })

  it("tells a cost of zero from one that is not known", () => {
    expect(usage({ cost: 0 }).cost).toBe(0)
    expect(usage({ cost: null })).not.toHaveProperty("cost")
  })

  it.each([
    [{ cost: "0.04" }, { cost: 0.04 }],
    [{ cost: { total: 0.04 } }, { additionalProperties: { cost: { total: 0.04 } } }],
    [{ cost: "free" }, { additionalProperties: { cost: "free" } }],
    [{ cost: -5 }, { additionalProperties: { cost: -5 } }],
    [{ cost: Number.POSITIVE_INFINITY }, { additionalProperties: { cost: Number.POSITIVE_INFINITY } }],
    [{ prompt_tokens: null }, { promptTokens: undefined }],
    [{ prompt_tokens: "many" }, { promptTokens: undefined, additionalProperties: { prompt_tokens: "many" } }],
    [
      { prompt_tokens: null, input_tokens: 7, output_tokens: 9 },
      { promptTokens: 7, additionalProperties: { output_tokens: 9 } }
    ],
    [{ is_byok: "no" }, { additionalProperties: { is_byok: "no" } }],
    [
      { cost_details: { upstream_inference_cost: -1 } },
      { costDetails: {}, additionalProperties: { cost_details: { upstream_inference_cost: -1 } } }
    ]
  ])("reads each field by itself, and keeps what it cannot read: %j", (wire, expected) => {
    const value = usage(wire)
    const { promptTokens, ...rest } = { promptTokens: 0, ...expected } as { readonly promptTokens?: number }
    expect(value).toEqual({
      ...(promptTokens === undefined ? {} : { promptTokens }),
      completionTokens: 4175,
      totalTokens: 4175,
      ...rest
    })
    const encoded = Schema.encodeSync(ImagesSchema.ImageGenerationUsage)(value)
    expect(Schema.decodeSync(ImagesSchema.ImageGenerationUsage)(encoded)).toEqual(value)
  })
})

describe("enumerations", () => {
  const ours = {
    ...{ Resolution: ImagesSchema.Resolution, AspectRatio: ImagesSchema.AspectRatio, Quality: ImagesSchema.Quality },
    ...{ OutputFormat: ImagesSchema.OutputFormat, Background: ImagesSchema.Background, Speed: ImagesSchema.Speed },
    ...{ ProviderSort: ImagesSchema.ProviderSort, ProviderSortPartition: ImagesSchema.ProviderSortPartition },
    ...{ InputModality: ImagesSchema.InputModality, OutputModality: ImagesSchema.OutputModality },
    ...{ Billable: ImagesSchema.Billable, PricingUnit: ImagesSchema.PricingUnit },
    TextChunkPhase: ImagesSchema.TextChunkPhase
  }

  it("are the documented ones", () => {
    expect(Object.keys(ours).sort()).toEqual(Object.keys(enums).sort())
  })

  it.each(Object.entries(ours))("%s knows its documented values, each once", (name, schema) => {
    expect([...schema.known].sort()).toEqual([...(enums[name] ?? [])].sort())
  })

  it.each(Object.entries(ours))(
    "%s lets any other string pass in both directions, and nothing but strings",
    (_, schema) => {
      FastCheck.assert(
        FastCheck.property(FastCheck.string(), (value) => {
          expect(Schema.decodeUnknownSync(schema)(value)).toBe(value)
          expect(Schema.encodeUnknownSync(schema)(value)).toBe(value)
        })
      )
      for (const value of [1, null, undefined, {}, ["1K"]]) expect(Schema.is(schema)(value)).toBe(false)
    }
  )
})

describe("requests", () => {
  const { ImageGenerationRequest } = ImagesSchema
  const plain = { model: "author/slug", prompt: "a red panda" }

  prop("come back from JSON as they were", [valuesOf(ImageGenerationRequest)], ([request]) => {
    const sent: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(ImageGenerationRequest)(request)))
    expect(Schema.decodeUnknownSync(ImageGenerationRequest)(sent)).toEqual(request)
  })

  it("keep null where the API takes null", () => {
    const sort = { by: null, partition: null }
    for (const provider of [{ only: null, order: null, ignore: null, sort: null, allow_fallbacks: null }, { sort }]) {
      const request = Schema.decodeUnknownSync(ImageGenerationRequest)({ ...plain, provider })
      expect(Schema.encodeSync(ImageGenerationRequest)(request)).toStrictEqual({ ...plain, provider })
    }
  })

  it("leave out what is undefined", () => {
    const fields = Object.keys(fieldsOf("ImageGenerationRequest")).filter((field) => !field.endsWith("*"))
    const request = { ...plain, ...Object.fromEntries(fields.map((field) => [camelCase(field), undefined])) }
    expect(Object.keys(record(encode(ImageGenerationRequest, request))).sort()).toEqual(["model", "prompt"])
  })

  prop(
    "send the options of a provider and the trace untouched, whatever their keys",
    [
      FastCheck.dictionary(FastCheck.string(), FastCheck.jsonValue()),
      FastCheck.constantFrom("black-forest-labs", "snake_slug", "camelSlug", "01ai", "any key!")
    ],
    ([json, slug]) => {
      const mine = {
        ...json,
        snake_key: 1,
        camelKey: { inner_key: 2, innerKey: [{ a_b: 3, aB: 4 }] },
        aspectRatio: "x"
      }
      const request = { ...plain, provider: { options: { [slug]: mine } }, trace: mine }
      const sent = Schema.encodeSync(ImageGenerationRequest)(request)
      expect(sent).toStrictEqual(request)
      expect(Schema.decodeSync(ImageGenerationRequest)(sent)).toStrictEqual(request)
    }
  )

  describe("with fields that this version does not know", () => {
    const request = { ...plain, never_documented: { a_b: 1 }, provider: { allowFallbacks: true, neverDocumented: 2 } }
    const wire = { ...plain, never_documented: { a_b: 1 }, provider: { allow_fallbacks: true, neverDocumented: 2 } }

    it("keep them by themselves, as the schema's documentation says", () => {
      expect(encode(ImageGenerationRequest, request)).toStrictEqual(wire)
      expect(decode(ImageGenerationRequest, wire)).toStrictEqual(request)
    })
  })
})

describe("an answer that is not what the API documents", () => {
  it.effect.each([
    [{ created: 1, data: [], usage: { completion_tokens: 1, total_tokens: 1 } }, ["data"]],
    [{ created: 1, data: [{ media_type: "image/png" }] }, ["data", 0, "b64_json"]],
    [{ created: 1, data: [{ url: "https://example.com/a.png" }] }, ["data", 0, "url"]],
    [{ created: 1, data: "none" }, ["data"]],
    [{ id: "job-7", status: "queued" }, ["data"]]
  ])("is said to have one fault where it has one: %j", ([body, path]) =>
    Effect.gen(function* () {
      const { layer } = scripted([json(200, body)])
      const error = yield* Effect.flip(Images.generate({ model: "m", prompt: "p" })).pipe(Effect.provide(layer))
      expect("issues" in error && error.issues.map((issue) => issue.path)).toEqual([path])
    })
  )
})

describe("capability descriptors", () => {
  const { CapabilityDescriptor, SupportedParameters } = ImagesSchema

  it("are each of the documented kinds", () => {
    const pairs = variants("CapabilityDescriptor")
    expect(pairs.length).toBeGreaterThanOrEqual(3)
    for (const pair of pairs) expectBothWays(CapabilityDescriptor, pair)
  })

  it.each([
    [{ type: "pattern", pattern: "^\\d+x\\d+$" }],
    [{ type: "range", min: 1 }],
    [{ type: "enum", values: "png" }],
    [{ type: "enum", values: [512, 1024] }],
    [{ type: null }],
    [{ type: "unknown", descriptor: { type: "boolean" } }],
    [{ kind: "boolean" }],
    [{}]
  ])("of a kind that no document lists are kept as they are: %j", (descriptor) => {
    expectBothWays(CapabilityDescriptor, { wire: descriptor, domain: { type: "unknown", descriptor } })
  })

  it("never make the list of models fail", () => {
    const { wire } = minimal("ImageModelListItem")
    for (const descriptor of [{ type: "pattern" }, {}, { type: ["enum"] }]) {
      const model = { ...record(wire), supported_parameters: { size: descriptor, seed: { type: "boolean" } } }
      const { data } = Schema.decodeUnknownSync(ImagesSchema.ImageModelsListResponse)({ data: [model] })
      expect(data[0]?.supportedParameters["seed"]).toEqual({ type: "boolean" })
    }
  })

  it("stand under the names of the wire", () => {
    const wire = {
      aspect_ratio: { type: "enum", values: ["1:1"] },
      input_references: { type: "range", min: 0, max: 4 }
    }
    expect(Schema.decodeUnknownSync(SupportedParameters)(wire)).toStrictEqual(wire)
  })
})
