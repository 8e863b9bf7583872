import { describe, expect, it } from "@effect/vitest"
import { Duration, Schema } from "effect"
import { Errors, GeneratedImage } from "effect-openrouter-images"
import { tagsOf } from "../../support/errorTags.js"

const image = GeneratedImage.make(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 255]))

/** What an answer holds at least, and at most. */
const least = (status: number): Errors.ResponseErrorFields => ({
  operation: "generate",
  billing: "notBilled",
  status,
  httpStatus: status,
  answeredBy: "intermediary",
  message: `HTTP ${status}`,
  headers: {},
  body: ""
})
const most = (status: number): Errors.ResponseErrorFields => ({
  ...least(status),
  billing: "unknown",
  httpStatus: 200,
  message: "it did not work:\nthe second line",
  code: "server_error",
  errorType: "provider_error",
  metadata: { provider_name: "Seed", raw: { deep: [1, null, "x"] } },
  availability: {
    code: "no_endpoints",
    retryable: false,
    retryAfter: Duration.millis(1500),
    requestedModels: ["a/b"],
    fallbackModels: ["c/d", "e/f"],
    affectedProviders: ["Seed"],
    excludedBy: { data_policy: true },
    constraint: ["zdr"],
    docsUrl: "https://openrouter.ai/docs"
  },
  userId: "user_1",
  openrouterMetadata: { snake_case: true },
  headers: { "x-generation-id": "gen-1", "retry-after": "2" },
  generationId: "gen-1",
  retryAfter: Duration.seconds(2),
  body: '{"error":{}}'
})

const answers = [
  Errors.BadRequestResponseError,
  Errors.UnauthorizedResponseError,
  Errors.PaymentRequiredResponseError,
  Errors.ForbiddenResponseError,
  Errors.NotFoundResponseError,
  Errors.PayloadTooLargeResponseError,
  Errors.TooManyRequestsResponseError,
  Errors.InternalServerResponseError,
  Errors.BadGatewayResponseError,
  Errors.EdgeNetworkTimeoutResponseError,
  Errors.ProviderOverloadedResponseError,
  Errors.OpenRouterDefaultError
]
const issues = [
  { path: ["inputReferences", 3, "imageUrl", "url"], message: "must be an http(s) URL or a data URL" },
  { path: [], message: "must be a request" }
]

const all: ReadonlyArray<Errors.OpenRouterError> = [
  ...answers.flatMap((Class, i) => [new Class(least(400 + i)), new Class(most(400 + i))]),
  new Errors.ConnectionError({ operation: "generate", billing: "notBilled", phase: "connect", description: "refused" }),
  new Errors.ConnectionError({
    operation: "generateStream",
    billing: "unknown",
    phase: "response",
    code: "ECONNRESET",
    description: "read ECONNRESET",
    images: [image]
  }),
  new Errors.RequestTimeoutError({ operation: "listModels", billing: "notBilled", timeout: Duration.seconds(30) }),
  new Errors.RequestTimeoutError({
    operation: "generate",
    billing: "unknown",
    timeout: Duration.minutes(5),
    images: [image, image]
  }),
  new Errors.InvalidRequestError({ operation: "generate", issues: issues.slice(0, 1) }),
  new Errors.InvalidRequestError({ operation: "listModelEndpoints", issues }),
  new Errors.BudgetExceededError({
    operation: "generate",
    reason: "limit",
    limitUsd: 1,
    spentUsd: 0.9,
    reservedUsd: 0.04,
    quoteUsd: 0.134
  }),
  new Errors.BudgetExceededError({
    operation: "generateStream",
    reason: "ledger",
    limitUsd: 1,
    spentUsd: 0,
    reservedUsd: 0,
    quoteUsd: 0.04,
    description: "the disk is full"
  }),
  new Errors.BudgetExceededError({
    operation: "generate",
    reason: "unknownCost",
    limitUsd: Number.POSITIVE_INFINITY,
    spentUsd: 0,
    reservedUsd: Number.POSITIVE_INFINITY,
    quoteUsd: 0.04
  }),
  new Errors.ResponseValidationError({
    operation: "generate",
    billing: "billed",
    status: 200,
    issues,
    rawBody: '{"data":[{"b64_json":0}]}',
    images: [image],
    headers: { "x-generation-id": "gen-1" },
    generationId: "gen-1"
  }),
  new Errors.ResponseValidationError({
    operation: "listModels",
    billing: "notBilled",
    status: 200,
    issues: [],
    rawBody: "",
    headers: {}
  }),
  new Errors.ImageStreamError({
    operation: "generateStream",
    message: "the provider failed",
    code: "server_error",
    type: "provider",
    param: "prompt",
    generationId: "gen-1"
  }),
  new Errors.ImageStreamError({ operation: "generateStream", message: "the provider failed" }),
  new Errors.IncompleteStreamError({ operation: "generateStream", generationId: "gen-1" }),
  new Errors.IncompleteStreamError({ operation: "generateStream" })
]

/** An error as another process has it. */
const across = (error: Errors.OpenRouterError) =>
  Schema.decodeUnknownSync(Errors.OpenRouterError)(
    JSON.parse(JSON.stringify(Schema.encodeSync(Errors.OpenRouterError)(error)))
  )

/** Its fields, with durations and pictures as values that can be compared. */
const fieldsOf = (error: Errors.OpenRouterError) => Schema.encodeSync(Errors.OpenRouterError)(error)

describe("an error that crosses a process boundary as JSON", () => {
  it("is here in every kind that there is", () => {
    expect([...new Set(all.map(({ _tag }) => _tag))].sort()).toEqual(tagsOf(Errors.OpenRouterError))
    expect(tagsOf(Errors.OpenRouterError)).toHaveLength(19)
  })

  it.each(all.map((error, i) => [error._tag, i, error] as const))("is the same %s again (%i)", (tag, _, error) => {
    const again = across(error)
    expect(again).toBeInstanceOf(error.constructor)
    expect(again).toBeInstanceOf(Error)
    expect(again._tag).toBe(tag)
    expect(again.name).toBe(tag)
    expect(again.message).toBe(error.message)
    expect(Object.keys(again).sort()).toEqual(Object.keys(error).sort())
    expect(fieldsOf(again)).toEqual(fieldsOf(error))
    expect({ ...again }).toEqual({ ...error })
  })

  it("has its durations and pictures as values, not as their encodings", () => {
    const [timeout] = all.map(across).filter((error) => error._tag === "RequestTimeoutError" && error.images.length > 0)
    expect(timeout).toMatchObject({ timeout: Duration.minutes(5) })
    const images = timeout !== undefined && "images" in timeout ? timeout.images : []
    expect(images.map(GeneratedImage.isGeneratedImage)).toEqual([true, true])
    expect(images.map(({ bytes }) => [...bytes])).toEqual([[...image.bytes], [...image.bytes]])
  })

  it("is refused where it is none", () => {
    const is = Schema.is(Errors.OpenRouterError)
    expect([is(all[0]), is({ ...all[0] }), is(new Error("no")), is(undefined)]).toEqual([true, false, false, false])
    expect(() => Schema.decodeUnknownSync(Errors.OpenRouterError)({ _tag: "NoSuchError" })).toThrow()
  })
})

describe("what an error says to people", () => {
  it.each(all.map((error, i) => [error._tag, i, error] as const))("has all its parts in %s (%i)", (tag, _, error) => {
    const lines = Errors.format(error).split("\n")
    const [head, ...rest] = lines
    expect(head).toContain(tag)
    expect(head).toContain(error.operation)
    expect(rest.filter((line) => /^what {8}\S/.test(line))).toHaveLength(1)
    expect(rest.filter((line) => /^cost {8}\S/.test(line))).toHaveLength(1)
    expect(rest.filter((line) => /^what to do {2}\S/.test(line))).toEqual([`what to do  ${Errors.advice(error)}`])
    expect(Errors.advice(error).trim()).not.toBe("")
    expect(Errors.format(error)).not.toMatch(/undefined|\[object|NaN/)
  })

  it.each(all.map((error, i) => [error._tag, i, error] as const))("tells in %s what it cost (%i)", (_, __, error) => {
    const [cost] = Errors.format(error)
      .split("\n")
      .filter((line) => line.startsWith("cost"))
    expect(cost).toMatch(
      { notBilled: /nothing was billed/i, billed: /was billed/i, unknown: /not known/i }[error.billing]
    )
    if (error.billing === "unknown") expect(Errors.advice(error)).toMatch(/twice/)
    if (error.billing === "billed") expect(Errors.advice(error)).toMatch(/paid again/)
  })

  it("says the cost once, keeps a message of several lines together, and names what could be used instead", () => {
    const text = Errors.format(new Errors.NotFoundResponseError(most(404)))
    expect(text).toBe(
      [
        "NotFoundResponseError (404) in generate",
        "what        it did not work:",
        "            the second line",
        "cost        It is not known whether the generation was billed.",
        `what to do  ${Errors.advice(new Errors.NotFoundResponseError(most(404)))}`,
        "provider    Seed",
        'raw         {"deep":[1,null,"x"]}',
        'body        {"error":{}}',
        "instead     c/d, e/f",
        "generation  gen-1"
      ].join("\n")
    )
  })

  it("says when to try again, where the server does and nothing was billed", () => {
    const fields = { ...least(429), retryAfter: Duration.seconds(90) }
    expect(Errors.advice(new Errors.TooManyRequestsResponseError(fields))).toMatch(/1m 30s/)
  })

  it("names every fault of a request, and where it is", () => {
    const { message } = new Errors.InvalidRequestError({ operation: "generate", issues })
    expect(message).toContain("inputReferences[3].imageUrl.url: must be an http(s) URL or a data URL")
    expect(message).toContain("must be a request")
  })
})
