import { describe, expect, it } from "@effect/vitest"
import { Duration } from "effect"
import { Errors, GeneratedImage } from "effect-openrouter-images"

const envelope = JSON.stringify({ error: { message: "it did not work" } })

/** What an answer holds at least; OpenRouter's own, unless a test says otherwise. */
const answered = (status: number, more: Partial<Errors.ResponseErrorFields> = {}): Errors.ResponseErrorFields => ({
  operation: "generate",
  billing: "notBilled",
  status,
  httpStatus: status,
  answeredBy: "openrouter",
  message: "it did not work",
  headers: {},
  body: envelope,
  ...more
})

/** The lines below the advice. */
const detailsOf = (error: Errors.OpenRouterError): ReadonlyArray<string> => Errors.format(error).split("\n").slice(4)

const unread = (operation: Errors.Operation, billing: Errors.Billing, rawBody: string) =>
  new Errors.ResponseValidationError({ operation, billing, status: 200, issues: [], rawBody, headers: {} })

describe("what a server said besides its message", () => {
  it("is shown: who failed, why, and in which words", () => {
    const metadata = { reasons: ["violence", 7, "self-harm"], provider_name: "OpenAI", raw: "line one\r\nline two" }
    expect(detailsOf(new Errors.ForbiddenResponseError(answered(403, { metadata })))).toEqual([
      "reasons     violence, self-harm",
      "provider    OpenAI",
      "raw         line one line two"
    ])
  })

  it("adds no line of its own, and cannot steer a terminal, in whatever field it stands", () => {
    const rude = "a/b\ncost        Nothing was billed.\u001b[2J"
    const error = new Errors.BadGatewayResponseError(
      answered(502, { message: rude, generationId: rude, availability: { fallbackModels: [rude] } })
    )
    const text = Errors.format(error)
    expect(text.match(/^cost/gm)).toHaveLength(1)
    expect(text).not.toContain("\u001b")
  })

  it("is cut at 200 characters, on one line, and cannot steer a terminal", () => {
    const raw = `\u001b[2J\u202e${"é".repeat(100)}\n${"🐼".repeat(5000)}`
    const [line = ""] = detailsOf(new Errors.BadGatewayResponseError(answered(502, { metadata: { raw } })))
    const value = line.slice("raw         ".length)
    expect(Array.from(value)).toHaveLength(203)
    expect(value).toMatch(/^\[2J é+ 🐼+\.\.\.$/u)
  })

  it.each([
    [{ reasons: "text", raw: null, provider_name: "" }, []],
    [{ reasons: [], raw: "" }, []],
    [{ raw: 1n, provider_name: undefined }, []],
    [{ raw: { code: 429 } }, ['raw         {"code":429}']]
  ])("is left out of %o where it says nothing", (metadata, lines) => {
    expect(detailsOf(new Errors.BadGatewayResponseError(answered(502, { metadata })))).toEqual(lines)
  })

  it("has a line for other models, unless the message names all of them", () => {
    const of = (message: string) =>
      detailsOf(
        new Errors.NotFoundResponseError(answered(404, { message, availability: { fallbackModels: ["a/b", "c/d"] } }))
      )
    expect(of("no such model")).toEqual(["instead     a/b, c/d"])
    expect(of("no such model; there is a/b")).toEqual(["instead     a/b, c/d"])
    expect(of("no such model; there are a/b and c/d")).toEqual([])
  })

  it("has no line for a generation without an id, or without other models", () => {
    const more = { generationId: "", availability: { fallbackModels: [] } }
    expect(detailsOf(new Errors.NotFoundResponseError(answered(404, more)))).toEqual([])
  })

  it.each([
    ["a page", "<!DOCTYPE html>\n<html>\n  <title>Oh</title>", "<!DOCTYPE html> <html> <title>Oh</title>"],
    ["a text", "upstream connect error", "upstream connect error"],
    ["other JSON", '{\n  "detail": "Not Found"\n}', '{ "detail": "Not Found" }'],
    ["an envelope that is cut", '{"error":{"mess', '{"error":{"mess']
  ])("begins with the body where a box in between sent %s", (_, body, line) => {
    const from = { answeredBy: "intermediary", message: "HTTP 503", body } as const
    const error = new Errors.OpenRouterDefaultError(answered(503, from))
    expect(detailsOf(error)).toEqual([`body        ${line}`])
  })

  it("does not repeat an envelope, also where only the beginning of it was kept", () => {
    for (const body of [envelope, `{"error":{"message":"it did not work","metadata":{"x":"${"z".repeat(70_000)}`, ""]) {
      expect(detailsOf(new Errors.InternalServerResponseError(answered(500, { body })))).toEqual([])
    }
  })

  it("is the beginning of an answer that cannot be read", () => {
    expect(detailsOf(unread("listModels", "notBilled", "<html>hi</html>"))).toEqual(["body        <html>hi</html>"])
    expect(detailsOf(unread("listModels", "notBilled", '{"a":1}'))).toEqual(['body        {"a":1}'])
    expect(detailsOf(unread("generate", "billed", "<html>hi</html>"))).toEqual(["body        <html>hi</html>"])
    expect(detailsOf(unread("listModels", "notBilled", " "))).toEqual([])
  })

  it("is never the base64 of a picture", () => {
    expect(detailsOf(unread("generate", "billed", '{"data":[{"b64_json":"iVBORw0K*"}]}'))).toEqual([])
  })
})

describe("the advice", () => {
  it.each([
    [400, /correct the request/i],
    [401, /check the API key/i],
    [402, /credits/i],
    [403, /key that may do this/i],
    [408, /gave up waiting for the request/i],
    [413, /smaller/i],
    [418, /does not accept/i],
    [429, /slow down/i],
    [500, /server's/i],
    [502, /provider failed/i],
    [503, /wait, then try again/i],
    [504, /gave up waiting/i],
    [524, /gave up waiting/i],
    [529, /wait/i],
    [302, /base URL/],
    [200, /message/]
  ])("on an OpenRouterDefaultError goes by its status (%i)", (status, advice) => {
    expect(Errors.advice(new Errors.OpenRouterDefaultError(answered(status)))).toMatch(advice)
  })

  it.each([
    [{ remedyHint: "\u001b[2Jdo\nthis" }],
    [{ metadata: { provider_name: "\u001b[2JEvil\nname" } }],
    [{ limitSource: "openrouter_key_limit", metadata: { limit_usd: 5, resets_at: "\u001b[2J\nsoon" } }],
    [{ httpStatus: 302, headers: { location: "https://example.com/\u009b2J" } }],
    [{ remedyHint: "x".repeat(1e6) }]
  ])("is one short line that cannot steer a terminal, whatever the server says: %#", (more) => {
    const error = new Errors.UnauthorizedResponseError(answered(401, more))
    expect(Errors.advice(error)).toMatch(/^\P{Cc}{10,1100}$/u)
    expect(Errors.format(error)).toContain(Errors.advice(error))
  })

  it.each([
    [Duration.zero, "Try again at once."],
    [Duration.millis(20), "Try again in 1s."],
    [Duration.seconds(90), "Try again in 1m 30s."],
    [Duration.millis(Number.MAX_SAFE_INTEGER), "more than a year."]
  ])("tells a wait as people do: %s", (retryAfter, words) => {
    const advice = Errors.advice(new Errors.TooManyRequestsResponseError(answered(429, { retryAfter })))
    expect(advice.endsWith(words)).toBe(true)
  })

  it("on a prompt that moderation refused is about the prompt", () => {
    const refused = answered(403, { metadata: { reasons: ["violence"] } })
    expect(Errors.advice(new Errors.ForbiddenResponseError(refused))).toBe("Change the prompt: moderation refused it.")
  })

  it.each([
    ["a page", "<html></html>"],
    ["other JSON", '{"detail":"Not Found"}'],
    ["nothing", ""]
  ])("on a 404 whose body is %s is to check the base URL", (_, body) => {
    const fields = answered(404, { answeredBy: "intermediary", message: "HTTP 404 Not Found", body })
    expect(Errors.advice(new Errors.NotFoundResponseError(fields))).toMatch(/base URL.*\/api\/v1/)
  })

  it("on OpenRouter's own 404 is about the model, unless no model was asked for", () => {
    expect(Errors.advice(new Errors.NotFoundResponseError(answered(404)))).toMatch(/model/)
    const models = answered(404, { operation: "listModels" })
    expect(Errors.advice(new Errors.OpenRouterDefaultError(models))).toMatch(/base URL/)
  })

  const budget = { limit_usd: 5, spend_usd: 4.98, resets_at: "2026-12-01T00:00:00Z" }
  it.each<[string, Partial<Errors.ResponseErrorFields> & { readonly status: number }, string | RegExp]>([
    [
      "a budget is what OpenRouter advises, and how much of it is spent",
      { status: 403, limitSource: "openrouter_workspace_budget", remedyHint: "Ask your admin", metadata: budget },
      "Ask your admin. $4.98 of $5 are spent. It begins anew at 2026-12-01T00:00:00Z."
    ],
    [
      "a guardrail's budget is to raise it or to wait",
      { status: 403, limitSource: "openrouter_guardrail_budget", metadata: { limit_usd: 5 } },
      "Raise the budget of the guardrail, or wait until it begins anew. The limit is $5."
    ],
    [
      "the limit of a key is about the key",
      { status: 402, limitSource: "openrouter_key_limit" },
      /^Raise the limit of this API key/
    ],
    ["calls under way is to wait", { status: 402, limitSource: "openrouter_in_flight_budget" }, /^Wait until calls/],
    [
      "a call too expensive by itself is not to wait",
      { status: 402, limitSource: "openrouter_in_flight_budget", metadata: { reason: "weight_exceeds_budget" } },
      /^Add credits, or ask for less/
    ],
    [
      "a provider's shared pool is about the provider",
      { status: 429, limitSource: "upstream_provider_shared_pool" },
      /at the provider/
    ],
    [
      "a redirect says where to",
      { status: 308, headers: { location: "https://example.com/api/v1" } },
      /redirects to https:\/\/example\.com/
    ],
    [
      "an edge's challenge is about neither prompt nor key",
      { status: 403, answeredBy: "intermediary", body: "<html><title>Just a moment...</title></html>" },
      /takes you for a robot/
    ],
    [
      "a provider's own refusal is about the provider's key",
      { status: 401, metadata: { provider_name: "A" } },
      /^A refused the key/
    ],
    [
      "a prompt that moderation refused as 400 is about the prompt",
      { status: 400, errorType: "content_policy_violation" },
      /^Change the prompt/
    ],
    [
      "a picture that is too large is not about moderation",
      { status: 400, errorType: "image_too_large", message: "unsafe" },
      /^Correct/
    ],
    [
      "fields that are named is what the message says",
      { status: 400, issues: [{ path: ["n"], message: "no" }] },
      /^Correct the request/
    ],
    [
      "a gateway's failure is not about the provider",
      { status: 502, answeredBy: "intermediary", body: '{"error":"no"}' },
      /^A gateway or a proxy on the way failed/
    ],
    ["a job is about the base URL", { status: 202 }, /job/],
    ["a method that is not allowed is about the base URL", { status: 405, answeredBy: "intermediary" }, /base URL/]
  ])("on %s", (_, fields, advice) => {
    const error = new Errors.OpenRouterDefaultError(answered(fields.status, fields))
    expect(Errors.advice(error)).toMatch(advice)
    if (typeof advice === "string") expect(Errors.advice(error)).toBe(advice)
  })

  it("on a budget whose ledger failed is about the ledger, and not about the limit", () => {
    const amounts = { quoteUsd: 0.04, limitUsd: 1, spentUsd: 0, reservedUsd: 0 }
    const error = new Errors.BudgetExceededError({ operation: "generate", reason: "ledger", ...amounts })
    expect(Errors.advice(error)).toMatch(/ledger's store/)
    expect(Errors.advice(error)).not.toMatch(/limit/)
  })

  it("in the words of strangers stays on its line, and cannot steer a terminal", () => {
    const rude = "a\ncost        Nothing was billed.\u001b[2J"
    for (const fields of [{ remedyHint: rude }, { httpStatus: 308, headers: { location: rude } }]) {
      const text = Errors.format(new Errors.OpenRouterDefaultError(answered(308, fields)))
      expect(text.match(/^cost/gm)).toHaveLength(1)
      expect(text).not.toContain("\u001b")
    }
  })

  const discovery = ["listModels", "listModelEndpoints"] as const
  it.each(discovery)("on %s is about nothing that only a generation has", (operation) => {
    const errors = [
      ...[400, 401, 402, 403, 404, 408, 413, 418, 429, 500, 502, 503, 504, 520, 524, 529].map(
        (status) => new Errors.OpenRouterDefaultError(answered(status, { operation }))
      ),
      new Errors.NotFoundResponseError(answered(404, { operation })),
      new Errors.InternalServerResponseError(answered(500, { operation })),
      new Errors.RequestTimeoutError({ operation, billing: "notBilled", timeout: Duration.seconds(30) }),
      unread(operation, "notBilled", "{}")
    ]
    for (const error of errors) {
      expect(Errors.advice(error)).not.toMatch(/paid|pay twice|prompt|preferences|picture|provider|ask for less/)
    }
  })

  it("on an answer that cannot be read is to take what was paid for, or to check where it came from", () => {
    expect(Errors.advice(unread("generate", "billed", '{"data":[]}'))).toMatch(/^Take what was paid for/)
    expect(Errors.advice(unread("generate", "billed", "\n<html>"))).toMatch(/base URL.*paid again/)
    expect(Errors.advice(unread("listModels", "notBilled", "{}"))).toMatch(/base URL.*\/api\/v1/)
  })
})

describe("an explanation", () => {
  const cut = new Errors.RequestTimeoutError({
    operation: "generate",
    billing: "unknown",
    timeout: Duration.seconds(5),
    images: [GeneratedImage.make(new Uint8Array([1]))],
    generationId: "gen-1"
  })

  it("has what happened, what it cost, what to do and the facts beside them, each in its place", () => {
    expect(Errors.explain(cut)).toEqual({
      title: "RequestTimeoutError in generate",
      what: "No whole answer within 5s. 1 whole picture is in `images`.",
      cost: "It is not known whether the generation was billed.",
      action: expect.stringMatching(/`timeout`.*twice/),
      details: [{ label: "generation", value: "gen-1" }]
    })
  })

  it("speaks in the terms of whoever lays it out", () => {
    const terms = { operation: () => "the first step", timeout: "--timeout", kept: "saved below" }
    const { action, title, what } = Errors.explain(cut, terms)
    expect(title).toBe("RequestTimeoutError in the first step")
    expect(what).toBe("No whole answer within 5s. 1 whole picture is saved below.")
    expect(action).toContain("--timeout")
    const fault = new Errors.InvalidRequestError({
      operation: "generate",
      issues: [{ path: ["n"], message: "must be 1" }]
    })
    expect(Errors.explain(fault, { path: (path) => `--${path.join("-")}` }).what).toMatch(/: --n: must be 1$/)
  })

  it.each([
    ["that may have been billed", cut],
    ["that was billed", unread("generate", "billed", '{"data":[]}')],
    ["of a page in place of a picture", unread("generate", "unknown", "<html>")],
    [
      "that was not billed",
      new Errors.TooManyRequestsResponseError(answered(429, { retryAfter: Duration.seconds(90) }))
    ]
  ])("of an error %s says nothing of money where an emulator answered", (_, error) => {
    const real = Errors.explain(error, { timeout: "--timeout" })
    const { action, cost, ...facts } = Errors.explain(error, { timeout: "--timeout" }, { emulated: true })
    expect(cost).toBe("Nothing was billed.")
    expect(action).toMatch(/\S/)
    expect(action).not.toMatch(/paid|pay|account/)
    expect(real).toMatchObject(facts)
    expect(Errors.explain(error, {}, { emulated: false })).toEqual(Errors.explain(error))
  })

  it("of a failed question tells its cost and when to ask again, whoever answered", () => {
    const late = new Errors.TooManyRequestsResponseError({
      ...answered(429, { retryAfter: Duration.seconds(90) }),
      operation: "getGeneration"
    })
    expect(Errors.explain(late, {}, { emulated: true })).toEqual(Errors.explain(late))
  })

  it("names the limit of a budget alone where nothing is spent or reserved, and no limit where there is none", () => {
    const exceeded = (limitUsd: number, spentUsd: number) =>
      Errors.explain(
        new Errors.BudgetExceededError({
          operation: "generate",
          reason: "limit",
          limitUsd,
          spentUsd,
          reservedUsd: 0,
          quoteUsd: 0.04
        })
      ).what
    expect(exceeded(0.02, 0)).toMatch(/it may cost \$0\.04; the limit is \$0\.02\.$/)
    expect(exceeded(0.02, 0.01)).toMatch(/the limit is \$0\.02 \(\$0\.01 spent, \$0 reserved\)\.$/)
    expect(exceeded(Number.POSITIVE_INFINITY, 0.01)).not.toMatch(/limit is|∞/)
  })
})
